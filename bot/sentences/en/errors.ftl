# What could not be done. Each is called after its code and, where that has several, its case;
# `.hint` says what to do about it. Those with `-other` are said where a code's own sentence has
# no translation; in English the error itself knows more.

error-not-installed = Figment is not installed in this workspace any more.
    .hint = Whoever looks after it installs it again from Figment's own page.
error-already-ended-cancel = It has ended already; there is nothing to cancel.
error-already-ended-no-checkpoints = There are no checkpoints of { $token } to choose from.
error-already-ended-not-failed = It has not failed; nothing is to be retried.
error-already-ended-nothing-left = There is nothing of { $token } left to go on from.
    .hint = Teach it again.
error-already-ended-nothing-to-keep = { $token } is not being learned at this moment, so there is nothing to keep.
error-bad-blocklist = The list of words that must not be drawn cannot be read, so nothing is drawn now.
    .hint = Whoever runs Figment sets it with FIGMENT_BLOCKLIST; it must be a text in UTF-8.
error-bad-concept-changed = The file of { $token } has changed since it was learned.
    .hint = Restore it from a backup, or teach it again under another name.
error-bad-initializer-missing = Say in one word what it is, as in `as toy`.
    .hint = The word is where learning starts from.
error-bad-number-brackets = The prompt has too many brackets in one another.
    .hint = Write weights as numbers, as in `(red:1.3)`, and a bracket itself as `\(`.
error-bad-number-no-variation = This picture is no variation.
error-bad-number-size-and-ratio = A picture has a size or an aspect ratio; both were given.
    .hint = Leave out one of them.
error-bad-number-too-many-pictures = { $number } pictures are more than the { $most } of one request.
error-bad-number-twice-already = This picture has twice its size already.
error-bad-number-vary-strength = The strength of a variation must be from 0 to 1, not { $strength }.
    .hint = Try 0.2.
error-bad-number-weight = “{ $text }” would weigh { $weight }; weights are from 0 to { $most }.
    .hint = 1.3 is much already, as in `(red:1.3)`. For a bracket itself write `\(`.
error-bad-pictures-start-changed = The picture to start from has changed since it was sent.
    .hint = Send it again.
error-bad-pictures-start-gone = The picture that this one was begun from is gone.
    .hint = Send it again.
error-bad-pictures-unreadable = { $name } cannot be read.
    .hint = Send another one.
error-bad-placeholder-unnamed = Neither { $file } nor its name says what the concept could be called.
    .hint = Say how, in letters, digits, - and _, such as <dicoo>.
error-bad-recipe-other-version = This picture was drawn by another version of Figment, whose recipe cannot be read.
    .hint = Ask for new ones with its prompt.
error-bad-text = The prompt has something in it that is no character.
    .hint = Type it again instead of pasting it.
error-blocked-prompt = “{ $phrase }” is not drawn in this workspace.
    .hint = Say it without that, or ask whoever runs Figment here.
error-cannot-save = The pictures could not be written to the data folder.
    .hint = Whoever runs Figment should make room on its disk; then send them again.
error-draining = Figment takes nothing new at the moment; an admin lets it come to rest.
    .hint = Ask again later.
error-empty-prompt = There is nothing to draw: the prompt is empty.
    .hint = Say what to draw, as in `a toy at the beach`.
error-host-left-out = { $host } is left out of this job; `figment doctor` says what is wrong there and what to do.
error-unusual-embedding-long = Its longest row is { $times } times as long as those of the base model: the rest of a prompt may count for little beside it.
error-unusual-embedding-short = Its shortest row has { $share } of the length of those of the base model: it may mean nothing.
error-unusual-embedding-other-base = It was learned on another base model ({ $other }) than the one in use ({ $base }): its pictures may differ from what they were.
error-guest-guest = Guests cannot use Figment in this workspace.
    .hint = Its admins can allow it.
error-guest-stranger = Figment is there for the people of this workspace, not for those of others.
    .hint = Somebody of this workspace can ask for you.
error-no-pictures-deleted = The pictures of { $token } were deleted with it.
    .hint = Teach it from other ones.
error-no-pictures-not-kept = No pictures of { $token } were kept: it came from a file.
    .hint = Teach it from pictures, under another name.
error-no-pictures-to-learn = There are no pictures to learn { $token } from.
    .hint = Upload about five pictures of it, from different sides, and ask again.
error-not-allowed-admins = This is for the workspace's admins.
    .hint = Ask one of them.
error-not-allowed-channel = Figment is not to be used in this channel.
    .hint = Write to it directly, or ask an admin for another channel.
error-not-found-checkpoint = There is no checkpoint of step { $step }.
error-not-found-file-gone = The file of this picture is gone.
    .hint = Its recipe says how to draw it again.
error-not-found-job = There is no such job here.
    .hint = It may have been deleted.
