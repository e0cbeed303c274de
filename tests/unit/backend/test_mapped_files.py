"""Memory that holds nothing but copies of files."""

import mmap
from pathlib import Path

from backend.mapped_files import release_mapped_files, shedding_mapped_files

PAGES = 256
SIZE = PAGES * mmap.PAGESIZE


def resident(file: Path) -> int:
    """Return how many KB of a file are in this process's memory."""
    kilobytes, ours = 0, False
    for line in Path("/proc/self/smaps").read_text("utf-8", "replace").splitlines():
        words = line.split()
        if not words[0].endswith(":"):
            ours = line.endswith(str(file))
        elif ours and words[0] == "Rss:":
            kilobytes += int(words[1])
    return kilobytes


def written(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"weights!" * (SIZE // 8))
    return file


def test_what_was_read_of_a_file_is_dropped_and_can_be_read_again(tmp_path: Path) -> None:
    file = written(tmp_path / "unet" / "model.bin")
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        assert mapped[:].count(b"weights!") == SIZE // 8
        assert resident(file) == SIZE // 1024
        assert release_mapped_files(file.parent) == SIZE
        assert resident(file) == 0
        assert mapped[:].count(b"weights!") == SIZE // 8


def test_files_of_other_folders_are_kept(tmp_path: Path) -> None:
    file = written(tmp_path / "unet-int8" / "model.bin")
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        assert mapped[:1] == b"w"
        before = resident(file)
        assert release_mapped_files(tmp_path / "unet") == 0
        assert resident(file) == before > 0


def test_what_was_written_to_a_private_mapping_is_kept(tmp_path: Path) -> None:
    file = written(tmp_path / "unet" / "model.bin")
    with (
        file.open("rb") as opened,
        mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY) as mapped,
    ):
        mapped[:7] = b"changed"
        assert release_mapped_files(file.parent) == 0
        assert mapped[:7] == b"changed"


def test_what_is_read_in_the_block_is_dropped_while_it_lasts(tmp_path: Path) -> None:
    file = written(tmp_path / "unet" / "model.bin")
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        with shedding_mapped_files(file.parent):
            for _ in range(2):
                assert mapped[:].count(b"weights!") == SIZE // 8
                while resident(file):
                    # Until the test's own time is over.
                    pass
            assert mapped[:].count(b"weights!") == SIZE // 8
        assert resident(file) == 0
