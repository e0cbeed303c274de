"""`figment`: serve, worker, and the two ways to work without Slack."""

import asyncio
import faulthandler
import os
from collections.abc import Awaitable, Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console

from backend.drawer import Drawer, load_engine
from backend.loading import ENDING, ended_by_signals, take_signals
from backend.migrate import migrate
from backend.numa import stay_on_node
from backend.settings import BackendSettings
from backend.store import Store
from backend.worker import run_worker
from bot.cli.bench import bench
from bot.cli.cluster import cluster
from bot.cli.complaint import complaints
from bot.cli.concept import concept
from bot.cli.doctor import doctor
from bot.cli.imagine import imagine
from bot.cli.manifest import manifest
from bot.cli.model import model
from bot.cli.quiet import keep_libraries_quiet
from bot.cli.teach import teach
from bot.logs import set_up_logging
from bot.settings import BotSettings, SlackSettings
from bot.unknown_settings import known_names, names_set, unknown_settings
from bot.wiring import Figment
from cluster.settings import ClusterSettings

_log = structlog.get_logger(__name__)

app = typer.Typer(
    help="Teach a team's image model new words, and draw with them.",
    callback=keep_libraries_quiet,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(teach)
app.command()(imagine)
app.command()(doctor)
app.command()(manifest)
app.add_typer(bench, name="bench")
app.add_typer(cluster, name="cluster")
app.add_typer(concept, name="concept")
app.add_typer(model, name="model")


@app.command()
def serve() -> None:
    """Run the bot: Slack, the queue, and the local rendering workers."""
    with complaints(Console(stderr=True)):
        settings = BotSettings()
        set_up_logging(settings.log_level)
        _warn_of_unknown_settings()
        figment = Figment(SlackSettings(), settings, BackendSettings(), ClusterSettings())
        asyncio.run(_serve(figment))


@app.command()
def worker(
    node: Annotated[
        int | None, typer.Option(min=0, help="NUMA node to stay on; all CPUs without it.")
    ] = None,
) -> None:
    """Run a rendering worker; as many as wanted, on every host that shares the data folder.

    It draws the pictures that wait in the database until Ctrl-C or SIGTERM ends it: within one
    sampling step, with exit code 0; what it had begun is given back to the queue. One that is
    killed loses nothing either: its pictures go to others once its leases have ended.

    It takes its settings from the environment and .env, as figment serve does, and they must be
    the same: FIGMENT_DATABASE_URL (the queue), FIGMENT_DATA (the shared folder), FIGMENT_BASE
    (the base model; only its pictures are drawn) and FIGMENT_LEASE_SECONDS. The first start on a
    data folder exports the base model, which takes minutes.

    Its log, on standard error, tells of each picture and, once a minute, the pace: pictures a
    minute, seconds a picture, the share of time spent on drawing, and how many wait.
    """
    with complaints(Console(stderr=True)):
        set_up_logging(BotSettings().log_level)
        _warn_of_unknown_settings()
        if node is not None:
            stay_on_node(node)
        settings = BackendSettings()
        asyncio.run(migrate(settings.url))
        # What a library dies of without a word of its own.
        faulthandler.enable()
        with ended_by_signals():
            drawer = load_engine(settings)
        asyncio.run(_until_signal(partial(_work, settings, drawer)))


@app.command(name="version")
def show_version() -> None:
    """Say which version this is."""
    try:
        typer.echo(version("figment"))
    except PackageNotFoundError:
        typer.echo("not installed, run from its sources")


def _warn_of_unknown_settings() -> None:
    known = known_names((SlackSettings, BotSettings, BackendSettings, ClusterSettings))
    for name, near in unknown_settings(names_set(os.environ, Path(".env")), known).items():
        _log.warning("unknown_setting", name=name, near=near)


async def _serve(figment: Figment) -> None:
    async def run(stop: asyncio.Event) -> None:
        starting = asyncio.create_task(figment.start())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return
        starting.result()
        try:
            await stop.wait()
        finally:
            await figment.stop()

    await _until_signal(run)


async def _work(settings: BackendSettings, drawer: Drawer, stop: asyncio.Event) -> None:
    store = Store.open(settings)
    try:
        await run_worker(store, settings, stop, load=lambda _settings: drawer)
    finally:
        await store.close()


async def _until_signal(run: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run something that ends when its event is set: by Ctrl-C, or by SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in ENDING:
        loop.add_signal_handler(number, stop.set)
    take_signals()
    await run(stop)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
