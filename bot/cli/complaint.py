"""How the commands say that something went wrong: a sentence, a hint, an exit code."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.text import Text

from backend.errors import BackendError
from bot.errors import BotError
from cluster.errors import ClusterError


@contextmanager
def complaints(console: Console) -> Iterator[None]:
    """Turn our own errors into words on `console` and exit code 1; others pass through."""
    try:
        yield
    except (BackendError, BotError, ClusterError) as error:
        console.print(Text.assemble(("Error: ", "bold red"), error.message))
        if error.hint:
            console.print(Text(error.hint, "dim"))
        raise typer.Exit(1) from error
