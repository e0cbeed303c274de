"""The files of concepts that get another name, or go. Blocking."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from backend.errors import BackendError, ErrorCode
from backend.layout import DataFolder
from backend.models import ConceptVersionRow
from backend.saving import saving
from cluster.embedding_file import read_embedding, write_embedding
from cluster.errors import ClusterError


@dataclass(frozen=True, slots=True)
class Move:
    """A version's files of now, and where they are to be under another token."""

    token: str
    old_embedding: Path
    old_samples: tuple[Path, ...]
    embedding: Path
    samples: tuple[Path, ...]


class Moves:
    """Plans where a concept's files go, and remembers which are new and which are left over."""

    def __init__(self, folder: DataFolder, workspace: str, token: str) -> None:
        self._folder = folder
        self._workspace = workspace
        self._token = token
        self.made: list[Path] = []
        self.left: list[Path] = []

    def plan(self, version: ConceptVersionRow) -> Move:
        """Return the move of one version."""
        folder, number = self._folder, version.version
        move = Move(
            self._token,
            folder.absolute(version.embedding),
            tuple(folder.absolute(sample) for sample in version.samples),
            folder.embedding(self._workspace, self._token, number),
            tuple(
                folder.sample(self._workspace, self._token, number, index)
                for index in range(len(version.samples))
            ),
        )
        self.made += [move.embedding, *move.samples]
        self.left += [move.old_embedding, *move.old_samples]
        return move


def put_in_place(move: Move) -> None:
    """Write a version's files under their new names; raises BackendError (bad_concept)."""
    try:
        file = read_embedding(move.old_embedding)
    except ClusterError as error:
        raise BackendError(
            ErrorCode.BAD_CONCEPT,
            f"The file of its version cannot be read: {error.message}",
            "Restore it from a backup.",
        ) from error
    with saving():
        metadata = {**file.metadata, "token": move.token}
        write_embedding(move.embedding, replace(file, token=move.token, metadata=metadata))
        for old, new in zip(move.old_samples, move.samples, strict=True):
            if old.is_file():
                shutil.copyfile(old, new)


def taken_away(folder: DataFolder, versions: Sequence[ConceptVersionRow]) -> list[Path]:
    """Return all files of some versions."""
    return [
        folder.absolute(name)
        for version in versions
        for name in (version.embedding, *version.samples)
    ]


def drop(files: Iterable[Path]) -> None:
    """Remove files; what is not there is as good as removed."""
    for path in files:
        path.unlink(missing_ok=True)
