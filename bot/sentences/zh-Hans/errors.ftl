# 做不到的事情，按错误代码和情形命名；`.hint` 说明该怎么办。
# 以 `-other` 结尾的句子用于没有单独翻译的情形。

error-not-installed = 此工作区已不再安装 Figment。
    .hint = 请工作区的管理者从 Figment 的安装页面重新安装。
error-already-ended-cancel = 它已经结束了，没有什么可取消的。
error-already-ended-no-checkpoints = { $token } 没有可选择的检查点。
error-already-ended-not-failed = 它没有失败，不需要重试。
error-already-ended-nothing-left = { $token } 没有留下可以继续训练的内容。
    .hint = 请重新教一次。
error-already-ended-nothing-to-keep = { $token } 现在不在学习中，没有什么可保留的。
error-bad-blocklist = 无法读取禁用词列表，因此现在什么都不绘制。
    .hint = Figment 的维护者用 FIGMENT_BLOCKLIST 设置它；必须是 UTF-8 文本。
error-bad-concept-changed = { $token } 的文件在学会之后被改动过。
    .hint = 请从备份恢复，或换个名称重新教。
error-bad-initializer-missing = 请用一个英文单词说明它是什么，例如 `as toy` 。
    .hint = 学习从这个单词的含义开始。
error-bad-number-brackets = 提示词中的括号嵌套太深。
    .hint = 请把权重写成数字，例如 `(red:1.3)`；括号本身写作 `\(`。
error-bad-number-no-variation = 这张图片不是变体。
error-bad-number-size-and-ratio = 尺寸和宽高比只能给一个，而你两个都给了。
    .hint = 请去掉其中一个。
error-bad-number-too-many-pictures = { $number } 张图片超过了一次请求的上限 { $most } 张。
error-bad-number-twice-already = 这张图片已经放大到两倍了。
error-bad-number-vary-strength = 变体的变化强度必须在 0 到 1 之间，不能是 { $strength }。
    .hint = 可以试试 0.2。
error-bad-number-weight = “{ $text }”的权重会是 { $weight }；权重必须在 0 到 { $most } 之间。
    .hint = 1.3 已经很大了，例如 `(red:1.3)` 。要输入括号本身，请写 `\(` 。
error-bad-pictures-start-changed = 起始图片在发送之后被改动过。
    .hint = 请重新发送。
error-bad-pictures-start-gone = 这张图片的起始图片已经不存在。
    .hint = 请重新发送。
error-bad-pictures-unreadable = { $name } 无法读取。
    .hint = 请换一张。
error-bad-placeholder-unnamed = 从 { $file } 的内容和文件名都看不出概念该叫什么。
    .hint = 请用字母、数字、- 和 _ 给出名称，例如 <dicoo>。
error-bad-recipe-other-version = 这张图片由另一个版本的 Figment 绘制，无法读取其配方。
    .hint = 请用它的提示词重新绘制。
error-bad-text = 提示词中含有无法识别的字符。
    .hint = 请手动输入，不要粘贴。
error-blocked-prompt = 此工作区不绘制“{ $phrase }”。
    .hint = 请去掉它，或询问这里的 Figment 维护者。
error-cannot-save = 图片无法写入数据文件夹。
    .hint = 请 Figment 的维护者腾出磁盘空间，然后重新发送。
error-draining = Figment 正在收尾，暂不接受新的请求。
    .hint = 请稍后再试。
error-empty-prompt = 提示词是空的，没有可画的内容。
    .hint = 请说明要画什么，例如 `a toy at the beach` 。
error-host-left-out = 这个任务不使用主机 { $host }； `figment doctor` 会说明它有什么问题、该怎么办。
error-unusual-embedding-long = 它最长的一行是基础模型各行长度的 { $times } 倍：提示词的其余部分可能几乎不起作用。
error-unusual-embedding-short = 它最短的一行只有基础模型各行长度的 { $share }：可能没有任何含义。
error-unusual-embedding-other-base = 它是在另一个基础模型（{ $other }）上学习的，而现在使用的是 { $base }：画出的图片可能与原来不同。
error-guest-guest = 访客不能在此工作区使用 Figment。
    .hint = 管理员可以开放权限。
