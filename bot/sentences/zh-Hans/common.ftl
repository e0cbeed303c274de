# 术语（所有文件一致；命令、参数、文件名和数字格式保持原样）：
#   concept 概念          teach 教              learn 学会／学习
#   picture 图片          draw 绘制             imagine 绘图
#   prompt 提示词         negative prompt 反向提示词
#   step 步               checkpoint 检查点     version 版本
#   job 训练任务          render 绘图任务       queue 队列
#   host 主机             worker worker（不译） slot 名额
#   seed 种子             sampler 采样器        guidance 引导强度
#   strength 重绘强度     recipe 配方           variation 变体
#   base model 基础模型   embedding 嵌入        row（嵌入的）行
#   loss 损失             evaluation loss 评估损失
#   workspace 工作区      channel 频道          thread 消息列
#   card 卡片             limits 限制           admin 管理员
# Slack 的 * 和 ` 外侧必须留空格，否则不起作用，所以它们不直接挨着汉字和标点。
# 标点用全角；汉字与数字、字母之间留一个半角空格；称呼读者用“你”。

list-comma = 、
list-semicolon = ；
list-or = {" 或 "}
list-dot = {" "}·{" "}
sentence-gap = {""}

count-pictures = { $pictures } 张图片
count-rows = { $rows } 行
count-steps = { $steps } 步
count-jobs = { $jobs } 个训练任务
count-files = { $files } 个文件

duration-seconds = { $seconds } 秒
duration-minutes = { $minutes } 分钟
duration-hours = { $hours } 小时 { $minutes } 分钟
date = { $year } 年 { $month } 月 { $day } 日

# 排队的位置；$ending 只有英语用得到。
place = { $ending ->
   *[th] 第 { $number } 位
}

kind = { $kind ->
    [style] 风格
   *[object] 物品
}
somebody = 一位同事
version = 版本 { $version }
base-model = 基础模型 { $hash }
score-loss = 评估损失降低 { $share }
score-gap = 与最贴切的词语相比已缩小 { $share } 的差距
score-places = { $share } 的场景得以保留
score-clip = CLIP-I { $image }，CLIP-T { $text }
close = 关闭
cancel = 取消
cancel-question = 要取消吗？
delete = 删除
go-on = 继续进行
as-usual = 默认
try = 试试 { $example }
