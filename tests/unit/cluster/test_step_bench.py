"""What `figment bench train` reports, on a base of a few kilobytes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from cluster.base import resolve_base
from cluster.shaped_base import _tokenizer_files
from tests.tiny_base import TINY_HIDDEN, TINY_SIDE


@pytest.mark.slow
def test_ratios_are_those_of_the_seconds(tiny_base: Path) -> None:
    arguments = ["bench", "train", "--base", str(tiny_base), "--steps", "1", "--word", "duck"]
    found = CliRunner().invoke(app, [*arguments, "--json"])
    assert found.exit_code == 0, found.output
    report = json.loads(found.stdout)
    assert report["step_ratio"] == pytest.approx(
        report["step_seconds"] / report["reference_seconds"]
    )
    assert report["unet_ratio"] == pytest.approx(report["step_seconds"] / report["unet_seconds"])
    # The row's gradient, the loss, and whether to end.
    assert report["bytes_per_step"] == 4 * (TINY_HIDDEN + 2)
    assert report["reference_bytes_per_step"] > 100 * report["bytes_per_step"]
    assert report["resolution"] == TINY_SIDE
    table = CliRunner().invoke(app, arguments)
    assert "reference recipe" in table.output


def test_an_unknown_word_and_a_full_folder_are_sentences(tiny_base: Path, tmp_path: Path) -> None:
    arguments = ["bench", "train", "--base", str(tiny_base), "--word", "zzzqqq"]
    found = CliRunner().invoke(app, arguments)
    assert found.exit_code == 1
    assert "Traceback" not in found.output
    (tmp_path / "something").touch()
    assert CliRunner().invoke(app, ["bench", "make-base", str(tmp_path)]).exit_code == 1
    with pytest.raises(Exception, match="lacks"):
        resolve_base(str(tmp_path))


def test_the_made_up_vocabulary_is_as_large_as_clips_and_has_words(tmp_path: Path) -> None:
    from transformers import CLIPTokenizer

    for name, text in _tokenizer_files().items():
        (tmp_path / name).write_text(text)
    tokenizer = CLIPTokenizer.from_pretrained(tmp_path)
    assert len(tokenizer) == 49408
    assert len(tokenizer("toy", add_special_tokens=False).input_ids) == 1
    assert len(tokenizer("a photo", add_special_tokens=False).input_ids) == 2
