"""What a job goes on without, and how that is kept with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from cluster.fit_hosts import LeftOutHost
from cluster.pictures import PictureProblem
from cluster.told import Told


@dataclass(frozen=True, slots=True)
class Note:
    """A picture or host that is left out, in a sentence; `told` says it in other languages.

    `told` is None of those that were kept before there were other languages.
    """

    message: str
    told: Told | None = None


class _Kept(BaseModel):
    """A note as it stands in the database; only plain facts can be kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    message: str
    code: str
    case: str
    facts: dict[str, int | str | tuple[str, ...]]


KeptNote = str | dict[str, object]


def of_picture(problem: PictureProblem) -> Note:
    """Say that a picture is left out."""
    return Note(problem.message, problem.told)


def of_host(left_out: LeftOutHost) -> Note:
    """Say that a host is left out."""
    told = Told("host_left_out", "", {"host": left_out.host})
    return Note(f"{left_out.host}. {left_out.why}", told)


def kept(note: Note) -> KeptNote:
    """Return a note as it is kept; raises ValueError where its facts are not plain."""
    if note.told is None:
        return note.message
    told = {"code": note.told.code, "case": note.told.case, "facts": dict(note.told.facts)}
    return _Kept.model_validate({"message": note.message, **told}).model_dump(mode="json")


def read_note(kept_note: KeptNote) -> Note:
    """Read what `kept` wrote, now or in an earlier version."""
    if isinstance(kept_note, str):
        return Note(kept_note)
    read = _Kept.model_validate(kept_note)
    return Note(read.message, Told(read.code, read.case, read.facts))


def with_more(there: Sequence[KeptNote], more: Iterable[Note]) -> list[KeptNote]:
    """Return the kept notes with those of `more` that are not among them, as a new list."""
    all_of_them = list(there)
    for one in map(kept, more):
        if one not in all_of_them:
            all_of_them.append(one)
    return all_of_them
