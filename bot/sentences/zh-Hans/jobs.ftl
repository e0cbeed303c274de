# 训练任务的卡片，以及关于训练任务的消息。

job-headline-queued = { $token } 正在排队
job-headline-preparing = 正在准备 { $token }
job-headline-running = 正在学习 { $token }
job-headline-stopping = 正在停止 { $token }
job-headline-ready = { $token } 学会了
job-headline-failed = { $token } 没有学会
job-headline-cancelled = { $token } 已取消
job-headline-deleted = { $token } 已被删除
job-summary-running = { job-headline-running }：第 { $step } 步，共 { $steps } 步

job-origin = { kind } · 从 *{ $word }* 开始学 · { count-pictures } · 由 { $who } 发起
job-preview-alt = { $token } 的预览
job-left-out = 未采用：{ $note }
job-id = 任务 { $id }
job-waiting = 正在排队，{ $place }。
job-attempt = 第 { $attempt } 次尝试。
job-outlook = 根据这里最近 { count-jobs }估计：约 { $begins }后开始，最迟约 { $ready }后完成。
job-outlook-next = 根据这里最近 { count-jobs }估计：下一个就轮到，最迟约 { $ready }后完成。
job-preparing = 正在准备图片和主机。
job-cancelled-at = 已在第 { $step } 步取消（共 { $steps } 步）。
job-step = 第 { $step } 步，共 { $steps } 步
job-is-stopping = 正在停止
job-measuring = 正在评估学习效果
job-keeping = 完成这一步后停止，保留目前最好的结果
job-waits-for-hosts = 正在等待主机
job-loading = 正在加载基础模型
job-left = 还需约 { $duration }
job-curve = 评估损失
job-curve-alt = 评估损失：起始 { $first }，最佳 { $best }：{ $columns }
job-loss = 损失 { $loss }
job-evaluation-loss = 评估损失 { $loss }
job-learned = 已学会，共 { count-steps }。
job-learned-in = 已学会，用时 { $duration }，共 { count-steps }。
job-deleted-later = 之后已被删除。
job-no-result = 训练结束了，但没有结果。
job-failure-on = { $message }（主机 { $host }）
job-picture-learned = 学习成果
job-picture-preview = 预览
job-picture-sheet = 训练时看到的图片
job-file-losses = { $token } 的损失
job-file-pictures = { $token } 的图片
# 下面两句写在图片里，图片用的字体没有汉字，所以保持英文。
curve-label = evaluation loss
sheet-left-out = { $label } left out

stage-prepare = 准备
stage-hosts = 主机
stage-train = 训练
stage-evaluate = 评估
stage-ready = 完成
stage-host-list = 主机：
stage-more-hosts = 另有 { $number } 台

job-try = 试试 { $token }
job-longer = 继续训练
job-choose = 选择检查点
job-retry = 重试
job-keep = 够好了：停止并保留
job-keep-question = 就停在这里吗？
job-keep-what = { $token } 将采用目前最好的结果。
job-keep-yes = 停止并保留
job-cancel-what = { $token } 将不会被学会。
job-cancel-yes = 取消任务

job-is-ready = { $who } *{ $token }* 学会了。试试 { $example }
job-not-learned = { $who } *{ $token }* 没有学会。
job-stops = 正在停止 { $token }。
job-is-cancelled = 已取消 { $token }。
job-kept = { $token } 会在完成这一步后停止，并保留目前最好的结果。
job-in-line-again = { $token } 已重新排队，进展见它的卡片。
job-tried-again = 正在重试 { $token }。
job-goes-on = { $token } 继续训练，最多到第 { $step } 步。在此之前仍使用当前版本。
job-taught-with = 正在用 { count-pictures }教 { $token }。
job-line = *{ $token }* { $state }，由 { $who } 发起 { $id }
job-line-queued = 正在排队，第 { $number } 位
job-line-stopping = 正在停止
job-line-preparing = 正在准备
job-line-learning = 正在学习，第 { $step } 步，共 { $steps } 步

checkpoint-question = 这是 { $token } 在学习过程中的样子。要用哪一个？
checkpoint-alt = { $token } 各步的预览
checkpoint-step = 第 { $step } 步
# 写在图片里，图片用的字体没有汉字，所以保持英文。
checkpoint-label = step { $step }
checkpoint-choose = 选择一步
checkpoint-chosen = { $token } 现在采用第 { $step } 步的结果：版本 { $version }。
