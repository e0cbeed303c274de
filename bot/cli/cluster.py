"""`figment cluster setup`: from hosts with ssh and Python to hosts that a job can use."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from backend.settings import BackendSettings
from bot.cli.complaint import complaints
from bot.cli.doctor import show_report
from cluster.base import resolve_base
from cluster.check_up import check_up
from cluster.clip_folder import find_clip
from cluster.hosts import read_hostfile
from cluster.preview_vae import find_preview_vae
from cluster.settings import ClusterSettings
from cluster.setup import HostSetUp, folders_to_copy, set_up

cluster = typer.Typer(help="Look after the hosts.", no_args_is_help=True)


@cluster.callback()
def look_after() -> None:
    """Look after the hosts."""


@cluster.command()
def setup(
    hostfile: Annotated[
        Path | None, typer.Option(help="One host a line; FIGMENT_HOSTFILE without it.")
    ] = None,
    base: Annotated[
        str, typer.Option(help="Base model: a folder in diffusers format or a Hub id.")
    ] = "",
) -> None:
    """Copy environment, code and models to the hosts, then see the doctor."""
    console = Console()
    with complaints(Console(stderr=True)):
        settings, backend = ClusterSettings(), BackendSettings()
        file = hostfile or settings.hostfile
        if file is None:
            raise typer.BadParameter("name a hostfile, or set FIGMENT_HOSTFILE")
        settings = settings.model_copy(update={"hostfile": file})
        hosts = read_hostfile(file)
        model = resolve_base(base or backend.base)
        models = [model]
        if settings.preview_vae:
            models.append(find_preview_vae(settings.preview_vae, model))
        if settings.clip:
            models.append(find_clip(settings.clip))
        done = _with_progress(hosts, folders_to_copy(*models), settings, console)
        for host, one in done.items():
            console.print(f"{host}: {one.trouble or f'{one.changed} changes'}", highlight=False)
        if any(one.trouble for one in done.values()):
            raise typer.Exit(1)
        report = check_up(hosts, settings, backend.data / "runs", model)
        show_report(report, console)
        raise typer.Exit(0 if report.ok else 1)


def _with_progress(
    hosts: tuple[str, ...], folders: tuple[Path, ...], settings: ClusterSettings, console: Console
) -> dict[str, HostSetUp]:
    columns = (SpinnerColumn(), TextColumn("{task.fields[host]}  {task.description}"),
               TimeElapsedColumn())  # fmt: skip
    with Progress(*columns, console=console) as progress:
        tasks = {host: progress.add_task("waiting", total=None, host=host) for host in hosts}

        def tell(host: str, what: str) -> None:
            progress.update(tasks[host], description=what)

        return set_up(hosts, folders, settings, tell)
