# What other sentences are made of.

list-comma = ,{" "}
list-semicolon = ;{" "}
list-or = {" or "}
list-dot = {" "}·{" "}
sentence-gap = {" "}

count-pictures = { $pictures ->
    [one] { $pictures } picture
   *[other] { $pictures } pictures
}
count-rows = { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}
count-steps = { $steps ->
    [one] { $steps } step
   *[other] { $steps } steps
}
count-jobs = { $jobs ->
    [one] { $jobs } job
   *[other] { $jobs } jobs
}
count-files = { $files ->
    [one] { $files } file
   *[other] { $files } files
}

duration-seconds = { $seconds } s
duration-minutes = { $minutes } min
duration-hours = { $hours } h { $minutes } min
date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }

# A place in line: 1st, 22nd.
place = { $ending ->
    [st] { $number }st
    [nd] { $number }nd
    [rd] { $number }rd
   *[th] { $number }th
}

kind = { $kind ->
    [style] a style
   *[object] a thing
}
# Somebody who is not called by name, so that nobody is notified.
somebody = a teammate
version = version { $version }
base-model = base model { $hash }
score-loss = evaluation loss { $share } lower
score-gap = { $share } of the way to the best words
score-places = places kept in { $share }
score-clip = CLIP-I { $image }, CLIP-T { $text }
close = Close
cancel = Cancel
cancel-question = Cancel?
delete = Delete
go-on = Go on
as-usual = As usual
try = Try { $example }.
