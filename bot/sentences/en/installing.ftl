# The pages of a browser, for whoever installs Figment in a workspace.

install-title = Add Figment to your workspace
install-text = Figment teaches your team's image model new words. Post about five pictures of a thing, give it a name, and draw it wherever you like. Pictures are learned and drawn on the servers that Figment runs on, and each workspace sees its own alone.
install-button = Add to Slack
install-hint = Slack shows what Figment may do before anything is installed.

installed-title = Figment is in { $workspace }
installed-title-unnamed = Figment is in your workspace
installed-text = Invite it to a channel with /invite @figment, post about five pictures of a thing, and write /concept teach <dicoo> as toy.
installed-button = Open Slack

not-installed-title = Figment was not installed
not-installed-button = Try again
not-installed-access-denied = You chose not to install it. Nothing was changed; come back whenever you like.
not-installed-stale = This page was opened too late, twice, or in another browser than the one that began. Begin again, and finish within ten minutes.
not-installed-refused = Slack did not confirm the installation. Begin again.
not-installed-not-saved = The installation could not be saved. Try again; if it fails once more, tell whoever runs Figment that its log says why.
not-installed-not-invited = This Figment is not open to your workspace, and keeps nothing of it. Ask whoever runs it; the app can be removed again in Slack's list of apps.
not-installed-whole-organisation = Figment is installed in each workspace by itself, not in a whole organisation at once. Choose one workspace.
