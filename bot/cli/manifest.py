"""`figment manifest`: what to create the Slack app from."""

import sys
from typing import Annotated
from urllib.parse import urlsplit

import typer

from bot.manifest import create_link, manifest_json


def _https(value: str) -> str:
    address = urlsplit(value)
    if value and (address.scheme != "https" or not address.hostname):
        raise typer.BadParameter("Slack calls addresses that begin with https:// only")
    return value


def manifest(
    link: Annotated[
        bool, typer.Option("--link", help="Print the link that creates the app instead.")
    ] = False,
    http: Annotated[
        str,
        typer.Option(
            help="Address that Slack calls, such as https://figment.example.com; "
            "Socket Mode without it.",
            callback=_https,
        ),
    ] = "",
    redirect: Annotated[
        str,
        typer.Option(
            help="Address that people come back to who install the app in their workspace.",
            callback=_https,
        ),
    ] = "",
) -> None:
    """Print the Slack app's manifest: commands, shortcuts, events and scopes that Figment uses."""
    text = create_link(http, redirect) + "\n" if link else manifest_json(http, redirect)
    sys.stdout.write(text)
