# 可以怎么说。命令和参数在所有语言中都一样。

help =
    {"*"}教我一个新词*
    上传五张左右、不同角度的同一物品图片，然后输入
    `/concept teach <dicoo> as toy`
    也可以在上传时用同样的话提到我： `@figment teach <dicoo> as toy`
    单词 `as` 后面的英文单词说明它是什么；要教一种风格，就在后面加上 `style` 。只输入 `/concept teach` 会打开表单；在带图片的消息或消息列上使用快捷方式 *Teach this* 也可以。
    {"*"}用它绘图*
    输入 `/imagine a yellow <dicoo> robot at the beach` ，或者提到我并写上提示词，在消息列里也可以。
    参数： `--n 4` `--seed 7` `--steps 20` `--guidance 7.5` `--until 0.5` `--no blurry` `--ar 3:2` 或 `--size 512x512` `--sampler ddim` `--vary 0.2` `--upscale 2`
    写成 `(word:1.3)` 可以调整一个词的权重。提到我时附上一张图片，就会从它开始绘制，可以加上 `--strength 0.6` ；也可以在消息上使用快捷方式 *Imagine with this* 来实现。图片下方的按钮可以生成变体、放大到两倍、修改提示词、查看配方和删除图片。
    {"*"}查看*
    `/concept list` `/concept show <dicoo>` `/concept queue` `/concept cancel <dicoo>` `/figment status` `/figment settings`
    {"*"}管理概念*
    `/concept versions <dicoo>` `/concept use <dicoo> 2` `/concept retrain <dicoo>` `/concept rename <dicoo> <robot>` `/concept private <dicoo>` `/concept share <dicoo> with #toys` `/concept export <dicoo>` ，上传文件后使用 `/concept import <dicoo>` `/concept delete <dicoo>`
