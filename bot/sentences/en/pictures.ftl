# Renders: how they stand, their pictures, what can be done with them.

render-asked = { $who } asked: { $prompt }
render-queued = { count-pictures }, waiting, { $place } in line
render-drawing = { count-pictures }, drawing, { $done } of { $pictures } done
render-drawing-step = { render-drawing }, step { $step } of { $steps }
render-done = { count-pictures }, done
render-done-in = { count-pictures }, done in { $duration }
render-failed = { count-pictures }, failed after { $done }
render-cancelled = { count-pictures }, cancelled after { $done }
render-title = *{ $prompt }* for { $who }
render-unfinished = Cancelled before it was finished.
render-held-back = { count-pictures } held back by the safety checker; another seed may help.
render-gone = { $pictures ->
    [one] The file of 1 picture is gone.
   *[other] The files of { $pictures } pictures are gone.
}
render-not-taken = The pictures are drawn, but Slack does not take them ({ $why }). Whoever looks after this workspace can tell why.
render-no-room = { $number ->
    [one] { $number } more has no room in one message.
   *[other] { $number } more have no room in one message.
}
render-deleted = The pictures of “{ $prompt }” were deleted.
render-deleted-by = The pictures were deleted by { $who }
render-is-cancelled = The render is cancelled.
render-line = “{ $prompt }”, { $state }, asked by { $who } { $id }
render-line-elsewhere = A request from elsewhere, { $state } { $id }
render-line-drawing = { $done } of { $count } drawn
render-line-step = { $done } of { $count } drawn, step { $step } of { $steps }
render-line-queued = waiting, number { $number } in line

picture-name = seed { $seed }
picture-name-varied = seed { $seed }, varied by { $towards }
picture-number = { $number } · { $name }
picture-alt = Picture { $number } of { $count }: { $prompt }
recipe-seeds = seed { $first } to { $last }
recipe-seed = seed { $seed }
recipe-numbers = { $seeds } · { count-steps } · { $sampler } · guidance { $guidance } · { $width } x { $height }
recipe-not = not: { $text }
recipe-until = guidance until { $share } of the steps
recipe-start = begun from a picture, strength { $strength }
recipe-variation = variations of one seed, strength { $strength }
recipe-upscaled = upscaled to twice the size
recipe-summary = How “{ $prompt }” was drawn.
recipe-more = And { $number } more, alike.
recipe-how = Every picture carries its recipe. Save one as it is, or a recipe as { $file } and { $command } draws it again, bit for bit on the same machine.
recipe-picture = *Picture { $number }*
recipe-other-version = Drawn by another version of Figment.
recipe-picture-deleted = (deleted)
recipe-held-back = (held back by the safety checker)
recipe-from-picture = Begun from a picture: no line of words draws it again.
recipe-is-variation = A variation: no line of words draws it again, its recipe does.
recipe-too-long = Its recipe is too long to show here; the picture's file has it.

again = Again
edit-prompt = Edit prompt
recipe = Recipe
delete-question = Delete?
delete-what = The pictures go from Slack and from Figment's data folder, for everyone.
delete-no = Keep them
vary = Vary
vary-number = Vary { $number }
vary-choose = Vary a picture
upscale = Upscale
upscale-number = Upscale { $number }
upscale-choose = Upscale a picture

imagine-title = Imagine
imagine-submit = Draw
imagine-more = More settings
imagine-from = Picture to begin from
imagine-from-file = Begins from { $name }.
imagine-from-same = Begins from the same picture.
imagine-strength = Strength
imagine-strength-hint = How much of the picture is made anew: 0.3 keeps most of it, 0.9 little.
imagine-prompt = Prompt
imagine-not = What should not be in it
imagine-pictures = Pictures
imagine-seed = Seed
imagine-seed-hint = The same seed gives the same picture; empty for a new one.
imagine-steps = Steps
imagine-guidance = Guidance
imagine-guidance-hint = How closely the prompt is followed.
imagine-ratio = Shape, width to height
imagine-as-it-was = { $width } x { $height }, as it was
imagine-sampler = Sampler
imagine-size = Size
imagine-twice = Twice the size
too-long-title = Too long for a form
too-long = This prompt has more characters than Slack's forms take. Copy it from *Recipe* and change it.
# What stands in the form when somebody presses Try; prompts are in English, as the model's words are.
try-prompt = a { $token } at the beach
