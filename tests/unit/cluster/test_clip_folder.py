"""Where the CLIP model of a run lies."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster import clip_folder
from cluster.clip_folder import find_clip, with_clip
from cluster.clip_scores import load_clip
from cluster.errors import BaseModelError
from cluster.settings import ClusterSettings
from tests.tiny_clip import make_tiny_clip


@pytest.fixture
def tiny_clip(tmp_path: Path) -> Path:
    return make_tiny_clip(tmp_path / "clip")


def test_the_settings_name_becomes_a_folder(
    tiny_clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ClusterSettings(_env_file=None, clip=tiny_clip.name)
    monkeypatch.chdir(tiny_clip.parent)
    found = with_clip(settings).clip
    monkeypatch.chdir("/")
    assert found == str(tiny_clip)
    load_clip(found)


def test_a_hub_id_becomes_the_folder_of_its_snapshot(
    tiny_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def downloaded(name: str, *_: object) -> Path:
        asked.append(name)
        return tiny_clip

    monkeypatch.setattr(clip_folder, "downloaded", downloaded)
    settings = ClusterSettings(_env_file=None, clip="somebody/clip")
    assert with_clip(settings).clip == str(tiny_clip)
    assert asked == ["somebody/clip"]


@pytest.mark.parametrize("changes", [{}, {"clip": "nowhere/at all", "score": False}])
def test_what_nobody_loads_is_not_looked_for(changes: dict[str, object]) -> None:
    settings = ClusterSettings(_env_file=None).model_copy(update=changes)
    assert with_clip(settings) is settings


def _of_another_kind(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps({"model_type": "bert"}))


def _no_json(folder: Path) -> None:
    (folder / "config.json").write_text("[")


def _no_object(folder: Path) -> None:
    (folder / "config.json").write_text("[]")


def _pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def _without_a_processor(folder: Path) -> None:
    for file in folder.glob("*processor_config.json"):
        file.unlink()


def _without_words(folder: Path) -> None:
    for name in ("tokenizer.json", "vocab.json"):
        (folder / name).unlink(missing_ok=True)


@pytest.mark.parametrize(
    "spoil",
    [_of_another_kind, _no_json, _no_object, _pickled, _without_a_processor, _without_words],
)
def test_what_ranks_could_not_load_is_refused(
    tiny_clip: Path, spoil: Callable[[Path], None]
) -> None:
    find_clip(str(tiny_clip))
    spoil(tiny_clip)
    with pytest.raises(BaseModelError) as caught:
        find_clip(str(tiny_clip))
    assert caught.value.code == "clip_model"
    assert str(tiny_clip) in caught.value.message


def test_a_name_that_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_to_be_had(*_: object) -> Path:
        raise OSError("no network")

    monkeypatch.setattr(clip_folder, "downloaded", not_to_be_had)
    with pytest.raises(BaseModelError, match="nor to be had from the Hub"):
        find_clip("somebody/clip")
