"""One training run on N hosts."""
