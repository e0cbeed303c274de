"""`figment imagine`: pictures without Slack, by the same engine."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from backend.aspect import AspectRatio
from backend.base import Base, load_base
from backend.blocklist import check_allowed, read_blocklist
from backend.checks import check_length, checked_numbers, checked_prompt, near_tokens, tidied
from backend.engine_draws import Draw, Drawn, LoadedConcept
from backend.errors import BackendError, ErrorCode
from backend.layout import DataFolder
from backend.new_recipes import recipes_for, variations_of
from backend.people import Person, Place
from backend.picture_file import save_picture
from backend.recipe import RANDOM_SEEDS, ConceptRef, Recipe, Sampler, Upscaler
from backend.recipe_file import load_recipe
from backend.requests import ImagineRequest, IncomingPicture
from backend.settings import BackendSettings
from backend.starts import of_request
from bot.cli.complaint import complaints, disk_in_words
from bot.cli.ingredients import draw_of, load_concept
from bot.errors import BotError, BotErrorCode
from cluster.placeholder import find_placeholders

if TYPE_CHECKING:
    from backend.engine import Engine

_MOST_PICTURES = 1000
_ME = Person("", "")


def imagine(
    prompt: Annotated[
        str, typer.Argument(help="What to draw, with the concept's <name> in it.")
    ] = "",
    concept: Annotated[
        list[Path] | None, typer.Option(help="A learned_embeds.safetensors; may be repeated.")
    ] = None,
    base: Annotated[
        str, typer.Option(help="Base model: a folder in diffusers format or a Hub id.")
    ] = "",
    n: Annotated[
        int | None, typer.Option("--n", help="How many pictures; 4, or 1 of a recipe.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the first; random without it.")] = None,
    steps: Annotated[int | None, typer.Option(help="Sampling steps.")] = None,
    guidance: Annotated[float | None, typer.Option(help="Guidance scale, 1 for none.")] = None,
    until: Annotated[
        float | None, typer.Option(help="Share of the steps after which guidance is off.")
    ] = None,
    negative: Annotated[str | None, typer.Option("--no", help="What not to draw.")] = None,
    sampler: Annotated[Sampler | None, typer.Option(help="The sampler.")] = None,
    size: Annotated[str | None, typer.Option(help="Width x height, as in 512x768.")] = None,
    ar: Annotated[AspectRatio | None, typer.Option(help="Aspect ratio instead of a size.")] = None,
    init: Annotated[Path | None, typer.Option(help="A picture to begin from.")] = None,
    strength: Annotated[
        float | None, typer.Option(help="How much of that picture is made anew, 0 to 1.")
    ] = None,
    vary: Annotated[
        float | None, typer.Option(help="Variations of one seed: how far they go, 0 to 1.")
    ] = None,
    upscale: Annotated[bool, typer.Option("--upscale", help="Double the size.")] = False,
    recipe: Annotated[
        Path | None, typer.Option(help="Draw this PNG's, or JSON file's, recipe once more.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")] = Path("pictures"),
) -> None:
    """Draw PROMPT, or a RECIPE again; leaves OUT/<seed>.png, each with its recipe inside."""
    console = Console()
    with complaints(Console(stderr=True)), disk_in_words():
        settings = BackendSettings().model_copy(update={"max_pictures": _MOST_PICTURES})
        folder = DataFolder(settings.data.absolute())
        model = load_base(base or settings.base)
        concepts = tuple(load_concept(path) for path in concept or [])
        if recipe is None:
            width, height = _sides(size)
            request = ImagineRequest(
                prompt=prompt,
                by=_ME,
                place=Place("", ""),
                key="",
                count=n,
                seed=seed,
                steps=steps,
                guidance=guidance,
                guidance_until=until,
                negative_prompt=negative,
                sampler=sampler,
                width=width,
                height=height,
                ratio=ar,
                start=None if init is None else IncomingPicture(init.name, init, ""),
                strength=strength,
                vary=vary,
                upscale=upscale,
            )
            recipes = _new(request, settings, model, concepts, folder)
        else:
            said = (seed, steps, guidance, until, negative, sampler, size, ar, strength)
            if prompt or any(one is not None for one in said):
                raise BotError(
                    BotErrorCode.NOT_UNDERSTOOD,
                    "A recipe says itself what is drawn, and how.",
                    "Only --n, --vary and --upscale go with --recipe.",
                )
            recipes = _again(load_recipe(recipe), n, vary, upscale, model)
        prompts = (recipes[0].prompt, recipes[0].negative_prompt)
        check_allowed(prompts, _ME.workspace, read_blocklist(settings.blocklist))
        draws = [draw_of(one, concepts, init, folder) for one in recipes]
        from backend.engine import Engine  # loads torch and openvino

        with console.status("Loading the base model (exported once, the first time)"):
            cache = DataFolder(settings.data.absolute()).openvino
            engine = Engine.load(
                model.folder, cache, settings.render_precision, safety=settings.safety_checker
            )
        _draw(engine, draws, out, console)


def _new(
    request: ImagineRequest,
    settings: BackendSettings,
    model: Base,
    concepts: Sequence[LoadedConcept],
    folder: DataFolder,
) -> tuple[Recipe, ...]:
    """The recipes of what is asked for on the command line; raises BackendError."""
    prompt = checked_prompt(request.prompt)
    negative = tidied(request.negative_prompt or "")
    _check_prompts((prompt, negative), concepts, model)
    start = of_request(request, folder)
    numbers = checked_numbers(
        request,
        settings,
        model.resolution,
        secrets.randbelow(RANDOM_SEEDS),
        None if start is None else start.size,
    )
    if start is not None:
        start.keep()
    return recipes_for(
        request,
        (prompt, negative),
        numbers,
        model.hash,
        tuple(ConceptRef(token=one.token, version=1, sha256=one.sha256) for one in concepts),
        None if start is None else start.sha256,
        secrets.randbelow(RANDOM_SEEDS),
    )


def _again(
    recipe: Recipe, count: int | None, vary: float | None, upscale: bool, model: Base
) -> tuple[Recipe, ...]:
    """The same picture once more, or larger, or variations of it; raises BackendError."""
    if recipe.base_hash != model.hash:
        raise BackendError(
            ErrorCode.BASE_MODEL,
            f"The recipe is for the base model {recipe.base_hash[:12]}, not {model.hash[:12]}.",
            "Give the folder that it was drawn with by --base.",
        )
    if upscale and recipe.upscale is None:
        recipe = recipe.model_copy(update={"upscale": Upscaler.LANCZOS})
    if vary is None:
        if count not in (None, 1):
            raise BackendError(
                ErrorCode.BAD_NUMBER,
                f"A recipe is one picture, not {count}.",
                "Say with --vary how far others of its kind may differ.",
            )
        return (recipe,)
    if not (0 <= vary <= 1 and 1 <= (count or 1) <= _MOST_PICTURES):
        raise BackendError(
            ErrorCode.BAD_NUMBER,
            f"The strength of a variation must be from 0 to 1, their number from 1 to "
            f"{_MOST_PICTURES}.",
            "As in `--vary 0.2 --n 4`.",
        )
    return variations_of(recipe, count or 4, vary, secrets.randbelow(RANDOM_SEEDS))


def _check_prompts(prompts: Sequence[str], concepts: Sequence[LoadedConcept], model: Base) -> None:
    """Refuse prompts that are too long, or name a concept that no file was given for."""
    known = {concept.token: len(concept.rows) for concept in concepts}
    for prompt in prompts:
        for token in find_placeholders(prompt):
            if token not in known:
                near = near_tokens(token, tuple(known))
                raise BackendError(
                    ErrorCode.UNKNOWN_TOKEN,
                    f"No --concept file teaches {token}.",
                    f"Did you mean {' or '.join(near)}?"
                    if near
                    else "Give its file with --concept.",
                    near,
                )
        check_length(prompt, known, model.prompt_length)


def _sides(size: str | None) -> tuple[int | None, int | None]:
    if size is None:
        return None, None
    try:
        width, height = (int(side) for side in size.lower().replace("\u00d7", "x").split("x"))
    except ValueError:
        raise BackendError(
            ErrorCode.BAD_NUMBER, f"“{size[:40]}” is no size.", "As in `--size 512x768`."
        ) from None
    return width, height


def _draw(engine: "Engine", draws: list[Draw], out: Path, console: Console) -> None:
    """Draw as many at once as the machine draws side by side, and save them as they come."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("step {task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("drawing", total=draws[0].recipe.steps)

        def on_step(step: int, steps: int) -> None:
            progress.update(task, completed=step, total=steps)

        for begin in range(0, len(draws), engine.streams):
            some = draws[begin : begin + engine.streams]
            which = f"{begin + 1}" if len(some) == 1 else f"{begin + 1} to {begin + len(some)}"
            progress.update(task, description=f"drawing {which} of {len(draws)}", completed=0)
            for drawn in engine.draw(some, on_step):
                if drawn is not None:
                    progress.console.print(_saved(drawn, out), soft_wrap=True)


def _saved(drawn: Drawn, out: Path) -> Text:
    """Write a picture, unless it is held back; say what has become of it."""
    if drawn.held_back:
        return Text(f"Seed {drawn.recipe.seed} is held back by the safety checker.")
    path = out / f"{_name(drawn.recipe)}.png"
    save_picture(path, drawn.picture, drawn.recipe)
    return Text(str(path))


def _name(recipe: Recipe) -> str:
    if recipe.variation is None:
        return str(recipe.seed)
    return f"{recipe.seed}-{recipe.variation.seed}"
