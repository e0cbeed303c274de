"""`figment bench`: how fast this machine is at it, as ratios measured in one run."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from backend.base import load_base
from backend.checks import checked_initializer
from backend.settings import BackendSettings
from bot.cli.complaint import complaints
from bot.logs import set_up_logging
from bot.settings import LogLevel

bench = typer.Typer(help="Measure this machine.", no_args_is_help=True)


@bench.command()
def train(
    base: Annotated[
        str, typer.Option(help="Base model: a folder in diffusers format or a Hub id.")
    ] = "",
    resolution: Annotated[
        int, typer.Option(min=0, help="Side of pictures in pixels; 0 for the base's own.")
    ] = 0,
    steps: Annotated[int, typer.Option(min=1, help="How often each is measured.")] = 5,
    word: Annotated[str, typer.Option(help="A word that is one token of the base.")] = "toy",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Seconds of a training step, beside the reference recipe's and the bare U-Net."""
    console = Console(stderr=as_json)
    set_up_logging(LogLevel.WARNING)
    with complaints(Console(stderr=True)):
        model = load_base(base or BackendSettings().base)
        checked_initializer(word, model.vocabulary)
        # torch takes seconds to load, and only this command needs it.
        from cluster.step_bench import measure_steps

        with TemporaryDirectory() as folder, Progress(console=console, transient=True) as progress:
            task = progress.add_task("measuring", total=steps + 1)
            report = measure_steps(
                Path(folder),
                model.folder,
                word,
                resolution=resolution,
                steps=steps,
                on_round=lambda: progress.advance(task),
            )
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
        return
    table = Table("what", "seconds", "ratio")
    table.add_row("a step", f"{report.step_seconds:.3f}", "1")
    for name, seconds in (
        ("a step of the reference recipe", report.reference_seconds),
        ("the bare U-Net, forward and backward", report.unet_seconds),
    ):
        table.add_row(name, f"{seconds:.3f}", f"{report.step_seconds / seconds:.2f}")
    table.add_section()
    for name, seconds in report.parts.items():
        table.add_row(name, f"{seconds:.3f}", "")
    console.print(table)
    console.print(
        f"{report.resolution} pixels, {report.precision}, {report.threads} threads. A rank hands "
        f"{report.bytes_per_step:,} bytes a step to the others; the reference's "
        f"{report.reference_bytes_per_step:,}."
    )


@bench.command("make-base")
def make_base(
    folder: Annotated[Path, typer.Argument(help="Folder to make; 2.2 GB.")],
    seed: Annotated[int, typer.Option(help="Seed of the weights.")] = 0,
) -> None:
    """Make a base of Stable Diffusion 1.5's shape with random weights, to measure with."""
    console = Console()
    if folder.exists() and any(folder.iterdir()):
        console.print(f"{folder} is not empty; choose another folder.")
        raise typer.Exit(1)
    # torch takes seconds to load, and only this command needs it.
    from cluster.shaped_base import make_shaped_base

    with console.status("making weights"):
        make_shaped_base(folder, seed)
    console.print(str(folder))
