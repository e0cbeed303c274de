"""What may lie in the folder of a base model. Loads no weights."""

from pathlib import Path

from backend.errors import BackendError, ErrorCode
from cluster.base import resolve_base
from cluster.errors import ClusterError

_PICKLES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"})


def checked_base(name: str) -> Path:
    """Return the folder of the base model `name` (folder or Hub id, which is downloaded).

    Raises BackendError: unsafe_base where it holds a pickle, base_model where it cannot be found
    or a part is missing.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        # First of all: the other checks would tell a base of pickles that its weights are missing.
        refuse_pickles(folder)
    try:
        resolved = resolve_base(name)
    except ClusterError as error:
        raise BackendError(ErrorCode.BASE_MODEL, error.message, error.hint) from error
    refuse_pickles(resolved)
    return resolved


def refuse_pickles(folder: Path) -> None:
    """Refuse a folder with a pickle anywhere in it, which can run any code when it is read.

    Raises BackendError (unsafe_base) that names the files.
    """
    found = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix.lower() in _PICKLES
    )
    if found:
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        raise BackendError(
            ErrorCode.UNSAFE_BASE,
            f"The base model in {folder} has pickled weights, which may run code when they are "
            f"read: {', '.join(found[:3])}{more}.",
            "Remove them if there is a .safetensors beside each; else get or convert the model "
            "to .safetensors.",
        )
