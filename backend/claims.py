"""What a rendering worker holds while it draws: leases on pictures."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from backend.recipe import Recipe


@dataclass(frozen=True, slots=True)
class ClaimedConcept:
    """A concept that the recipe names, and the file with its rows."""

    token: str
    version: int
    sha256: str
    embedding: Path


@dataclass(frozen=True, slots=True)
class PictureClaim:
    """The right to draw one picture until `lease_until`.

    `ticket` is unique for each claim: whoever comes back with an old one has lost the picture.
    `out` is where the finished PNG belongs, `start` where the picture lies that it begins from,
    `enlarges` where the one lies that it is the double size of.
    """

    render_id: str
    index: int
    ticket: str
    worker: str
    attempt: int
    recipe: Recipe
    concepts: tuple[ClaimedConcept, ...]
    out: Path
    lease_until: datetime
    start: Path | None = None
    enlarges: Path | None = None
