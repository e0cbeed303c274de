"""Which folders are taken for a base model."""

import shutil
from pathlib import Path

import pytest

from backend.base_files import checked_base
from backend.errors import BackendError, ErrorCode


@pytest.fixture
def base(paper_base: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(paper_base, tmp_path / "base"))


def refused(base: Path) -> BackendError:
    with pytest.raises(BackendError) as caught:
        checked_base(str(base))
    return caught.value


def test_a_whole_base_is_taken(base: Path) -> None:
    assert checked_base(str(base)) == base


@pytest.mark.parametrize("name", ["unet/model.bin", "v1-5.ckpt", "vae/deep/er/x.PT"])
def test_a_pickle_anywhere_is_refused_by_name(base: Path, name: str) -> None:
    (base / name).parent.mkdir(parents=True, exist_ok=True)
    (base / name).write_bytes(b"\x80\x04.")
    error = refused(base)
    assert error.code is ErrorCode.UNSAFE_BASE
    assert name in error.message
    assert ".safetensors" in error.hint


def test_a_base_of_nothing_but_pickles_is_told_so_and_not_that_weights_are_missing(
    base: Path,
) -> None:
    weights = next((base / "unet").glob("*.safetensors"))
    weights.rename(weights.with_suffix(".bin"))
    assert refused(base).code is ErrorCode.UNSAFE_BASE


@pytest.mark.parametrize("part", ["vae/config.json", "tokenizer/merges.txt"])
def test_a_missing_part_is_named(base: Path, part: str) -> None:
    (base / part).unlink()
    error = refused(base)
    assert error.code is ErrorCode.BASE_MODEL
    assert part in error.message
