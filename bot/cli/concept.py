"""`figment concept`: bring embeddings from elsewhere, see what there is, take it away."""

import asyncio
import getpass
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from backend.base import BaseShelf
from backend.migrate import migrate
from backend.people import OPERATOR, Asker, Person
from backend.requests import ImportRequest
from backend.service import Service
from backend.settings import BackendSettings
from backend.store import Store
from backend.views import ConceptView, ImportView
from bot.cli.complaint import complaints, disk_in_words
from bot.words import Language, read_sentences
from cluster.run_dir import write_atomically
from cluster.settings import ClusterSettings
from cluster.spec import LearnableProperty

T = TypeVar("T")

_NO_WORKSPACE = "local"
"""The workspace of a data folder that no Slack workspace has used yet."""

concept = typer.Typer(help="Import, list and export concepts.", no_args_is_help=True)

Workspace = Annotated[
    str, typer.Option(help="Slack's id of it (T...); the only one there is without it.")
]


@concept.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="A .safetensors, .pt or .bin with an embedding.")],
    token: Annotated[
        str, typer.Option(help="What to call it, such as '<dicoo>'; as the file says without it.")
    ] = "",
    owner: Annotated[
        str, typer.Option(help="Whose it is: a Slack user's id (U...); your name here without it.")
    ] = "",
    style: Annotated[bool, typer.Option("--style", help="It is a style, not an object.")] = False,
    workspace: Workspace = "",
    base: Annotated[
        str, typer.Option(help="Base model: a folder in diffusers format or a Hub id.")
    ] = "",
) -> None:
    """Take over FILE, of diffusers, AUTOMATIC1111 or kohya, after checking all that is in it."""
    console = Console()
    kind = LearnableProperty.STYLE if style else LearnableProperty.OBJECT

    async def work(service: Service) -> ImportView:
        where = await _workspace(service, workspace)
        by = Person(where, owner or getpass.getuser())
        return await service.import_concept(
            ImportRequest(file, by, token or None, kind, standing=OPERATOR)
        )

    with complaints(Console(stderr=True)), disk_in_words():
        found = _with_service(base, work)
        english = read_sentences().of(Language.EN)
        for warning in found.warnings:
            console.print(Text(f"Note: {english.told(warning)}", "yellow"))
        one = found.concept
        said = "is" if found.is_new else "was there already, as"
        what = f"version {one.version}, {_rows(one)} in {found.format.value}'s format"
        console.print(Text.assemble((one.token, "bold"), f" {said} {what}, of {one.owner.user} "
                                    f"in the workspace {one.owner.workspace}."))  # fmt: skip
        command = ("figment", "imagine", f"a {one.token}", "--concept", str(one.embedding))
        console.print(Text(f"Try: {shlex.join(command)}"), soft_wrap=True)


@concept.command(name="list")
def list_(workspace: Workspace = "") -> None:
    """Show the concepts of a workspace."""

    async def work(service: Service) -> tuple[ConceptView, ...]:
        where = await _workspace(service, workspace)
        return await service.concepts(where, _operator(where))

    with complaints(Console(stderr=True)), disk_in_words():
        table = Table("token", "version", "rows", "from", "less loss", "owner", "since", "base")
        for column in table.columns:
            column.overflow = "fold"
        for one in _with_service("", work):
            began = "a file" if one.is_imported else one.initializer
            gain = "" if one.improvement is None else f"{one.improvement:.1%}"
            cells = (one.token, str(one.version), str(one.vectors), began, gain)
            since = f"{one.created_at:%Y-%m-%d}"
            table.add_row(*map(Text, (*cells, one.owner.user, since, one.base_hash[:8])))
        Console().print(table)


@concept.command()
def export(
    token: Annotated[str, typer.Argument(help="The concept, such as '<dicoo>'.")],
    out: Annotated[Path, typer.Option(help="File or folder for it.")] = Path(),
    workspace: Workspace = "",
) -> None:
    """Write the concept's learned_embeds.safetensors, as diffusers and others load it."""

    async def work(service: Service) -> ConceptView:
        where = await _workspace(service, workspace)
        return await service.concept(where, token, _operator(where))

    with complaints(Console(stderr=True)), disk_in_words():
        one = _with_service("", work)
        file = out if out.suffix == ".safetensors" else out / "learned_embeds.safetensors"
        write_atomically(file, one.embedding.read_bytes())
        Console().print(Text(str(file)), soft_wrap=True)


def _with_service(base: str, work: Callable[[Service], Awaitable[T]]) -> T:
    settings = BackendSettings()

    async def run() -> T:
        await migrate(settings.url)
        store = Store.open(settings)
        try:
            shelf = BaseShelf(base or settings.base)
            return await work(Service(store, shelf, settings, ClusterSettings()))
        finally:
            await store.close()

    return asyncio.run(run())


def _operator(workspace: str) -> Asker:
    return Asker(Person(workspace, getpass.getuser()), OPERATOR)


async def _workspace(service: Service, named: str) -> str:
    """The workspace that is meant."""
    if named:
        return named
    known = await service.workspaces()
    if len(known) > 1:
        raise typer.BadParameter(f"name a workspace with --workspace: {', '.join(known)}")
    return known[0] if known else _NO_WORKSPACE


def _rows(one: ConceptView) -> str:
    return "1 row" if one.vectors == 1 else f"{one.vectors} rows"
