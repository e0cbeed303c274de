"""Folders whose content a demo may forget, as it is its own."""

from pathlib import Path

from demo.person import StoryError

OURS = ".demo"
"""Name of the file that marks one."""


def own_folder(folder: Path) -> Path:
    """Return `folder`, absolute, as one whose content a demo may forget; it may be new.

    Raises:
        StoryError: it holds something that is not a demo's.
    """
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / OURS).exists():
        raise StoryError(f"{folder} is not a demo's: choose another --folder.")
    (folder / OURS).touch()
    return folder
