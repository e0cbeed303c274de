"""`figment doctor`: whether a job would start on the hosts, and if not, what to do."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from backend.settings import BackendSettings
from bot.cli.complaint import complaints
from cluster.base import resolve_base
from cluster.check_up import Report, check_up
from cluster.doctor import Severity
from cluster.hosts import read_hostfile
from cluster.settings import ClusterSettings

_COLOUR = {Severity.ERROR: "bold red", Severity.WARNING: "yellow"}


def doctor(
    hostfile: Annotated[
        Path | None, typer.Option(help="One host a line; FIGMENT_HOSTFILE without it.")
    ] = None,
    base: Annotated[
        str, typer.Option(help="Base model: a folder in diffusers format or a Hub id.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Look at all hosts of the cluster; exit code 0 only if a job would start on all of them."""
    console = Console()
    with complaints(Console(stderr=True)):
        settings, backend = ClusterSettings(), BackendSettings()
        if hostfile is not None:
            settings = settings.model_copy(update={"hostfile": hostfile})
        model = resolve_base(base or backend.base)
        with Console(stderr=True).status("Asking the hosts"):
            hosts = read_hostfile(settings.hostfile) if settings.hostfile else ()
            report = check_up(hosts, settings, backend.data / "runs", model)
    if as_json:
        typer.echo(report.model_dump_json(indent=1))
    else:
        show_report(report, console)
    raise typer.Exit(0 if report.ok else 1)


def show_report(report: Report, console: Console) -> None:
    """Print what the doctor found, for people."""
    if report.findings:
        table = Table("host", "", "what", "what to do", show_lines=True)
        for finding in report.findings:
            colour = _COLOUR[finding.severity]
            name = f"[{colour}]{finding.severity}[/]\n[dim]{finding.id}[/]"
            table.add_row(finding.host, name, finding.message, finding.hint)
        console.print(table)
    well = "[bold green]A job would start on all hosts"
    verdict = well if report.ok else "[bold red]A job would not start on all hosts"
    console.print(f"{verdict}[/] ({report.seconds:.1f} s)")
