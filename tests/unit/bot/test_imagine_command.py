"""`figment imagine`: every control, and the same picture again from its recipe."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner

from backend.picture_file import read_recipe
from backend.recipe import Recipe
from bot.cli.main import app
from cluster.embedding_file import EmbeddingFile, write_embedding
from tests.bad_pictures import write_vast_png
from tests.engine_draws import some_concept
from tests.toy_pictures import write_toy_pictures

DICOO = some_concept("<dicoo>", vectors=2)


@pytest.fixture(autouse=True)
def here(
    tmp_path: Path, tiny_base: Path, openvino_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder to work in, with a base model that was exported before and a concept."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIGMENT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("FIGMENT_BASE", str(tiny_base))
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "openvino").symlink_to(openvino_cache)
    write_embedding(Path("dicoo.safetensors"), EmbeddingFile(DICOO.token, DICOO.rows))
    write_toy_pictures(tmp_path / "toys", 1)
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    """Exit code, and all that was said, in one line."""
    result = CliRunner().invoke(app, ["imagine", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, " ".join(result.output.split())


def drawn(*arguments: str) -> list[Path]:
    code, said = run(*arguments)
    assert code == 0, said
    return [Path(word) for word in said.split() if word.endswith(".png")]


def pixels(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        return np.asarray(picture)


def recipe(path: Path) -> Recipe:
    found = read_recipe(path)
    assert found is not None
    return found


TOY = "toys/toy-0.png"
ALL = [
    "a (<dicoo>:1.3) [boat] at the beach, " + "red " * 80,
    *("--concept", "dicoo.safetensors", "--no", "(snow:1.2)", "--steps", "4", "--seed", "7"),
    *("--guidance", "5", "--until", "0.5", "--ar", "3:2", "--vary", "0.3"),
    *("--init", TOY, "--strength", "0.7", "--upscale"),
]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("sampler", ["unipc", "pndm", "lcm", "euler-a"])
def test_a_recipe_draws_the_same_picture_again_bit_for_bit(sampler: str) -> None:
    pictures = drawn(*ALL, "--sampler", sampler, "--n", "2", "--out", "first")
    assert len(pictures) == 2
    written = recipe(pictures[1])
    assert (written.width, written.height) == (80, 56)
    assert written.guidance_until == 0.5
    assert written.start is not None
    assert written.variation is not None
    assert pixels(pictures[1]).shape == (112, 160, 3)
    # The concept is given by its file, the picture to begin from was kept.
    Path(TOY).rename("elsewhere.png")
    [again] = drawn(
        *("--recipe", str(pictures[1]), "--concept", "dicoo.safetensors", "--out", "again")
    )
    assert (pixels(again) == pixels(pictures[1])).all()
    assert recipe(again) == written
    Path("recipe.json").write_text(written.model_dump_json())
    [once_more] = drawn(
        *("--recipe", "recipe.json", "--concept", "dicoo.safetensors", "--out", "json")
    )
    assert (pixels(once_more) == pixels(again)).all()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_recipe_finds_its_concept_in_the_data_folder_and_can_be_varied() -> None:
    [first] = drawn(
        *("a <dicoo>", "--concept", "dicoo.safetensors", "--n", "1", "--steps", "2", "--seed", "3")
    )
    code, said = run("--recipe", str(first), "--out", "again")
    assert code == 1
    assert "<dicoo>" in said
    kept = Path("data/concepts/T/dicoo-v4.safetensors")
    kept.parent.mkdir(parents=True)
    Path("dicoo.safetensors").rename(kept)
    [again] = drawn("--recipe", str(first), "--out", "again")
    assert (pixels(again) == pixels(first)).all()
    varied = drawn("--recipe", str(first), "--vary", "0.2", "--n", "2", "--out", "varied")
    assert len({path.name for path in varied}) == 2
    assert all(path.name.startswith("3-") for path in varied)
    assert all((pixels(path) != pixels(first)).any() for path in varied)
    [large] = drawn("--recipe", str(first), "--upscale", "--out", "large")
    assert pixels(large).shape == (128, 128, 3)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_recipe_of_version_1_draws_its_brackets() -> None:
    [first] = drawn(r"a \(red\) boat", "--n", "1", "--steps", "2", "--seed", "3")
    old = json.loads(recipe(first).model_dump_json())
    for name in ("guidance_until", "start", "variation", "upscale"):
        del old[name]
    old |= {"version": 1, "prompt": "a (red) boat"}
    Path("old.json").write_text(json.dumps(old))
    [again] = drawn("--recipe", "old.json", "--out", "again")
    assert (pixels(again) == pixels(first)).all()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "prompt is empty"),
        (["()"], "prompt is empty"),
        (["a <dico>", "--concept", "dicoo.safetensors"], "Did you mean <dicoo>?"),
        (["a boat", "--no", "<nobody>"], "No --concept file teaches <nobody>"),
        (["red " * 301], "301 tokens"),
        (["x" * 9999], "9999 characters"),
        (["(boat:99)"], "would weigh 99"),
        (["a boat", "--steps", "0"], "steps must be from 1"),
        (["a boat", "--steps", "9999999999"], "steps must be from 1"),
        (["a boat", "--sampler", "lcm", "--steps", "51"], "steps of lcm must be from 1 to 50"),
        (["a boat", "--n", "0"], "number of pictures must be from 1"),
        (["a boat", "--seed", "-1"], "seed must be from 0"),
        (["a boat", "--guidance", "nan"], "guidance must be from 1"),
        (["a boat", "--until", "2"], "must be from 0 to 1"),
        (["a boat", "--size", "8x8"], "width must be from 64"),
        (["a boat", "--size", "100000x64"], "width must be from 64"),
        (["a boat", "--size", "100x64"], "multiple of 8"),
        (["a boat", "--size", "large"], "is no size"),
        (["a boat", "--size", "64x64", "--ar", "3:2"], "both were given"),
        (["a boat", "--strength", "7", "--init", TOY], "strength must be from"),
        (["a boat", "--vary", "-1"], "must be from 0 to 1"),
        (["a boat", "--init", "nowhere.png"], "nowhere.png cannot be read"),
        (["a boat", "--init", "dicoo.safetensors"], "is not a picture"),
        (["a boat", "--init", "vast.png"], "20000 x 20000"),
        (["a boat", "--init", "cut.png"], "damaged"),
        (["--recipe", "nowhere.png"], "nowhere.png cannot be read"),
        (["--recipe", "dicoo.safetensors"], "recipe that cannot be read"),
        (["--recipe", TOY], "carries no recipe"),
        (["--recipe", "vast.png"], "cannot be read"),
        (["--recipe", "wrong.json"], "steps is wrong"),
        (["--recipe", "other.json"], "for the base model other"),
        (["--recipe", TOY, "--steps", "3"], "A recipe says itself"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence_before_anything_is_loaded(
    here: Path, arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever came as far as the engine would fail over this.
    (here / "data" / "openvino").unlink()
    (here / "data" / "openvino").write_text("no folder")
    write_vast_png(here / "vast.png")
    (here / "cut.png").write_bytes((here / TOY).read_bytes()[:-3000])
    good = {"prompt": "x", "seed": 1, "steps": 1, "sampler": "ddim", "guidance": 2}
    other = {**good, "width": 64, "height": 64, "base_hash": "other"}
    (here / "other.json").write_text(json.dumps(other))
    (here / "wrong.json").write_text(json.dumps({**other, "steps": -4}))
    code, said = run(*arguments)
    assert code == 1
    assert said.startswith("Error: ")
    assert told in said
