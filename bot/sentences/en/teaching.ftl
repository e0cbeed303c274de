# The form to teach, and the question about pictures before.

teach-open = The form to teach asks for a name, what it is, and pictures.
teach-offer = Teach me a word: the form asks for its name, what it is, and pictures.
teach-open-form = Open the form
teach-nothing-queued = Nothing was queued. Upload other pictures and ask again.
teach-title = Teach a concept
teach-submit = Teach
teach-files-used = { $files ->
    [one] { count-files } of the message or thread is used.
   *[other] { count-files } of the message or thread are used.
}
teach-files-not-counted = The files of the message or thread are used.
teach-name = Name
teach-name-hint = 1 to 32 letters, digits, - or _; angle brackets are added.
teach-word = In one word, what is it?
teach-word-example = toy
teach-common = What do the pictures have in common?
teach-thing = A thing
teach-style = A style
teach-pictures = About five pictures, from different sides
teach-pictures-hint = Leave it empty to use the pictures that you uploaded to the channel lately.
teach-channel = Channel for its card
teach-advanced = Advanced settings
teach-steps = Most training steps
teach-steps-hint = It ends earlier once nothing more is gained.
teach-vectors = Vectors
teach-vectors-hint = More hold more of the thing, and take more of a prompt's room.
teach-rate = Learning rate
teach-repeats = Repeats of each picture
teach-repeats-hint = How often each comes before all have come.

sheet-few = { $token } would be taught with { count-pictures } only; about five, from different sides, are better.
sheet-problems = Before { $token } is taught: some pictures cannot be used.
sheet-problem = • { $problem }
sheet-more = • and { $number } more
sheet-alt = The pictures of { $token } as they are trained on
sheet-note = Upright and square, as training sees them.
sheet-teach = { $pictures ->
    [one] Teach with this one
   *[other] Teach with these { $pictures }
}
left-out = Left out: { $problems }

no-files-title = No pictures
no-files = This message has no pictures. Use the shortcut on one with about five pictures of a thing.
not-member-title = Not in this channel
no-picture-title = No picture
no-picture = This message has no picture. Use the shortcut on one with a picture to begin from.
