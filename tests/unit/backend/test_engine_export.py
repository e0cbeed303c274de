"""Graphs of a base model are made once, whole or not at all."""

import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend import export
from backend.engine import Engine
from backend.errors import BackendError, ErrorCode
from backend.export import export_folder, exported

pytestmark = pytest.mark.slow

NAME = export_folder("abc", Path()).name


class CountedExport:
    """Stands in for the minutes of an export; leaves a file, or breaks off in the middle."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.calls = 0

    def __call__(self, base: Path, folder: Path) -> None:
        self.calls += 1
        folder.mkdir()
        (folder / "first").touch()
        if self.error is not None:
            raise self.error
        (folder / "second").touch()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> CountedExport:
    stand_in = CountedExport()
    monkeypatch.setattr(export, "_export", stand_in)
    return stand_in


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_several_who_ask_at_once_share_one_export(counted: CountedExport, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(lambda _: exported(tmp_path, "abc", tmp_path / "c"), range(4)))
    assert len(set(folders)) == 1
    assert names(folders[0]) == {"first", "second"}
    assert counted.calls == 1
    assert exported(tmp_path, "other", tmp_path / "c") != folders[0]
    assert counted.calls == 2


def test_a_failed_export_is_an_error_and_leaves_nothing(
    counted: CountedExport, tmp_path: Path
) -> None:
    counted.error = OSError("No space left on device")
    with pytest.raises(BackendError, match="cannot be made ready") as caught:
        exported(tmp_path, "abc", tmp_path / "c")
    assert caught.value.code is ErrorCode.BASE_MODEL
    assert names(tmp_path / "c") == {f"{NAME}.lock"}
    counted.error = None
    assert names(exported(tmp_path, "abc", tmp_path / "c")) == {"first", "second"}


def test_what_a_killed_export_left_is_not_used(counted: CountedExport, tmp_path: Path) -> None:
    (tmp_path / "c" / f"{NAME}.part").mkdir(parents=True)
    (tmp_path / "c" / f"{NAME}.part" / "half").touch()
    assert names(exported(tmp_path, "abc", tmp_path / "c")) == {"first", "second"}
    assert names(tmp_path / "c") == {NAME, f"{NAME}.lock"}


def test_a_base_model_of_another_kind_is_refused(tiny_base: Path, tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(tiny_base, base)
    config = base / "unet" / "config.json"
    config.write_text(config.read_text().replace('"in_channels": 4', '"in_channels": 9'))
    with pytest.raises(BackendError, match="9 channels") as caught:
        Engine.load(base, tmp_path / "cache")
    assert caught.value.code is ErrorCode.BASE_MODEL


def test_a_base_model_without_weights_is_refused(tiny_base: Path, tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(tiny_base, base)
    (base / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(BackendError, match="cannot be made ready") as caught:
        Engine.load(base, tmp_path / "cache")
    assert caught.value.code is ErrorCode.BASE_MODEL


def in_a_process(code: str, *arguments: object) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


_EXPORT = """
import sys
from pathlib import Path
from backend.errors import BackendError
from backend.export import export_folder, exported
try:
    exported(Path(sys.argv[1]), "abc", Path(sys.argv[2]))
except BackendError as error:
    sys.exit(f"refused: {error.code}")
"""
_FULL_DISK = """
import resource
# Less than the U-Net of the tiny base takes.
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
"""


def test_a_disk_that_is_full_leaves_no_export_and_the_next_one_is_whole(
    tiny_base: Path, tmp_path: Path
) -> None:
    process = in_a_process(_FULL_DISK + _EXPORT, tiny_base, tmp_path)
    said, _ = process.communicate()
    assert b"refused: base_model" in said
    assert names(tmp_path) == {f"{NAME}.lock"}
    folder = exported(tiny_base, "abc", tmp_path)
    assert names(folder) == {"text_encoder", "unet", "vae_decoder"}


def test_an_export_that_is_killed_at_work_is_made_anew(tiny_base: Path, tmp_path: Path) -> None:
    process = in_a_process(_EXPORT, tiny_base, tmp_path)
    part = tmp_path / f"{NAME}.part"
    while not any(part.rglob("*.xml")):
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert part.is_dir()
    assert not (tmp_path / NAME).exists()
    folder = exported(tiny_base, "abc", tmp_path)
    assert names(folder) == {"text_encoder", "unet", "vae_decoder"}
    assert names(tmp_path) == {NAME, f"{NAME}.lock"}
