"""The base model as far as the queue needs it: hash, size, vocabulary. Loads no weights."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backend.errors import BackendError, ErrorCode
from backend.prompt_length import PromptLength
from cluster.base import base_hash, base_resolution, resolve_base
from cluster.errors import ClusterError
from cluster.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Base:
    """A base model folder. `resolution` is the side of its pictures in pixels."""

    folder: Path
    hash: str
    resolution: int
    vocabulary: Vocabulary
    prompt_length: PromptLength


def load_base(name: str) -> Base:
    """Find the base model `name` (folder or Hub id, which is downloaded) and read its facts.

    Raises BackendError (base_model).
    """
    try:
        folder = resolve_base(name)
        return Base(
            folder=folder,
            hash=base_hash(folder),
            resolution=base_resolution(folder),
            vocabulary=Vocabulary.load(folder),
            prompt_length=PromptLength.load(folder),
        )
    except ClusterError as error:
        raise BackendError(ErrorCode.BASE_MODEL, error.message, error.hint) from error
    except Exception as error:
        # Files of others in unknown states: many things can be wrong with them.
        raise BackendError(
            ErrorCode.BASE_MODEL,
            f"The base model '{name}' has a file that cannot be read.",
            "Copy it anew, in diffusers format.",
        ) from error


class BaseShelf:
    """Loads the base model once, in a thread, when it is first needed.

    A failure is not remembered: the next one who asks tries again.
    """

    def __init__(self, name: str, load: Callable[[str], Base] = load_base) -> None:
        self._name = name
        self._load = load
        self._lock = asyncio.Lock()
        self._base: Base | None = None

    async def get(self) -> Base:
        """Return the base model; raises BackendError (base_model)."""
        async with self._lock:
            if self._base is None:
                self._base = await asyncio.to_thread(self._load, self._name)
            return self._base
