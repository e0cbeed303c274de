# The App Home, `/figment status`, and the forms of settings.

home-title = Figment
home-teach = Teach a concept
home-settings = My settings
home-limits = Limits
home-how = How it works
home-queue = Queue
home-cancel-what = It will not be finished.
home-cancel-yes = Cancel it
home-things = { $number ->
    [one] { $number } thing in the queue of this workspace.
   *[other] { $number } things in the queue of this workspace.
}
home-more-things = { $number ->
    [one] { $number } more thing in the queue of this workspace.
   *[other] { $number } more things in the queue of this workspace.
}
home-idle = Nothing waits, and nothing is being drawn or learned.
home-recent = Your last pictures
home-recent-prompt = *{ $prompt }*
home-recent-made = { count-pictures } · { $date }
home-concepts = Concepts
home-concepts-page = Concepts, page { $page } of { $pages }
home-try = Try it
home-newer = Newer ones
home-older = Older ones
home-cluster = Cluster
home-picture = A picture
health-slots = { $slots ->
    [one] { $used } of { $slots } training slot in use
   *[other] { $used } of { $slots } training slots in use
}
health-jobs = { $jobs ->
    [one] { $jobs } job waiting
   *[other] { $jobs } jobs waiting
}
health-workers = { $workers ->
    [one] { $workers } worker drawing
   *[other] { $workers } workers drawing
}
health-pictures = { count-pictures } waiting
health-failed = { count-jobs } and { $renders ->
    [one] { $renders } render
   *[other] { $renders } renders
} of this workspace failed in the last day
health-line = • { $first }, { $second }
health-failed-line = • { $failed }

queue-more = …and { $more } more.
queue-empty = The queue is empty.
status-training = *Training* { $used } of { $slots ->
    [one] { $slots } slot
   *[other] { $slots } slots
} in use, { $waiting } waiting{ $waited }
status-drawing = *Drawing* { $workers ->
    [one] { $workers } worker
   *[other] { $workers } workers
} drawing { count-pictures }, { $waiting } waiting{ $waited }
status-waited = ; people waited { $duration } lately
status-job-took = Learning a concept took { $duration } lately.
status-paused = Paused: no training job begins until an admin resumes.
status-draining = Draining: nothing new is taken until an admin opens again.
paused = Paused: no training job begins until `/figment resume`.
resumed = Training jobs begin again.
draining = Draining: nothing new is taken until `/figment undrain`.
undrained = New requests are taken again.

settings-save = Save
settings-change = Change
defaults-title = My settings
defaults-about = For your own prompts, where you give no flag. Empty: as is usual here.
defaults-said = Where you give no flag: { $defaults }.
defaults-usual = Where you give no flag: what is usual here.
defaults-ratio = aspect ratio { $ratio }
defaults-guidance = guidance { $guidance }
defaults-sampler = sampler { $sampler }
defaults-pictures-label = Pictures
defaults-ratio-label = Aspect ratio
defaults-steps-label = Steps
defaults-guidance-label = Guidance
defaults-sampler-label = Sampler

limits-title = Limits
limits-who-teaches = Who may teach
limits-teachers = Who teaches
limits-who-draws = Who may draw
limits-artists = Who draws
limits-everyone = Everyone
limits-listed = The people below, and admins
limits-admins = Admins
limits-outsiders = Let in, too
limits-guests = Guests of this workspace
limits-strangers = People of other workspaces
limits-open-jobs = Open training jobs of a person
limits-renders = Requests for pictures of a person, a day
limits-pictures = Pictures in a channel, an hour
limits-none = Leave it empty for no limit.
limits-channels = Channels where Figment may be used
limits-channels-hint = Leave it empty for all. Direct messages are always open.
limits-listening = Channels where a message with a learned word is a prompt
limits-listening-hint = Without a mention or a command.
limits-state = At this moment
limits-pause = Pause: no training job begins
limits-drain = Drain: nothing new is taken
