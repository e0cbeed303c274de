# “教概念”的表单，以及开始之前关于图片的提问。

teach-open = 在表单里填写名称、它是什么，并选好图片，就可以开始教了。
teach-offer = 教我一个新词：在表单里填写名称、它是什么，并选好图片。
teach-open-form = 打开表单
teach-nothing-queued = 没有加入队列。请上传别的图片，再试一次。
teach-title = 教一个概念
teach-submit = 开始教
teach-files-used = 将使用这条消息或消息列中的 { count-files }。
teach-files-not-counted = 将使用这条消息或消息列中的文件。
teach-name = 名称
teach-name-hint = 1 到 32 个字母、数字、- 或 _；尖括号会自动加上。
teach-word = 用一个英文单词说，它是什么？
teach-word-example = toy
teach-common = 这些图片的共同点是什么？
teach-thing = 同一个物品
teach-style = 同一种风格
teach-pictures = 五张左右、不同角度的图片
teach-pictures-hint = 留空则使用你最近上传到该频道的图片。
teach-channel = 卡片发到哪个频道
teach-advanced = 高级设置
teach-steps = 最多训练步数
teach-steps-hint = 不再有提升时会提前结束。
teach-vectors = 向量数
teach-vectors-hint = 越多，能记住的细节越多，但也会占用更多提示词空间。
teach-rate = 学习率
teach-repeats = 每张图片的重复次数
teach-repeats-hint = 每一轮中每张图片出现的次数。

sheet-few = 只会用 { count-pictures }来教 { $token }；五张左右、不同角度的效果更好。
sheet-problems = 开始教 { $token } 之前：有些图片不能用。
sheet-problem = • { $problem }
sheet-more = • 另有 { $number } 个问题
sheet-alt = 训练时看到的 { $token } 的图片
sheet-note = 已转正并裁成方形，与训练时看到的一致。
sheet-teach = { $pictures ->
    [1] 就用这一张教
   *[other] 就用这 { $pictures } 张教
}
left-out = 未采用：{ $problems }

no-files-title = 没有图片
no-files = 这条消息里没有图片。请在带有五张左右同一物品图片的消息上使用此快捷方式。
not-member-title = 不在此频道中
no-picture-title = 没有图片
no-picture = 这条消息里没有图片。请在带有起始图片的消息上使用此快捷方式。
