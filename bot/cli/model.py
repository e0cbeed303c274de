"""`figment model prepare`: a base model is checked and made ready for drawing, once."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from backend.base_files import checked_base
from backend.fuse_lora import checked_loras, fuse_loras, fused_folder
from backend.layout import DataFolder
from backend.settings import BackendSettings
from bot.cli.complaint import complaints
from bot.logs import set_up_logging
from bot.settings import LogLevel
from cluster.preview_vae import find_preview_vae
from cluster.settings import ClusterSettings

model = typer.Typer(help="Look after base models.", no_args_is_help=True)


@model.callback()
def look_after() -> None:
    """Look after base models."""


@model.command()
def prepare(
    base: Annotated[
        str, typer.Option(help="Base model: a folder in diffusers format or a Hub id.")
    ] = "",
    int8: Annotated[
        bool, typer.Option("--int8", help="Also make its U-Net compute in INT8, and compare.")
    ] = False,
    prompts: Annotated[
        Path | None, typer.Option(help="Prompts to calibrate INT8 with, one a line.")
    ] = None,
    steps: Annotated[
        int, typer.Option(min=2, help="Steps of the pictures INT8 is calibrated with.")
    ] = 10,
    fuse_lora: Annotated[
        list[Path] | None,
        typer.Option(help="A LoRA (.safetensors) to make a new base model with; may be repeated."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the base model with LoRAs in it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Check a base model and make it ready for drawing; minutes once, seconds the next time.

    With --int8 it may then be drawn in INT8, if the settings say so (FIGMENT_RENDER_PRECISION).
    """
    console = Console(stderr=as_json)
    set_up_logging(LogLevel.WARNING)
    with complaints(Console(stderr=True)):
        settings = BackendSettings()
        folder = checked_base(base or settings.base)
        if preview_vae := ClusterSettings().preview_vae:
            find_preview_vae(preview_vae, folder)
        data = DataFolder(settings.data.absolute())
        loras = checked_loras(fuse_lora or ())
        from backend.preparation import prepare_base  # loads torch and openvino

        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(),
                   TimeElapsedColumn())  # fmt: skip
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("starting", total=None)

            def tell(what: str, done: int, total: int) -> None:
                progress.update(task, description=what, completed=done, total=total or None)

            if loras:
                tell("fusing", 0, 0)
                fused = (out or fused_folder(data.bases, folder, loras)).absolute()
                fuse_loras(folder, loras, fused)
                folder = fused
            found = prepare_base(
                folder, data.openvino, int8=int8, prompts=prompts, steps=steps, tell=tell
            )
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
        return
    how = f"in {found.seconds:.0f} s" if found.is_new else "already"
    console.print(Text(f"{found.base} is ready {how}: {found.folder}"), soft_wrap=True)
    if loras:
        console.print(Text(f"To draw with it, set FIGMENT_BASE={found.base}."), soft_wrap=True)
    if found.int8 is None:
        return
    table = Table("beside f32", "first step's error", "last step's error", "PSNR of pictures")
    for name, one in (("int8", found.int8.int8), ("bf16", found.int8.bf16)):
        if one is not None:
            first, *_, last = one.step_errors
            pictures = "the same" if one.psnr is None else f"{one.psnr:.1f} dB"
            table.add_row(name, f"{first:.1%}", f"{last:.1%}", pictures)
    console.print(table)
    console.print("To draw in INT8, set FIGMENT_RENDER_PRECISION=int8.")