error-not-found-no-picture = This render has no such picture.
error-not-found-picture-deleted = This picture was deleted.
    .hint = Ask for new ones with its prompt.
error-not-found-render = There is no such render here.
    .hint = It may have been deleted.
error-not-yours-cancel = Only the person who asked for it, or an admin, can cancel it.
error-not-yours-concept = Only who taught { $token }, or an admin, can do this.
error-not-yours-job = Only the person who asked for it, or an admin, can do that.
error-not-yours-other-concept = { $token } belongs to somebody else.
    .hint = Choose another name.
error-not-yours-pictures = Only who asked for these pictures, or an admin, can delete them.
error-prompt-too-long-characters = The prompt has { $characters } characters; at most { $most } are read.
    .hint = Leave out what matters least.
error-prompt-too-long-concept = The prompt names a concept of { $tokens } tokens; the model reads { $size } at once.
    .hint = Teach it again with fewer vectors.
error-prompt-too-long-tokens = The prompt has { $tokens } tokens; at most { $blocks } times { $size } are read.
    .hint = Leave out what matters least.
error-quota-reached-open-jobs = { $open_jobs ->
    [one] You have { $open_jobs } training job that has not ended, and may have { $most }.
   *[other] You have { $open_jobs } training jobs that have not ended, and may have { $most }.
}
    .hint = Wait until one has ended, or cancel one.
error-token-taken-being-taught = { $token } is being taught right now, since { $time } UTC.
    .hint = Choose another name, or wait until that job has ended.
error-token-taken-by-base = The base model has a token { $token } of its own.
    .hint = Choose another name.
error-token-taken-hidden = { $token } cannot be had here.
    .hint = Choose another name.
error-token-taken-taught = { $token } was taught already, on { $date }.
    .hint = Choose another name, or imagine with this one.
error-too-few-pictures = One picture is not enough to learn { $token } from.
    .hint = Upload about five, from different sides.
error-too-many-pictures = { $number } pictures are more than the { $most } that one job takes.
    .hint = Choose about five of the best, from different sides.
error-unknown-token-being-learned = { $token } is still being learned.
    .hint = Its card says when it is ready.
error-unknown-token-changed = { $token } is not there any more as it was when this was drawn.
    .hint = See the list of concepts.
error-unknown-token-gone = { $token } is not here any more.
error-unknown-token-nobody = Nobody has taught { $token } here.
error-unknown-token-other-base = { $token } was taught on another base model than the one in use.
    .hint = Teach it again under another name.

# Numbers out of their limits.
error-bad-number-range = { $what ->
    [pictures] The number of pictures
    [steps] The number of steps
    [guidance] The guidance
    [until] The share of the steps with guidance
    [strength] The strength
    [vary] The strength of a variation
    [seed] The seed
    [width] The width
    [height] The height
    [training-steps] The number of training steps
    [vectors] The number of vectors
    [repeats] The number of repeats
    [learning-rate] The learning rate
   *[other] The number of steps of { $what }
} must be from { $least } to { $most }, not { $value }.
    .hint = Try { $nearest }.
error-bad-number-multiple = The { $what ->
    [width] width
   *[height] height
} must be a multiple of { $step }, not { $pixels }.
    .hint = Try { $nearest }.
error-bad-number-no-version = { $token } has no version { $version }.
    .hint = There is { $versions }.

# Names and words.
error-bad-placeholder = '{ $name }' cannot be a name: use letters, digits, - or _, such as <dicoo>.
    .hint = 1 to 32 of a-z, 0-9, - and _, beginning and ending with a letter or a digit.
error-bad-initializer-no-token = The base model has no single token for “{ $word }”; learning has to start from one word.
    .hint = Try a simpler word, such as toy.
error-bad-initializer-no-token-near = The base model has no single token for “{ $word }”; learning has to start from one word.
    .hint = Try { $near }.
error-unknown-token-untaught = Nobody has taught { $token } here.
    .hint = See the list of concepts.
error-unknown-token-untaught-near = Nobody has taught { $token } here.
    .hint = Did you mean { $near }?
error-did-you-mean = Did you mean { $near }?

# Pictures, and files with concepts.
error-no-pictures-where = I look at what you uploaded here lately.
error-bad-pictures-too-few-good = Too few of the pictures can be used, { $good ->
    [0] none is left
   *[1] only one is left
}: { $problems }.
    .hint = Upload about five pictures of it, from different sides, and ask again.
error-bad-pictures-web-page = { $name } is a web page, not a picture; was it shared with Figment?
    .hint = Send another one.
error-bad-pictures-too-many-pixels = { $name } has too many pixels; pictures of up to { $most } megapixels can be used.
    .hint = Send another one.
error-bad-pictures-not-a-picture = { $name } is not a picture, whatever its name says.
    .hint = Send another one.
