# What can be said. Commands and flags are the same in every language.

help =
    {"*"}Teach me a word*
    Upload about five pictures of a thing, from different sides, then say
    `/concept teach <dicoo> as toy`
    or mention me with the same words on the upload itself: `@figment teach <dicoo> as toy`. The word after `as` says what it is; add `style` to teach a style. `/concept teach` alone opens a form, as does the shortcut *Teach this* on a message or thread with pictures.
    {"*"}Draw with it*
    `/imagine a yellow <dicoo> robot at the beach`, or mention me with a prompt, in threads too.
    Flags: `--n 4`, `--seed 7`, `--steps 20`, `--guidance 7.5`, `--until 0.5`, `--no blurry`, `--ar 3:2` or `--size 512x512`, `--sampler ddim`, `--vary 0.2`, `--upscale 2`. `(word:1.3)` weighs a word. Attach a picture to a mention to begin from it, with `--strength 0.6`, or use the shortcut *Imagine with this* on a message. The buttons under pictures vary them, double their size, change their prompt, tell their recipe and delete them.
    {"*"}Look around*
    `/concept list`, `/concept show <dicoo>`, `/concept queue`, `/concept cancel <dicoo>`, `/figment status`, `/figment settings`
    {"*"}Look after a concept*
    `/concept versions <dicoo>`, `/concept use <dicoo> 2`, `/concept retrain <dicoo>`, `/concept rename <dicoo> <robot>`, `/concept private <dicoo>`, `/concept share <dicoo> with #toys`, `/concept export <dicoo>`, `/concept import <dicoo>` after you dropped a file, `/concept delete <dicoo>`
