import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from cluster.embedding_file import EmbeddingFile, write_embedding
from demo.toybox.__main__ import app
from tests.tiny_base import TINY_HIDDEN

TWO_TONE = "kind=duck colour=turquoise second=pink pattern=halves"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    assert (
        CliRunner()
        .invoke(app, ["draw", "--toy", TWO_TONE, "--n", "2", "--out", str(folder)])
        .exit_code
        == 0
    )
    return folder


@pytest.fixture
def concept(tmp_path: Path) -> Path:
    rows = np.random.default_rng(0).normal(0, 1, (1, TINY_HIDDEN)).astype(np.float32)
    path = tmp_path / "learned_embeds.safetensors"
    write_embedding(path, EmbeddingFile("<x>", rows, {"initializer": "duck"}))
    return path


def _run(*arguments: str | int | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def test_draw_prints_what_it_wrote(tmp_path: Path) -> None:
    code, out, _ = _run(
        "draw", "--toy", TWO_TONE, "--n", 3, "--place", "snow", "--out", tmp_path / "a"
    )
    assert code == 0
    paths = [Path(line) for line in out.splitlines()]
    assert [p.name for p in paths] == [f"duck-{k}-snow.png" for k in (1, 2, 3)]
    for path in paths:
        with Image.open(path) as picture:
            assert picture.size == (128, 128)


@pytest.mark.parametrize("spec", ["kind=dragon colour=red", "nonsense", "kind=duck"])
def test_a_wrong_toy_is_one_sentence(tmp_path: Path, spec: str) -> None:
    code, out, err = _run("draw", "--toy", spec, "--out", tmp_path / "a")
    assert (code, out) == (2, "")
    assert err.startswith("The toy cannot be drawn: ")
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "a").exists()


@pytest.mark.slow
def test_score_prints_json(tiny_base: Path, pictures: Path, concept: Path) -> None:
    code, out, _ = _run(
        "score", "--concept", concept, "--images", pictures, "--token", "other",
        "--caption", "a turquoise duck", "--base", tiny_base,
    )  # fmt: skip
    assert code == 0
    found = json.loads(out)
    assert (found["token"], found["initializer"]) == ("<other>", "duck")
    assert found["caption"] == "turquoise duck"
    assert found["gained"]["value"] == pytest.approx(
        found["initializer_loss"] - found["learned_loss"], abs=1e-6
    )


@pytest.mark.slow
def test_score_refuses_in_a_sentence(tiny_base: Path, pictures: Path, concept: Path) -> None:
    usual = ("score", "--concept", concept, "--images", pictures, "--base", tiny_base)
    for arguments, says in (
        ((*usual, "--token", "no good name"), "cannot be a name"),
        ((*usual, "--init", "xylophone"), "'xylophone' is not one token"),
        ((*usual, "--images", tiny_base), "There is no picture in"),
        ((*usual, "--concept", tiny_base / "model_index.json"), "is not a safetensors file"),
        ((*usual, "--base", pictures), "lacks model_index.json"),
    ):
        code, out, err = _run(*arguments)
        assert (code, out) == (2, ""), says
        assert says in err
        assert len(err.splitlines()) == 1


@pytest.mark.slow
def test_a_file_that_is_no_picture(tmp_path: Path, tiny_base: Path, concept: Path) -> None:
    (tmp_path / "a.png").write_text("hello")
    code, _, err = _run("score", "--concept", concept, "--images", tmp_path, "--base", tiny_base)
    assert code == 2
    assert "a.png cannot be read as a picture" in err


@pytest.mark.slow
def test_evaluate_then_card(tmp_path: Path, tiny_base: Path) -> None:
    kept, readme = tmp_path / "deep" / "evaluation.json", tmp_path / "README.md"
    code, out, _ = _run("evaluate", "--captions", 1, "--base", tiny_base, "--json", kept)
    assert code == 0
    assert json.loads(out) == json.loads(kept.read_text())
    assert _run("card", "--evaluation", kept, "--out", readme)[0] == 0
    assert json.loads(out)["base_hash"] in readme.read_text()
    code, _, err = _run("card", "--evaluation", readme, "--out", readme)
    assert code == 2
    assert "is not a result of" in err


@pytest.mark.slow
def test_sheet(tmp_path: Path, tiny_base: Path) -> None:
    code, out, _ = _run("sheet", "--base", tiny_base, "--out", tmp_path / "sheet.png")
    assert (code, out.strip()) == (0, str(tmp_path / "sheet.png"))
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 1000