error-bad-pictures-too-large = { $name } is { $width } x { $height }; pictures of up to { $most } megapixels are read.
    .hint = Send another one.
error-bad-pictures-too-small = { $name } is { $width } x { $height }; its shorter side needs at least { $least }.
    .hint = Send another one.
error-bad-pictures-damaged = { $name } is damaged and cannot be read to its end.
    .hint = Send another one.
error-bad-pictures-near-duplicate = { $name } shows the same as { $twin }.
error-bad-embedding-other-base = { $file } has rows of { $width } numbers, and this base model's have { $hidden }.
    .hint = It was learned on another kind of base model: 768 are Stable Diffusion 1.x, 1024 are 2.x.
error-bad-embedding-too-long = { $file } has a row { $times } times as long as those of the base model are.
    .hint = Its training went astray; an earlier step of it may be usable.
error-bad-embedding-zeros = { $file } has nothing but zeros in it.
    .hint = It was never trained.
error-bad-embedding-no-safetensors = { $file } is not a safetensors file.
    .hint = A file with one learned embedding is needed, such as a learned_embeds.safetensors.
error-bad-embedding-too-large = { $file } is too large to be a concept.
    .hint = A file with one learned embedding is needed, such as a learned_embeds.safetensors.
error-bad-embedding-several = { $file } holds { $number } embeddings instead of one.
    .hint = Embeddings of diffusers, AUTOMATIC1111 and kohya for Stable Diffusion 1.x and 2.x are taken.
error-bad-embedding-other-encoders = { $file } is for a model with other text encoders ({ $encoders }), such as Stable Diffusion XL.
    .hint = Embeddings of diffusers, AUTOMATIC1111 and kohya for Stable Diffusion 1.x and 2.x are taken.
error-bad-embedding-other = { $file } holds no concept that can be read.
    .hint = A file with one learned embedding is needed, such as a learned_embeds.safetensors.
error-unsafe-embedding-other = { $file } has code in it.
    .hint = Nothing of it has run; ask for a safetensors file, which holds nothing but numbers.
error-bad-concept-other = The file of a concept cannot be used.
    .hint = Restore it from a backup, or teach it again under another name.
error-bad-recipe-other = This file holds no recipe that can be read.
    .hint = A PNG drawn by Figment is needed as it was saved, or the JSON out of one.
error-bad-lora-other = This file is no LoRA that fits the base model.
error-measurement-ended-other = A process that measures came to its end too early.

# Who may do what, and how much.
error-not-allowed-teach = Only { $who ->
    [admins] admins
   *[listed] some people
} may teach here.
    .hint = The workspace's admins decide that.
error-not-allowed-draw = Only { $who ->
    [admins] admins
   *[listed] some people
} may draw here.
    .hint = The workspace's admins decide that.
error-not-yours-answer = Only the person who asked for it can answer that.
error-not-found-job-or-render = There is no such job or render here.
    .hint = It may have been deleted.
error-not-found-held-back = This picture was held back by the safety checker.
    .hint = Try another one.
error-not-found-never-finished = This picture was never finished.
    .hint = Try another one.
error-in-use-being-taught = { error-token-taken-being-taught }
    .hint = Wait until that job has ended, or cancel it.
error-in-use-drawn-with = { $token } is being drawn with: { $pictures ->
    [one] { count-pictures } is not finished.
   *[other] { count-pictures } are not finished.
}
    .hint = Ask again once they are, or cancel them.
error-quota-reached-person-day = Each person may ask for pictures { $most ->
    [one] once
   *[other] { $most } times
} a day, and that is reached.
error-quota-reached-person-day-never = Each person may ask for pictures { $most ->
    [one] once
   *[other] { $most } times
} a day.
    .hint = Ask for fewer.
error-quota-reached-channel-hour = A channel may have { $most ->
    [one] { $most } picture
   *[other] { $most } pictures
} an hour, and that is reached.
error-quota-reached-channel-hour-never = A channel may have { $most ->
    [one] { $most } picture
   *[other] { $most } pictures
} an hour.
    .hint = Ask for fewer.
error-room-again = There is room again: { $when }

# Figment itself.
error-internal = Something went wrong on Figment's side. Please try again; if it happens again, tell whoever runs Figment that its log says more.
error-base-model = Figment's base model cannot be read, so nothing can be taught or drawn now. Whoever runs Figment finds the reason in its log.
error-cannot-draw-other = The base model makes no picture of this recipe.
    .hint = Try another seed, less guidance or another sampler.

# What Slack refused.
error-not-in-channel = I am not a member of this channel.
    .hint = Invite me with `/invite @figment`, then ask again. Where nobody can be invited, write to me directly.
error-not-in-channel-chosen = I am not a member of the channel that you chose.
    .hint = Invite me there with `/invite @figment`, or choose another one.