error-guest-stranger = Figment 只供此工作区的成员使用，不供其他工作区的人使用。
    .hint = 可以请此工作区的成员代你提出。
error-no-pictures-deleted = { $token } 的图片已随它一起删除。
    .hint = 请用其他图片教它。
error-no-pictures-not-kept = 没有保留 { $token } 的图片：它来自文件。
    .hint = 请用图片教它，并换一个名称。
error-no-pictures-to-learn = 没有可以用来学习 { $token } 的图片。
    .hint = 请上传五张左右、不同角度的图片，然后再试一次。
error-not-allowed-admins = 这项操作仅限工作区管理员。
    .hint = 请联系管理员。
error-not-allowed-channel = 不能在此频道使用 Figment。
    .hint = 请直接私信它，或请管理员开放其他频道。
error-not-found-checkpoint = 没有第 { $step } 步的检查点。
error-not-found-file-gone = 这张图片的文件已经不存在。
    .hint = 可以按它的配方重新绘制。
error-not-found-job = 这里没有这个训练任务。
    .hint = 它可能已被删除。
error-not-found-no-picture = 这个绘图任务里没有这张图片。
error-not-found-picture-deleted = 这张图片已被删除。
    .hint = 请用它的提示词重新绘制。
error-not-found-render = 这里没有这个绘图任务。
    .hint = 它可能已被删除。
error-not-yours-cancel = 只有发起人或管理员才能取消它。
error-not-yours-concept = 只有教 { $token } 的人或管理员才能这样做。
error-not-yours-job = 只有发起人或管理员才能这样做。
error-not-yours-other-concept = { $token } 属于别人。
    .hint = 请换一个名称。
error-not-yours-pictures = 只有要求绘制这些图片的人或管理员才能删除它们。
error-prompt-too-long-characters = 提示词有 { $characters } 个字符；最多读取 { $most } 个。
    .hint = 请去掉最不重要的部分。
error-prompt-too-long-concept = 提示词中有一个概念占 { $tokens } 个词元，而模型一次只读取 { $size } 个。
    .hint = 请减少向量数重新教。
error-prompt-too-long-tokens = 提示词有 { $tokens } 个词元；最多读取 { $blocks } 段，每段 { $size } 个。
    .hint = 请去掉最不重要的部分。
error-quota-reached-open-jobs = 你有 { $open_jobs } 个未结束的训练任务，上限是 { $most } 个。
    .hint = 请等其中一个结束，或取消一个。
error-token-taken-being-taught = { $token } 正在学习中，开始于 { $time }（UTC）。
    .hint = 请换一个名称，或等该任务结束。
error-token-taken-by-base = 基础模型自己已有词元 { $token }。
    .hint = 请换一个名称。
error-token-taken-hidden = 这里不能使用 { $token } 这个名称。
    .hint = 请换一个名称。
error-token-taken-taught = { $token } 已于 { $date }教过。
    .hint = 请换一个名称，或直接用它绘图。
error-too-few-pictures = 一张图片不足以学会 { $token }。
    .hint = 请上传五张左右、不同角度的图片。
error-too-many-pictures = { $number } 张图片超过了一个训练任务的上限 { $most } 张。
    .hint = 请挑选五张左右、不同角度的最好的图片。
error-unknown-token-being-learned = { $token } 还在学习中。
    .hint = 它的卡片会显示何时完成。
error-unknown-token-changed = { $token } 已不是绘制这张图片时的样子。
    .hint = 请查看概念列表。
error-unknown-token-gone = { $token } 已经不在这里了。
error-unknown-token-nobody = 这里没有人教过 { $token }。
error-unknown-token-other-base = { $token } 是在另一个基础模型上教的，与当前使用的不同。
    .hint = 请换个名称重新教。

# 超出范围的数字。
error-bad-number-range = { $what ->
    [pictures] 图片数量
    [steps] 步数
    [guidance] 引导强度
    [until] 使用引导的步数比例
    [strength] 重绘强度
    [vary] 变体的变化强度
    [seed] 种子
    [width] 宽度
    [height] 高度
    [training-steps] 训练步数
    [vectors] 向量数
    [repeats] 重复次数
    [learning-rate] 学习率
   *[other] { $what } 的步数
}必须在 { $least } 到 { $most } 之间，不能是 { $value }。
    .hint = 可以试试 { $nearest }。
