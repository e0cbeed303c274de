"""The checkpoints of a job's run, to choose from. Blocking."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from backend.picture_review import TILE_SIDE
from cluster.run_dir import RunDir

MOST_CHOICES = 20
"""As many as a sheet shows well; of more, evenly spread ones."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a run had learned after `step` steps.

    `picture` is a preview of it, or else the last one before it, and `preview` the same, small.
    """

    step: int
    rows: Path
    picture: Path | None
    preview: Image.Image | None


def checkpoints_of(run: RunDir) -> tuple[Checkpoint, ...]:
    """Return the checkpoints that are still there, oldest first."""
    rows = {
        int(path.stem.removeprefix("step-")): path
        for path in sorted(run.checkpoints.glob("step-*.safetensors"))
    }
    previews = {one.step: one.path for one in run.previews() if one.index == 0}
    steps = sorted(rows)
    if len(steps) > MOST_CHOICES:
        last = len(steps) - 1
        spread = {round(n * last / (MOST_CHOICES - 1)) for n in range(MOST_CHOICES)}
        steps = [steps[n] for n in sorted(spread)]
    return tuple(_checkpoint(step, rows[step], previews) for step in steps)


def _checkpoint(step: int, rows: Path, previews: Mapping[int, Path]) -> Checkpoint:
    drawn = max((one for one in previews if one <= step), default=None)
    picture = None if drawn is None else previews[drawn]
    return Checkpoint(step, rows, picture, _small(picture))


def _small(path: Path | None) -> Image.Image | None:
    if path is None:
        return None
    try:
        with Image.open(path) as picture:
            return picture.convert("RGB").resize((TILE_SIDE, TILE_SIDE))
    except OSError:
        return None
