"""`figment bench`: how fast this machine is at it, as ratios measured in one run."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from backend.render_bench import RenderReport

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


@bench.command()
def render(
    base: Annotated[
        str, typer.Option(help="Base model: a folder in diffusers format or a Hub id.")
    ] = "",
    steps: Annotated[int, typer.Option(min=2, help="Sampling steps of a picture.")] = 20,
    rounds: Annotated[int, typer.Option(min=1, help="How often each is measured.")] = 3,
    int8: Annotated[
        bool, typer.Option("--int8/--no-int8", help="Whether INT8 is measured as well.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Seconds of a picture, beside the recipe of a pipeline for every concept.

    Everything is made anew in a temporary folder. At the size of Stable Diffusion 1.5 that takes
    12 GB of disk and of memory; --steps 4 --rounds 1 is a quick look.
    """
    console = Console(stderr=as_json)
    set_up_logging(LogLevel.WARNING)
    with complaints(Console(stderr=True)):
        model = load_base(base or BackendSettings().base)
        # torch and openvino take seconds to load, and only this command needs them.
        from backend.render_bench import measure_renders

        with TemporaryDirectory() as folder, console.status("starting") as status:
            report = measure_renders(
                Path(folder), model, steps=steps, rounds=rounds, int8=int8, on_stage=status.update
            )
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
        return
    console.print(render_table(report))
    console.print(
        f"{report.resolution} pixels, {report.steps} steps, {report.precision}. Of a picture, "
        + ", ".join(f"{name} {s:.2f} s" for name, s in report.stage_seconds.items())
        + f". {report.compiles} compilations for {report.concepts} concepts. At most "
        f"{report.peak_rss_mb:,.0f} MB of memory; the recipe {report.recipe_peak_rss_mb:,.0f}."
    )


def render_table(report: "RenderReport") -> Table:
    """What was measured, each beside what it is compared with."""
    table = Table("what", "seconds", "beside", "ratio")
    warm, recipes = "a warm picture", "the recipe's picture"
    rows = [
        (warm, report.picture_seconds, recipes, report.picture_ratio),
        (recipes, report.recipe_picture_seconds, "", None),
        ("a concept's first picture", report.first_picture_seconds, warm,
         report.first_picture_ratio),
        ("the recipe's first: export to picture", report.recipe_first_picture_seconds, warm,
         report.recipe_first_picture_seconds / report.picture_seconds),
        ("in INT8", None, recipes, report.int8_ratio),
        ("half of the steps without guidance", None, warm, report.cutoff_ratio),
    ]  # fmt: skip
    for what, seconds, beside, ratio in rows:
        cells = ["" if one is None else f"{one:.2f}" for one in (seconds, ratio)]
        table.add_row(what, cells[0], beside, cells[1])
    return table


@bench.command()
def bot(
    seconds: Annotated[float, typer.Option(min=1, help="How long commands are sent.")] = 60,
    rate: Annotated[float, typer.Option(min=0.1, help="Commands a second.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """How soon the bot acknowledges commands while a training and a worker use all cores.

    Starts the demo's workspace and a bot of its own in a temporary folder, with the toybox.
    """
    # The demo stands above the bot, which knows nothing of it: a process, and no import.
    argv = [sys.executable, "-m", "demo.bench_bot", f"--seconds={seconds}", f"--rate={rate}"]
    raise typer.Exit(subprocess.run([*argv, *(["--json"] if as_json else [])]).returncode)  # noqa: S603


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
