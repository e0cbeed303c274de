"""Checkpoints: the concept as safetensors, and all that is needed to go on exactly."""

import hashlib
import io
import pickle
from dataclasses import dataclass
from pathlib import Path

import structlog
import torch
from safetensors.torch import save

from cluster.run_dir import RunDir, write_atomically

log = structlog.get_logger()


@dataclass(frozen=True)
class State:
    """A run at the end of a step. Draws have no state: the step says where in them it is."""

    step: int
    concept: torch.Tensor
    """float32 [n, H], what the concept would be by now."""
    rows: torch.Tensor
    """float32 [n, H], as the optimizer left them."""
    optimizer: dict[str, object]
    average: dict[str, object] | None
    """Of the rows; None where nothing is averaged."""
    start_word: str
    initial_loss: float
    """Of the person's word, on the evaluation batch."""
    best_step: int
    best_loss: float
    best_rows: torch.Tensor
    curve: tuple[float, ...]


def rows_hash(rows: torch.Tensor) -> str:
    """SHA-256 of the rows' float32 bytes, hex."""
    return hashlib.sha256(rows.detach().float().contiguous().numpy().tobytes()).hexdigest()


def save_checkpoint(run: RunDir, token: str, state: State) -> None:
    """Write step-<n>.safetensors, then step-<n>.state: a state is there only with its rows."""
    rows = {token: state.concept.detach().contiguous()}
    write_atomically(run.checkpoints / f"step-{state.step:06}.safetensors", save(rows))
    buffer = io.BytesIO()
    torch.save(vars(state), buffer)
    write_atomically(run.checkpoints / f"step-{state.step:06}.state", buffer.getvalue())


_BROKEN = (RuntimeError, EOFError, pickle.UnpicklingError, TypeError, ValueError, KeyError)
"""What comes of reading bytes that are no checkpoint, or not all of one. Not OSError: what one rank
cannot read, another may, and they must go on from the same step."""


def latest_checkpoint(folder: Path) -> State | None:
    """The newest whole checkpoint, or None. Read without running any code in it."""
    for path in sorted(folder.glob("step-*.state"), reverse=True):
        try:
            return State(**torch.load(path, weights_only=True))
        except _BROKEN as error:
            log.warning("checkpoint left out", name=path.name, error=str(error)[:200])
    return None
