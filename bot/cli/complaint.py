"""How the commands say that something went wrong: a sentence, a hint, an exit code."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.text import Text

from backend.errors import BackendError
from bot.errors import BotError, BotErrorCode
from cluster.errors import ClusterError


@contextmanager
def disk_in_words() -> Iterator[None]:
    """Turn what goes wrong with files that a command reads or writes into BotError (disk)."""
    try:
        yield
    except OSError as error:
        raise BotError(
            BotErrorCode.DISK,
            f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.",
            "See whether it is there, may be read and written, and whether there is room.",
        ) from error


@contextmanager
def complaints(console: Console) -> Iterator[None]:
    """Turn our own errors into words on `console` and exit code 1; others pass through.

    A value that is out of its range, in a setting or on the command line, is one of ours.
    """
    try:
        yield
    except (BackendError, BotError, ClusterError) as error:
        console.print(Text.assemble(("Error: ", "bold red"), error.message))
        if error.hint:
            console.print(Text(error.hint, "dim"))
        raise typer.Exit(1) from error
    except ValidationError as error:
        for one in error.errors(include_url=False):
            name = ".".join(str(part) for part in one["loc"])
            console.print(Text.assemble(("Error: ", "bold red"), f"{name}: {one['msg']}."))
        console.print(Text("See docs/reference/settings.md.", "dim"))
        raise typer.Exit(1) from error
    except SettingsError as error:
        # One that is written as JSON, and is none.
        console.print(Text.assemble(("Error: ", "bold red"), f"{error}."))
        console.print(Text("See .env.example for how it is written.", "dim"))
        raise typer.Exit(1) from error