error-bad-number-multiple = { $what ->
    [width] 宽度
   *[height] 高度
}必须是 { $step } 的倍数，不能是 { $pixels }。
    .hint = 可以试试 { $nearest }。
error-bad-number-no-version = { $token } 没有版本 { $version }。
    .hint = 现有版本：{ $versions }。

# 名称和词语。
error-bad-placeholder = “{ $name }”不能用作名称：请使用字母、数字、- 或 _，例如 <dicoo>。
    .hint = 1 到 32 个字符，可用 a-z、0-9、- 和 _，开头和结尾必须是字母或数字。
error-bad-initializer-no-token = 基础模型中没有与“{ $word }”对应的单个词元；学习必须从一个英文单词开始。
    .hint = 请换一个更简单的单词，例如 toy。
error-bad-initializer-no-token-near = 基础模型中没有与“{ $word }”对应的单个词元；学习必须从一个英文单词开始。
    .hint = 可以试试 { $near }。
error-unknown-token-untaught = 这里没有人教过 { $token }。
    .hint = 请查看概念列表。
error-unknown-token-untaught-near = 这里没有人教过 { $token }。
    .hint = 你是不是想说 { $near }？
error-did-you-mean = 你是不是想说 { $near }？

# 图片和概念文件。
error-no-pictures-where = 我会查找你最近在这里上传的图片。
error-bad-pictures-too-few-good = 可用的图片太少，{ $good ->
    [0] 一张都不能用
   *[1] 只剩一张
}：{ $problems }。
    .hint = 请上传五张左右、不同角度的图片，然后再试一次。
error-bad-pictures-web-page = { $name } 是网页，不是图片；它是否已分享给 Figment？
    .hint = 请换一张。
error-bad-pictures-too-many-pixels = { $name } 的像素太多；最多可使用 { $most } 百万像素的图片。
    .hint = 请换一张。
error-bad-pictures-not-a-picture = { $name } 不是图片，虽然文件名看起来像。
    .hint = 请换一张。
error-bad-pictures-too-large = { $name } 的尺寸是 { $width } x { $height }；最多可读取 { $most } 百万像素的图片。
    .hint = 请换一张。
error-bad-pictures-too-small = { $name } 的尺寸是 { $width } x { $height }；短边至少需要 { $least } 像素。
    .hint = 请换一张。
error-bad-pictures-damaged = { $name } 已损坏，无法完整读取。
    .hint = 请换一张。
error-bad-pictures-near-duplicate = { $name } 与 { $twin } 内容相同。
error-bad-embedding-other-base = { $file } 的每行有 { $width } 个数，而此基础模型是 { $hidden } 个。
    .hint = 它是在另一种基础模型上学的：768 是 Stable Diffusion 1.x，1024 是 2.x。
error-bad-embedding-too-long = { $file } 中有一行的长度是基础模型的 { $times } 倍。
    .hint = 它的训练跑偏了，较早的某一步也许可用。
error-bad-embedding-zeros = { $file } 里全是零。
    .hint = 它从未训练过。
error-bad-embedding-no-safetensors = { $file } 不是 safetensors 文件。
    .hint = 需要一个只含一个嵌入的文件，例如 learned_embeds.safetensors。
error-bad-embedding-too-large = { $file } 太大，不可能是一个概念。
    .hint = 需要一个只含一个嵌入的文件，例如 learned_embeds.safetensors。
error-bad-embedding-several = { $file } 含有 { $number } 个嵌入，而不是一个。
    .hint = 支持 diffusers、AUTOMATIC1111 和 kohya 用于 Stable Diffusion 1.x 和 2.x 的嵌入。
error-bad-embedding-other-encoders = { $file } 用于带有其他文本编码器（{ $encoders }）的模型，例如 Stable Diffusion XL。
    .hint = 支持 diffusers、AUTOMATIC1111 和 kohya 用于 Stable Diffusion 1.x 和 2.x 的嵌入。
error-bad-embedding-other = { $file } 中没有可以读取的概念。
    .hint = 需要一个只含一个嵌入的文件，例如 learned_embeds.safetensors。
