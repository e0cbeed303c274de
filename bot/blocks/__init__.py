"""Block Kit, built from what backend knows. Pure."""
