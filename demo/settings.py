"""The demo's settings of the bot: what the toybox needs on two cores."""

DEMO_SETTINGS = {
    "FIGMENT_MAX_STEPS": "150",
    # The toybox has a word each for what a toy is, its colour and what it wears.
    "FIGMENT_VECTORS": "3",
    # What the toybox was evaluated with; more burns its few colours in.
    "FIGMENT_GUIDANCE": "4.5",
    "FIGMENT_PREVIEW_INTERVAL": "20",
    # Of each checkpoint that can be chosen there is a preview.
    "FIGMENT_CHECKPOINT_INTERVAL": "20",
}
"""A real base model takes the settings' own values."""