error-unsafe-embedding-other = { $file } 中含有代码。
    .hint = 其中的代码没有运行；请换成只含数字的 safetensors 文件。
error-bad-concept-other = 概念的文件不能使用。
    .hint = 请从备份恢复，或换个名称重新教。
error-bad-recipe-other = 这个文件里没有可以读取的配方。
    .hint = 需要由 Figment 绘制并原样保存的 PNG，或其中的 JSON。
error-bad-lora-other = 这个文件不是适合此基础模型的 LoRA。
error-measurement-ended-other = 一个测量进程过早结束。

# 谁可以做什么、做多少。
error-not-allowed-teach = 只有{ $who ->
    [admins] 管理员
   *[listed] 指定的人
}可以在这里教概念。
    .hint = 由工作区管理员决定。
error-not-allowed-draw = 只有{ $who ->
    [admins] 管理员
   *[listed] 指定的人
}可以在这里绘图。
    .hint = 由工作区管理员决定。
error-not-yours-answer = 只有发起人才能回答这个问题。
error-not-found-job-or-render = 这里没有这个任务。
    .hint = 它可能已被删除。
error-not-found-held-back = 这张图片被安全检查拦下了。
    .hint = 请换一张。
error-not-found-never-finished = 这张图片没有画完。
    .hint = 请换一张。
error-in-use-being-taught = { error-token-taken-being-taught }
    .hint = 请等该任务结束，或取消它。
error-in-use-drawn-with = 正在用 { $token } 绘图：还有 { count-pictures }没有完成。
    .hint = 请等它们完成后再试，或取消它们。
error-quota-reached-person-day = 每人每天可以绘图 { $most } 次，现已达到上限。
error-quota-reached-person-day-never = 每人每天可以绘图 { $most } 次。
    .hint = 请减少数量。
error-quota-reached-channel-hour = 每个频道每小时可以绘制 { $most } 张图片，现已达到上限。
error-quota-reached-channel-hour-never = 每个频道每小时可以绘制 { $most } 张图片。
    .hint = 请减少数量。
error-room-again = 何时可以继续： { $when }

# Figment 自身的问题。
error-internal = Figment 出了点问题，请再试一次；如果仍然如此，请告诉 Figment 的维护者查看日志。
error-base-model = 无法读取 Figment 的基础模型，因此现在既不能教也不能画。Figment 的维护者可以在日志中找到原因。
error-cannot-draw-other = 基础模型无法按此配方绘制图片。
    .hint = 请换个种子、降低引导强度或换个采样器。

# Slack 拒绝的操作。
error-not-in-channel = 我不是此频道的成员。
    .hint = 请用 `/invite @figment` 邀请我，然后再试一次。如果是无法邀请成员的对话，请直接给我发消息。
error-not-in-channel-chosen = 我不是你所选频道的成员。
    .hint = 请在该频道用 `/invite @figment` 邀请我，或选择其他频道。
error-too-late = 你提出这个请求时我不在线，现在已经过去很久了。
    .hint = 如果还需要，请再试一次。
error-channel-closed = 我不能在此频道发消息：频道已归档，或只允许部分人发消息。
    .hint = 请换个频道，或直接给我发私信。
error-form-too-late = 耗时过长，Slack 已不再打开表单。
    .hint = 请再试一次。
error-slack-busy = Slack 目前不接受我的更多请求。
    .hint = 请一分钟后再试。
error-token-refused = Slack 不接受机器人的令牌。
    .hint = 请从应用页面重新复制机器人令牌，并设置 SLACK_BOT_TOKEN。
error-slack-unreachable-other = 无法连接 Slack。
    .hint = 请检查此机器的网络和代理，以及 SLACK_API_URL（如果已设置）。
error-missing-scope = Figment 缺少权限 { $scopes }。
    .hint = 请安装者在 OAuth & Permissions 中添加该权限并重新安装应用；运行 `figment manifest` 可以列出所需的全部权限。
error-not-configured-other = 缺少必要的设置。
error-port-taken-other = 机器人无法监听指定的地址。
error-disk-other = 此机器上的某个文件无法读取或写入。
error-file-gone = 无法从 Slack 获取 { $file }。
    .hint = 请换一个。
