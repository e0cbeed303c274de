"""`figment imagine`: pictures without Slack, by the same engine."""

import hashlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from backend.base import Base, load_base
from backend.checks import check_length, checked_prompt, near_tokens
from backend.engine_draws import Draw, LoadedConcept
from backend.errors import BackendError, ErrorCode
from backend.layout import DataFolder
from backend.picture_file import save_picture
from backend.recipe import ConceptRef, Recipe, Sampler
from backend.settings import BackendSettings
from bot.cli.complaint import complaints
from cluster.embedding_file import read_embedding
from cluster.placeholder import find_placeholders

if TYPE_CHECKING:
    from backend.engine import Engine


def imagine(
    prompt: Annotated[str, typer.Argument(help="What to draw, with the concept's <name> in it.")],
    concept: Annotated[
        list[Path] | None, typer.Option(help="A learned_embeds.safetensors; may be repeated.")
    ] = None,
    base: Annotated[
        str, typer.Option(help="Base model: a folder in diffusers format or a Hub id.")
    ] = "",
    n: Annotated[int, typer.Option("--n", min=1, help="How many pictures.")] = 4,
    seed: Annotated[int | None, typer.Option(help="Seed of the first; random without it.")] = None,
    steps: Annotated[int, typer.Option(min=0, help="Sampling steps; 0 for the setting.")] = 0,
    guidance: Annotated[float, typer.Option(min=0, help="Guidance; 0 for the setting.")] = 0.0,
    negative: Annotated[str, typer.Option("--no", help="What not to draw.")] = "",
    sampler: Annotated[Sampler | None, typer.Option(help="The sampler.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")] = Path("pictures"),
) -> None:
    """Draw PROMPT; leaves OUT/<seed>.png, each with its recipe inside."""
    console = Console()
    with complaints(Console(stderr=True)):
        settings = BackendSettings()
        model = load_base(base or settings.base)
        concepts = tuple(_load(path) for path in concept or [])
        recipe = Recipe(
            prompt=_checked(prompt, concepts, model),
            negative_prompt=negative,
            seed=0,
            steps=steps or settings.steps,
            sampler=sampler or settings.sampler,
            guidance=guidance or settings.guidance,
            width=settings.width or model.resolution,
            height=settings.height or model.resolution,
            base_hash=model.hash,
            concepts=tuple(ConceptRef(token=c.token, version=1, sha256=c.sha256) for c in concepts),
        )
        from backend.engine import Engine  # loads torch and openvino

        with console.status("Loading the base model (exported once, the first time)"):
            cache = DataFolder(settings.data.absolute()).openvino
            engine = Engine.load(
                model.folder, cache, settings.render_precision, safety=settings.safety_checker
            )
        first = secrets.randbelow(2**31) if seed is None else seed
        draws = [
            Draw(recipe.model_copy(update={"seed": first + index}), concepts) for index in range(n)
        ]
        for path in _draw(engine, draws, out, console):
            console.print(str(path))


def _load(path: Path) -> LoadedConcept:
    embedding = read_embedding(path)
    digest = hashlib.sha256(embedding.rows.tobytes()).hexdigest()
    return LoadedConcept(embedding.token, embedding.rows, digest)


def _checked(prompt: str, concepts: tuple[LoadedConcept, ...], model: Base) -> str:
    """The tidied prompt.

    Raises:
        BackendError: it is empty or too long, or names a concept that no file was given for.
    """
    prompt = checked_prompt(prompt)
    known = {concept.token: len(concept.rows) for concept in concepts}
    for token in find_placeholders(prompt):
        if token not in known:
            near = near_tokens(token, tuple(known))
            raise BackendError(
                ErrorCode.UNKNOWN_TOKEN,
                f"No --concept file teaches {token}.",
                f"Did you mean {' or '.join(near)}?" if near else "Give its file with --concept.",
                near,
            )
    check_length(prompt, known, model.prompt_length)
    return prompt


def _draw(engine: "Engine", draws: list[Draw], out: Path, console: Console) -> list[Path]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("step {task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(f"drawing {len(draws)}", total=draws[0].recipe.steps)

        def on_step(step: int, _steps: int) -> None:
            progress.update(task, completed=step)

        drawn = engine.draw(draws, on_step)
    paths = []
    for one in drawn:
        if one is not None and one.held_back:
            console.print(f"Seed {one.recipe.seed} is held back by the safety checker.")
        elif one is not None:
            path = out / f"{one.recipe.seed}.png"
            save_picture(path, one.picture, one.recipe)
            paths.append(path)
    return paths
