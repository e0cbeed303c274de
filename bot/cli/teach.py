"""`figment teach`: the training job without Slack, on the same cluster code."""

import shlex
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from backend.base import Base, load_base
from backend.checks import (
    check_good_pictures,
    check_not_in_base,
    checked_initializer,
    checked_token,
)
from backend.runs import Plan, launch_here, plan_here
from backend.settings import BackendSettings
from bot.cli.complaint import complaints, disk_in_words
from cluster.clip_folder import with_clip
from cluster.errors import ClusterError
from cluster.full_pipeline import ensure_pipeline
from cluster.launcher import observe, stop
from cluster.new_spec import new_spec
from cluster.pictures import inspect_pictures, prepare_pictures
from cluster.preview_vae import with_preview_vae
from cluster.run_dir import ProgressLine, RunDir, RunResult, write_atomically
from cluster.settings import ClusterSettings
from cluster.spec import LearnableProperty, Recipe, TrainSpec
from cluster.verdict import judge

_LOOK_SECONDS = 0.5
_ENDS = {"flat": "its loss has flattened", "max_steps": "it reached its most steps"}
_SCORES = {
    "gap_closed": "share of the way to the best words",
    "editability": "share of places that still win",
    "clip_image": "CLIP-I",
    "clip_text": "CLIP-T",
}


class TeachError(ClusterError):
    """A run that ended without a concept, in the words of its verdict."""


def teach(
    images: Annotated[
        list[Path], typer.Argument(help="Pictures of the thing, or folders of them; about five.")
    ],
    token: Annotated[str, typer.Option(help="The new word, such as '<dicoo>'.")],
    init: Annotated[str, typer.Option(help="A word for what it is, such as toy.")],
    base: Annotated[
        str, typer.Option(help="Base model: a folder in diffusers format or a Hub id.")
    ] = "",
    hostfile: Annotated[
        Path | None, typer.Option(help="One host a line; this machine alone without it.")
    ] = None,
    steps: Annotated[int, typer.Option(min=0, help="Most steps; 0 for the setting.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder for what is learned.")] = Path("concept"),
    style: Annotated[bool, typer.Option("--style", help="Learn a style, not an object.")] = False,
    seed: Annotated[int | None, typer.Option(help="Seed of all draws.")] = None,
    recipe: Annotated[
        Recipe | None, typer.Option(help="All gains on, or the reference recipe's arithmetic.")
    ] = None,
    caption: Annotated[
        str, typer.Option(help="The best description in words, to compare the concept with.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be started, to the letter.")
    ] = False,
) -> None:
    """Learn a word from pictures; leaves OUT/learned_embeds.safetensors."""
    console = Console()
    with complaints(Console(stderr=True)), disk_in_words():
        settings = _settings(hostfile, steps, seed, recipe)
        model = load_base(base or BackendSettings().base)
        spec = _spec(token, init, style, model, settings, out, caption)
        if dry_run:
            run_path = (out / "runs" / spec.job_id).absolute()
            _print_plan(run_path, plan_here(run_path, model.folder, settings))
            return
        run = _prepare(images, spec, out, model.resolution, console)
        for left_out in launch_here(run, settings):
            console.print(f"Left out: {left_out.host}. {left_out.why}", style="yellow")
        try:
            result = _watch(run, spec, console)
        finally:
            # Also after Ctrl-C: nothing of the run may outlive the command that asked for it.
            stop(run)
        write_atomically(out / "learned_embeds.safetensors", run.embedding.read_bytes())
        if spec.save_full_pipeline:
            ensure_pipeline(run)
            console.print(str(run.pipeline))
        console.print(_closing_table(spec, result))
        console.print(str(out / "learned_embeds.safetensors"))


