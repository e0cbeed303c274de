"""The library that carries sums between ranks: gloo, or oneCCL in the Intel profile."""

import importlib
import importlib.util
from pathlib import Path

from cluster.errors import TrainingError
from cluster.rank import point_to_ccl
from cluster.spec import Profile

_BINDINGS = "oneccl_bindings_for_pytorch"


def wanted_backend(profile: Profile) -> str:
    """The collective backend a profile stands for."""
    return "ccl" if profile is Profile.INTEL else "gloo"


def load_backend(backend: str) -> None:
    """Make `torch.distributed` know the backend; gloo it knows by itself.

    Raises:
        TrainingError: oneCCL's bindings are not installed here.
    """
    if backend != "ccl":
        return
    found = importlib.util.find_spec(_BINDINGS)
    if found is None or found.origin is None:
        raise TrainingError(
            "no_ccl",
            "The intel profile needs oneccl_bind_pt, which is not installed here.",
            "Install figment[intel] and Intel's bindings on every host, or set "
            "FIGMENT_PROFILE=native.",
        )
    point_to_ccl(Path(found.origin).parent)
    importlib.import_module(_BINDINGS)
