"""What people read who install Figment in their workspace, as plain text."""

NOT_HERE = "Figment is not installed in this workspace any more."
INSTALL_AGAIN = "Whoever looks after it installs it again from Figment's own page."

INSTALL_TITLE = "Add Figment to your workspace"
INSTALL_TEXT = (
    "Figment teaches your team's image model new words. Post about five pictures of a thing, give "
    "it a name, and draw it wherever you like. Pictures are learned and drawn on the servers that "
    "Figment runs on, and each workspace sees its own alone."
)
INSTALL_BUTTON = "Add to Slack"
INSTALL_HINT = "Slack shows what Figment may do before anything is installed."

SUCCESS_TITLE = "Figment is in {workspace}"
SUCCESS_TEXT = (
    "Invite it to a channel with /invite @figment, post about five pictures of a thing, and write "
    "/concept teach <dicoo> as toy."
)
SUCCESS_BUTTON = "Open Slack"
A_WORKSPACE = "your workspace"

FAILURE_TITLE = "Figment was not installed"
FAILURE_BUTTON = "Try again"
CANCELLED = "You chose not to install it. Nothing was changed; come back whenever you like."
STALE = (
    "This page was opened too late, twice, or in another browser than the one that began. Begin "
    "again, and finish within ten minutes."
)
REFUSED = "Slack did not confirm the installation. Begin again."
NOT_SAVED = (
    "The installation could not be saved. Try again; if it fails once more, tell whoever runs "
    "Figment that its log says why."
)
NOT_INVITED = (
    "This Figment is not open to your workspace, and keeps nothing of it. Ask whoever runs it; the "
    "app can be removed again in Slack's list of apps."
)
WHOLE_ORGANISATION = (
    "Figment is installed in each workspace by itself, not in a whole organisation at once. "
    "Choose one workspace."
)