def _closing_table(spec: TrainSpec, result: RunResult) -> Table:
    gain = 1 - result.best_eval_loss / result.initial_eval_loss
    table = Table(title=f"{spec.token} is ready", show_header=False)
    table.add_row("steps", f"{result.steps}, the best of them {result.best_step}")
    table.add_row("ended because", _ENDS.get(result.stopped_because, result.stopped_because))
    table.add_row("seconds", f"{result.seconds:.1f}")
    table.add_row("ranks", f"{result.world_size} ({result.backend}, {result.precision})")
    table.add_row("started from", result.start_word)
    table.add_row(
        "evaluation loss",
        f"{result.initial_eval_loss:.4f} to {result.best_eval_loss:.4f} ({gain:.1%} less)",
    )
    for name, value in result.scores.model_dump(exclude_none=True).items():
        table.add_row(_SCORES[name], f"{value:.2f}")
    return table


def _print_plan(run: Path, plan: Plan) -> None:
    """As a shell script that does the same."""
    for left_out in plan.left_out:
        typer.echo(f"# left out: {left_out.host}. {left_out.why}")
    for host in plan.layout.hosts:
        typer.echo(f"# hostfile: {host}")
    typer.echo(f"cd {shlex.quote(str(run))}")
    for name, value in plan.launch.env:
        typer.echo(f"export {name}={shlex.quote(value)}")
    for host in plan.layout.hosts:
        typer.echo(f"# host: {host}")
    typer.echo(shlex.join(plan.launch.argv))


def _settings(
    hostfile: Path | None, steps: int, seed: int | None, recipe: Recipe | None
) -> ClusterSettings:
    changes = {"hostfile": hostfile, "max_steps": steps or None, "seed": seed, "recipe": recipe}
    settings = ClusterSettings()
    return settings.model_copy(update={k: v for k, v in changes.items() if v is not None})


def _spec(
    token: str,
    init: str,
    style: bool,
    model: Base,
    settings: ClusterSettings,
    out: Path,
    caption: str,
) -> TrainSpec:
    name = checked_token(token)
    check_not_in_base(name, model.vocabulary)
    return new_spec(
        with_clip(with_preview_vae(settings, model.folder)),
        job_id=f"{out.name}-{int(time.time())}",
        token=name,
        initializer=checked_initializer(init, model.vocabulary),
        learnable_property=LearnableProperty.STYLE if style else LearnableProperty.OBJECT,
        base=model.folder,
        base_hash=model.hash,
        base_resolution=model.resolution,
        caption=caption,
    )


def _files(images: list[Path]) -> list[Path]:
    files: list[Path] = []
    for image in images:
        files += sorted(p for p in image.iterdir() if p.is_file()) if image.is_dir() else [image]
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise TeachError("no_pictures", f"{missing[0]} is not there.")
    return files


def _prepare(
    images: list[Path], spec: TrainSpec, out: Path, resolution: int, console: Console
) -> RunDir:
    files = _files(images)
    report = inspect_pictures(
        files, names=[file.name for file in files], minimum_side=resolution // 2
    )
    for problem in report.problems:
        console.print(f"[yellow]Left out:[/] {problem.message}")
    check_good_pictures(len(report.good), report.problems)
    run = RunDir.create((out / "runs" / spec.job_id).absolute(), spec)
    prepare_pictures(report.good, run.images, spec.resolution, spec.center_crop)
    return run


def _watch(run: RunDir, spec: TrainSpec, console: Console) -> RunResult:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("step {task.completed:.0f}/{task.total:.0f}  {task.fields[said]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(f"learning {spec.token}", total=spec.max_steps, said="starting")
        while True:
            seen = observe(run)
            _show(progress, task, seen.last_progress)
            verdict = judge(seen, spec, time.time())
            if verdict is None:
                time.sleep(_LOOK_SECONDS)
                continue
            if seen.result is None or not verdict.succeeded:
                reason = verdict.reason.value if verdict.reason else "unknown"
                raise TeachError(reason, verdict.message, f"{verdict.hint} ({run.path})")
            progress.update(task, completed=seen.result.steps, total=seen.result.steps)
            return seen.result


def _show(progress: Progress, task: TaskID, line: ProgressLine | None) -> None:
    if line is not None:
        said = f"loss {line.loss:.4f}  {line.eta_seconds:.0f} s to go"
        progress.update(task, completed=line.step, said=said)
