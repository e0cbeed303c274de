"""Keeps the notices of the libraries under us off the terminal and out of the log."""

import os

_LEAST = {"DIFFUSERS_VERBOSITY": "error", "TRANSFORMERS_VERBOSITY": "error"}


def keep_libraries_quiet() -> None:
    """Have diffusers and transformers say only what went wrong, here and in processes we start.

    They read it when they are first imported. Who has set these variables is heard as before.
    """
    for name, level in _LEAST.items():
        os.environ.setdefault(name, level)
