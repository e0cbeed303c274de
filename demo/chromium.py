"""How a browser that needs no screen is started."""

import shutil

CHROMIUM_FLAGS = (
    # As root, and without a screen, sound or network of its own.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """Path of an installed Chromium, None if there is none."""
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)
