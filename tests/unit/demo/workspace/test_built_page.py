"""The page that is served was built from the sources beside it."""

import hashlib
from pathlib import Path

from demo.workspace.static_page import STATIC

PAGE = STATIC.parent / "page"


def test_the_page_was_built_from_its_sources() -> None:
    """`npm run build` in demo/workspace/page mends it; see there in vite.config.ts."""
    named = ("index.html", "package-lock.json", "vite.config.ts")
    files = [PAGE / name for name in named]
    files += [one for one in (PAGE / "src").rglob("*") if one.is_file()]
    sources = hashlib.sha256()
    for file in sorted(files, key=_name):
        sources.update(f"{_name(file)}\0".encode() + file.read_bytes() + b"\0")
    assert (STATIC / "built-from.txt").read_text().strip() == sources.hexdigest()


def _name(file: Path) -> str:
    return file.relative_to(PAGE).as_posix()
