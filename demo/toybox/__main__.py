"""`python -m demo.toybox`: train, draw, evaluate and score in the world of toys."""

import dataclasses
import json
import os
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image, UnidentifiedImageError
from pydantic import ValidationError

from bot.cli.quiet import keep_libraries_quiet
from cluster.base import resolve_base
from cluster.embedding_file import read_embedding
from cluster.errors import ClusterError
from cluster.placeholder import parse_placeholder
from cluster.vocabulary import Vocabulary
from demo.toybox.draw import draw_pictures, write_pictures
from demo.toybox.toy import Place, ToySpecError, parse_toy

MODEL = Path(__file__).parent / "model"
_PICTURES = {".png", ".jpg", ".jpeg", ".webp"}
# What the stages of the recipe take of its time.
_VAE, _TEXT, _UNET = 0.31, 0.04, 0.65

app = typer.Typer(
    help="A procedural world of captioned toys, and a small base model that draws it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Base = Annotated[Path, typer.Option(help="Folder of the base model.", exists=True, file_okay=False)]


def _refuse(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(2)


@app.command()
def train(
    out: Annotated[Path, typer.Option(help="Where it is trained; run again to go on.")],
    minutes: Annotated[float, typer.Option(min=0.1, help="What all stages may take.")] = 80,
    pictures: Annotated[int, typer.Option(min=256, help="Pictures drawn for training.")] = 24_000,
) -> None:
    """Train the base model; the result is OUT/pipeline."""
    from demo.toybox.training import Budget, train

    train(out, Budget(pictures, _VAE * minutes, _TEXT * minutes, _UNET * minutes))
    typer.echo(out / "pipeline")


@app.command()
def draw(
    toy: Annotated[str, typer.Option(help="For example 'kind=robot colour=red accessory=hat'.")],
    out: Annotated[Path, typer.Option(help="Folder for the pictures.", file_okay=False)],
    n: Annotated[int, typer.Option("--n", min=1, max=1000, help="How many pictures.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same pictures.")] = 1,
    place: Annotated[Place | None, typer.Option(help="Always this place; else they vary.")] = None,
) -> None:
    """Draw pictures of a toy, each in another pose and at another place, and print their paths."""
    try:
        spec = parse_toy(toy)
    except ToySpecError as error:
        raise _refuse(f"The toy cannot be drawn: {error}.") from error
    for path in write_pictures(draw_pictures(spec, n, seed, place), out, spec.kind.value):
        typer.echo(path)


def _read_pictures(folder: Path) -> list[Image.Image]:
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in _PICTURES)
    if not paths:
        raise _refuse(f"There is no picture in {folder}.")
    pictures = []
    for path in paths:
        try:
            with Image.open(path) as picture:
                pictures.append(picture.convert("RGB"))
        except (UnidentifiedImageError, OSError) as error:
            raise _refuse(f"{path} cannot be read as a picture.") from error
    return pictures


@app.command()
def score(
    concept: Annotated[
        Path, typer.Option(help="The learned_embeds.safetensors.", exists=True, dir_okay=False)
    ],
    images: Annotated[
        Path,
        typer.Option(help="Pictures it was not taught from.", exists=True, file_okay=False),
    ],
    token: Annotated[
        str | None, typer.Option(help="The concept's token; the file's own if not given.")
    ] = None,
    init: Annotated[
        str | None, typer.Option(help="The initializer; what the file says if not given.")
    ] = None,
    caption: Annotated[
        str | None, typer.Option(help="Compare with this; the best of all captions if not given.")
    ] = None,
    base: Base = MODEL,
) -> None:
    """Print as JSON how much of what a caption tells of the pictures the concept tells too."""
    try:
        learned = read_embedding(concept)
        if token is not None:
            learned = dataclasses.replace(learned, token=parse_placeholder(token))
        word = init or learned.metadata.get("initializer")
        if not word:
            raise _refuse(f"{concept.name} does not say its initializer; name it with --init.")
        pictures = _read_pictures(images)
        if Vocabulary.load(resolve_base(str(base))).single_token(word) is None:
            raise _refuse(f"The initializer '{word}' is not one token of this base.")
        from demo.toybox.scoring import score

        result = score(base, pictures, learned, word, caption)
    except ClusterError as error:
        raise _refuse(f"{error.message} {error.hint}".strip()) from error
    typer.echo(json.dumps(dataclasses.asdict(result), indent=1))


@app.command()
def evaluate(
    base: Base = MODEL,
    captions: Annotated[int, typer.Option(min=1, help="How many captions are drawn.")] = 200,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Keep the result here.", dir_okay=False)
    ] = None,
) -> None:
    """Draw captions, and tell how often kind, colour and place can be recognised."""
    from demo.toybox.evaluate import evaluate

    try:
        result = evaluate(base, captions)
    except ClusterError as error:
        raise _refuse(f"{error.message} {error.hint}".strip()) from error
    text = result.model_dump_json(indent=1)
    if json_file is not None:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(text + "\n")
    typer.echo(text)


@app.command()
def sheet(
    out: Annotated[Path, typer.Option(help="The PNG to write.", dir_okay=False)],
    base: Base = MODEL,
) -> None:
    """Draw a contact sheet: captions, and toys that captions cannot name."""
    from demo.toybox.sheet import contact_sheet

    try:
        picture = contact_sheet(base)
    except ClusterError as error:
        raise _refuse(f"{error.message} {error.hint}".strip()) from error
    out.parent.mkdir(parents=True, exist_ok=True)
    picture.save(out, "PNG", optimize=True)
    typer.echo(out)


@app.command()
def card(
    evaluation: Annotated[
        Path, typer.Option(help="What `evaluate --json` wrote.", exists=True, dir_okay=False)
    ],
    out: Annotated[Path, typer.Option(help="The README.md to write.", dir_okay=False)],
) -> None:
    """Write the model card from measured figures."""
    from demo.toybox.evaluate import Evaluation
    from demo.toybox.model_card import write_card

    try:
        measured = Evaluation.model_validate_json(evaluation.read_bytes())
    except ValidationError as error:
        raise _refuse(f"{evaluation} is not a result of `evaluate --json`.") from error
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(write_card(measured))
    typer.echo(out)


def main() -> None:
    """Run a command."""
    keep_libraries_quiet()
    # The libraries' own bars would drown what is printed here.
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    app()


if __name__ == "__main__":
    main()
