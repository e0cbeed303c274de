# 浏览器中的安装页面。

install-title = 将 Figment 添加到你的工作区
install-text = Figment 教团队的图像模型学会新词：发出某样东西的五张左右图片，给它起个名字，就能在任何地方画它。学习和绘制都在 Figment 所在的服务器上进行，各工作区只能看到自己的内容。
install-button = 添加到 Slack
install-hint = 安装之前，Slack 会列出 Figment 需要的权限。

installed-title = Figment 已加入 { $workspace }
installed-title-unnamed = Figment 已加入你的工作区
installed-text = 用 /invite @figment 将它邀请到频道，发出某样东西的五张左右图片，然后输入 /concept teach <dicoo> as toy。
installed-button = 打开 Slack

not-installed-title = Figment 未能安装
not-installed-button = 重试
not-installed-access-denied = 你选择了不安装。一切保持原样，随时可以再来。
not-installed-stale = 此页面打开得太晚、打开了两次，或者不是在最初的浏览器中打开的。请重新开始，并在十分钟内完成。
not-installed-refused = Slack 没有确认此次安装。请重新开始。
not-installed-not-saved = 安装信息未能保存。请重试；如果仍然失败，请告诉 Figment 的运行者查看日志。
not-installed-not-invited = 此 Figment 未对你的工作区开放，也不会保留你工作区的任何信息。请联系它的运行者；可以在 Slack 的应用列表中将其移除。
not-installed-whole-organisation = Figment 需要在每个工作区单独安装，不能一次安装到整个组织。请选择一个工作区。