error-file-gone-hidden = { $file } 已被删除，或对机器人不可见。
    .hint = 请换一个。
error-file-too-large = { $file } 超过了 { $most } MB。
    .hint = 请换一个。
error-used-pictures = 你在这里最近的图片已经用来教过了。
    .hint = 请把它们附在提到我的消息里，或上传别的图片。
error-foreign-host = { $file } 不在 Slack 的服务器上。
    .hint = 请换一个。

# 没有看懂的话。
error-no-match-dealt-with = 这件事已经处理过了。
error-no-match-several = 队列中以“{ $what }”开头的不止一个。
    .hint = 请多输入几位编号。
error-no-match-none = 队列中没有“{ $what }”。
    .hint = 用 `/concept queue` 可以查看队列。
error-not-understood-in-a-channel = 请在频道中提出这个请求。
error-not-understood-what-to-show = 请说明要查看哪个概念。
    .hint = 例如 `/concept show <dicoo>` 。
error-not-understood-what-to-cancel = 请说明要取消什么。
    .hint = 例如 `/concept cancel <dicoo>` 。
error-not-understood-verb = 我不认识 `/concept { $verb }` 。
    .hint = 我认识的有 teach、list、show、queue、cancel、rename、delete、export、import、versions、use、retrain、share、private 和 help。
error-not-understood-figment = 我不认识 `/figment { $verb }` 。
    .hint = 我认识的有 queue、status、settings 和 help；管理员还可以用 limits、pause、resume、drain 和 undrain。
error-not-understood-name = 请说明要教的名称。
    .hint = 例如 `/concept teach <dicoo> as toy` 。
error-not-understood-no-value = --{ $flag } 后面需要一个值。
    .hint = { $example ->
        [until] 例如 `--until 0.5` ，表示只在前一半步数中使用引导。
        [strength] 附上图片，例如 `--strength 0.6` 。
       *[other] 例如 { $shown } 。
    }
error-not-understood-flag = 我不认识参数 --{ $flag }。
    .hint = 我认识的有 { $flags } 和 { $last }。
error-not-understood-whole = --{ $flag } 需要一个整数，不能是“{ $value }”。
    .hint = 例如 { $shown } 。
error-not-understood-number = --{ $flag } 需要一个数字，不能是“{ $value }”。
    .hint = { error-not-understood-no-value.hint }
error-not-understood-size = --size 需要“宽 x 高”，不能是“{ $value }”。
    .hint = 例如 { $shown } 。
error-not-understood-ratio = 我不认识宽高比“{ $value }”。
    .hint = 我认识的有 { $known }。
error-not-understood-sampler = 我不认识采样器“{ $value }”。
    .hint = 我认识的有 { $known }。
error-not-understood-upscale = --upscale 只能是 2，不能是“{ $value }”。
    .hint = 例如 { $shown } 。
error-not-understood-rename = 请说明要把哪个名称改成哪个名称。
    .hint = 例如 `/concept rename <dicoo> <robot>` 。
error-not-understood-use = 请说明要使用哪个版本。
    .hint = 例如 `/concept use <dicoo> 2` 。
error-not-understood-import = 请只用一个名称来称呼文件中的概念。
    .hint = 例如 `/concept import <dicoo>` 。
error-not-understood-share = 请说明要分享给谁。
    .hint = 例如 `/concept share <dicoo> with #toys, here, everyone or @ada` 。
error-not-understood-share-one = 一次只能分享给一个对象。
    .hint = 例如 `/concept share <dicoo> with #toys, here, everyone or @ada` 。
error-not-understood-whom = 我不知道“{ $whom }”是谁或是什么。
    .hint = 请从输入 # 或 @ 后 Slack 显示的列表中选择频道或成员。
error-not-understood-concept = 请说明是哪个概念。
    .hint = 例如 `/concept { $verb } <dicoo>` 。

# 表单中填写有误的内容。
form-whole-number = 请填写整数。
form-number = 请填写数字。
form-one-word = 请填写一个英文单词，例如 toy。
form-at-least = 不能小于 { $least }。
form-at-most = 不能大于 { $most }。
form-out-of-limits = 超出了这里允许的范围。