error-too-late = I was away when you asked for this, and much time has passed since.
    .hint = Ask again if you still want it.
error-channel-closed = I may not post in this channel: it is archived, or only some may post in it.
    .hint = Ask in another channel, or write to me directly.
error-form-too-late = That took longer than Slack waits with a form.
    .hint = Please try again.
error-slack-busy = Slack takes nothing more from me at this moment.
    .hint = Please try again in a minute.
error-token-refused = Slack does not accept the bot's token.
    .hint = Copy the bot token from the app's page again and set SLACK_BOT_TOKEN.
error-slack-unreachable-other = Slack cannot be reached.
    .hint = See the network and proxy of this machine, and SLACK_API_URL if it is set.
error-missing-scope = Figment lacks the permission { $scopes }.
    .hint = Whoever installed it adds it under OAuth & Permissions and reinstalls the app; `figment manifest` prints all that it needs.
error-not-configured-other = Settings that are needed are missing.
error-port-taken-other = The bot cannot listen where it was told to.
error-disk-other = A file on this machine cannot be read or written.
error-file-gone = { $file } could not be fetched from Slack.
    .hint = Send another one.
error-file-gone-hidden = { $file } was deleted or is hidden from the bot.
    .hint = Send another one.
error-file-too-large = { $file } is larger than { $most } MB.
    .hint = Send another one.
error-used-pictures = Your latest pictures here were taught from already.
    .hint = Attach them to a message that mentions me, or upload others.
error-foreign-host = { $file } does not lie on Slack's servers.
    .hint = Send another one.

# Words that were not understood.
error-no-match-dealt-with = This was dealt with already.
error-no-match-several = More than one thing in the queue begins with “{ $what }”.
    .hint = Give more of its id.
error-no-match-none = Nothing in the queue is called “{ $what }”.
    .hint = `/concept queue` shows what there is.
error-not-understood-in-a-channel = Ask for it in a channel.
error-not-understood-what-to-show = Say which concept to show.
    .hint = As in `/concept show <dicoo>`.
error-not-understood-what-to-cancel = Say what to cancel.
    .hint = As in `/concept cancel <dicoo>`.
error-not-understood-verb = `/concept { $verb }` is not something I know.
    .hint = I know teach, list, show, queue, cancel, rename, delete, export, import, versions, use, retrain, share, private and help.
error-not-understood-figment = `/figment { $verb }` is not something I know.
    .hint = I know queue, status, settings and help; and for admins limits, pause, resume, drain and undrain.
error-not-understood-name = Say which name to teach.
    .hint = Say it like `/concept teach <dicoo> as toy`.
error-not-understood-no-value = --{ $flag } needs a value.
    .hint = { $example ->
        [until] As in `--until 0.5`, for guidance in the first half of the steps only.
        [strength] As in `--strength 0.6`, with a picture attached.
       *[other] As in { $shown }.
    }
error-not-understood-flag = --{ $flag } is not a flag I know.
    .hint = I know { $flags } and { $last }.
error-not-understood-whole = --{ $flag } needs a whole number, not “{ $value }”.
    .hint = As in { $shown }.
error-not-understood-number = --{ $flag } needs a number, not “{ $value }”.
    .hint = { error-not-understood-no-value.hint }
error-not-understood-size = --size needs width x height, not “{ $value }”.
    .hint = As in { $shown }.
error-not-understood-ratio = “{ $value }” is not an aspect ratio I know.
    .hint = I know { $known }.
error-not-understood-sampler = “{ $value }” is not a sampler I know.
    .hint = I know { $known }.
error-not-understood-upscale = --upscale can only be 2, not “{ $value }”.
    .hint = As in { $shown }.
error-not-understood-rename = Say which name to change into which.
    .hint = As in `/concept rename <dicoo> <robot>`.
error-not-understood-use = Say which version to use.
    .hint = As in `/concept use <dicoo> 2`.
error-not-understood-import = Say one name for what is in the file.
    .hint = As in `/concept import <dicoo>`.
error-not-understood-share = Say with whom to share it.
    .hint = As in `/concept share <dicoo> with #toys, here, everyone or @ada`.
error-not-understood-share-one = Share it with one at a time.
    .hint = As in `/concept share <dicoo> with #toys, here, everyone or @ada`.
error-not-understood-whom = I cannot tell who or what “{ $whom }” is.
    .hint = Choose the channel or the person from the list that Slack shows after # or @.
error-not-understood-concept = Say which concept.
    .hint = As in `/concept { $verb } <dicoo>`.

# What is wrong with the fields of a form.
form-whole-number = Give a whole number.
form-number = Give a number.
form-one-word = Give one word, such as toy.
form-at-least = At least { $least }.
form-at-most = At most { $most }.
form-out-of-limits = This is outside of what is possible here.
