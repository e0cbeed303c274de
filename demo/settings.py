"""The demo's settings of the bot: what the toybox needs on two cores."""

DEMO_SETTINGS = {
    "FIGMENT_MAX_STEPS": "120",
    "FIGMENT_PREVIEW_INTERVAL": "20",
}
"""A real base model takes the settings' own values."""
