"""`figment concept` on a data folder of its own."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from bot.cli.main import app
from cluster.embedding_file import read_embedding
from tests.embedding_files import automatic1111_pt, diffusers_safetensors, saved
from tests.paper_base import PAPER_HIDDEN
from tests.tiny_base import TINY_HIDDEN

ROWS = torch.full((2, PAPER_HIDDEN), 0.25)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, paper_base: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with the settings that a person would have made."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIGMENT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("FIGMENT_BASE", str(paper_base))
    monkeypatch.setenv("LOGNAME", "ada")
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def _run(*arguments: str) -> tuple[int, str]:
    """Exit code, and all that was said, in one line."""
    result = CliRunner().invoke(app, ["concept", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, " ".join(result.output.split())


def _imported(here: Path, *arguments: str) -> str:
    (here / "file.safetensors").write_bytes(diffusers_safetensors("<dicoo>", ROWS, {}))
    code, said = _run("import", "file.safetensors", *arguments)
    assert code == 0, said
    return said


def test_an_embedding_is_imported_listed_and_exported(here: Path) -> None:
    (here / "EasyNegative.pt").write_bytes(automatic1111_pt("x", ROWS))
    code, said = _run("import", "EasyNegative.pt", "--token", "<nice>", "--style")
    assert code == 0
    assert "<nice> is version 1, 2 rows in automatic1111's format, of ada in the workspace" in said
    kept = here / "data" / "concepts" / "local" / "nice-v1.safetensors"
    assert f"Try: figment imagine 'a <nice>' --concept {kept}" in said

    code, said = _run("list")
    assert code == 0
    assert "<nice> │ 1 │ 2 │ a file │ │ ada" in said

    code, said = _run("export", "nice", "--out", "taken")
    assert (code, said) == (0, "taken/learned_embeds.safetensors")
    assert (here / said).read_bytes() == kept.read_bytes()
    assert _run("export", "<nice>", "--out", "nice.safetensors") == (0, "nice.safetensors")
    assert read_embedding(here / "nice.safetensors").token == "<nice>"


def test_the_same_file_again_says_so(here: Path) -> None:
    assert "<dicoo> is version 1" in _imported(here)
    assert "<dicoo> was there already, as version 1" in _imported(here)


def test_what_is_unusual_is_noted(here: Path) -> None:
    (here / "long.safetensors").write_bytes(diffusers_safetensors("<x>", ROWS * 45, {}))
    code, said = _run("import", "long.safetensors")
    assert code == 0
    assert "Note: Its longest row is 64 times as long" in said


def test_what_is_refused_is_said_in_a_sentence(here: Path) -> None:
    (here / "evil.pt").write_bytes(saved({"x": bytearray(b"x")}))
    for arguments, why in (
        (("import", "evil.pt"), "Error: evil.pt has code in it that would call"),
        (("import", "none.pt"), "Error: none.pt is not there"),
        (("import", "evil.pt", "--token", "a b"), "Error: 'a b' cannot be a name"),
        (("export", "<none>"), "Error: Nobody has taught <none> here"),
    ):
        code, said = _run(*arguments)
        assert code == 1
        assert why in said
        assert "Traceback" not in said


def test_a_folder_that_cannot_be_written_to_is_said_in_a_sentence(here: Path) -> None:
    _imported(here)
    (here / "file").touch()
    code, said = _run("export", "<dicoo>", "--out", "file")
    assert code == 1
    assert "Error: file cannot be used" in said


def test_the_only_workspace_is_meant_and_of_several_one_has_to_be_named(here: Path) -> None:
    said = _imported(here, "--workspace", "T0TOYBOX", "--owner", "U0ADA")
    assert "of U0ADA in the workspace T0TOYBOX" in said
    assert "of ada in the workspace T0TOYBOX" in _imported(here, "--token", "zig")
    _imported(here, "--workspace", "T2")
    code, said = _run("list")
    assert code == 2
    assert "T0TOYBOX, T2" in said
    assert "<zig>" in _run("list", "--workspace", "T0TOYBOX")[1]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_an_imported_concept_is_drawn(
    here: Path, tiny_base: Path, openvino_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIGMENT_BASE", str(tiny_base))
    (here / "data").mkdir()
    (here / "data" / "openvino").symlink_to(openvino_cache)
    pictures = []
    # As long as the tiny base's own rows, and in different directions.
    for name, seed in (("one", 1), ("two", 2)):
        torch.manual_seed(seed)
        rows = torch.randn(3, TINY_HIDDEN) * 0.08
        (here / f"{name}.pt").write_bytes(automatic1111_pt("x", rows))
        code, said = _run("import", f"{name}.pt")
        assert code == 0, said
        file = said.rpartition("--concept ")[2]
        drawing = ("imagine", f"a <{name}> toy", "--concept", file, "--n", "1", "--seed", "7")
        result = CliRunner().invoke(app, [*drawing, "--steps", "3", "--out", name])
        assert result.exit_code == 0, result.output
        with Image.open(here / name / "7.png") as picture:
            pictures.append(np.asarray(picture))
            assert f'"<{name}>"' in picture.info["figment"]
    first, second = pictures
    assert not np.array_equal(first, second)
