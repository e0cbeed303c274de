"""What a host says of itself, and what it is asked."""

import hashlib
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from cluster.base import remembered_hash
from cluster.errors import BaseModelError

PACKAGES = (
    "figment", "torch", "diffusers", "transformers", "accelerate", "numpy", "safetensors",
    "intel-extension-for-pytorch", "oneccl-bind-pt",
)  # fmt: skip
"""Those whose versions must be the same on all hosts."""


def versions() -> dict[str, str]:
    """Those of the packages that are installed here."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def python_version() -> str:
    """Of the Python that runs this, in three numbers."""
    return ".".join(str(part) for part in sys.version_info[:3])


def code_hash() -> str:
    """SHA-256 of the code that ranks run, hex: a version's number stays while it is worked on."""
    whole = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ThisMachine(_Record):
    """What every host must have as this machine has it."""

    python: str
    packages: dict[str, str]
    code: str
    """Hash of Figment's code."""
    base_hash: str
    """Of the base model's files; empty if it was not looked at."""


def this_machine(base: Path | None) -> ThisMachine:
    """Look at this machine and the base model in folder `base`, if there is one.

    Raises:
        BaseModelError: a file of the base cannot be read here.
    """
    try:
        return ThisMachine(
            python=python_version(),
            packages=versions(),
            code=code_hash(),
            base_hash="" if base is None else remembered_hash(base),
        )
    except OSError as error:
        raise BaseModelError(
            "base_model",
            f"The base model in {base} cannot be read here: {error.strerror}.",
            "See the owner of its files, and the disk.",
        ) from error


class Question(_Record):
    """What a host is asked to look at."""

    base: Path | None
    """Folder of the base model; None not to look."""
    folder: Path
    """Where run folders are made."""
    preview_vae: Path | None = None
    """Folder of the small VAE that draws previews; None not to look."""
    main_address: str
    """Address of the main host."""
    master_port: int
    """A port that must be free there; 0 for any."""


class Leftover(_Record):
    """A process of some run."""

    pid: int
    run: str
    """Its run folder."""


class HostFacts(_Record):
    """A host as it is now. Sizes are in bytes, times in seconds since the epoch."""

    hostname: str
    address: str
    """What its own name stands for there; empty if for nothing."""
    interface: str
    """Its interface towards the main host; empty if there is no route."""
    interfaces: tuple[str, ...]
    python: str
    packages: dict[str, str]
    code: str = ""
    """Hash of Figment's code; empty from code that is too old to tell."""
    base_hash: str
    """Empty if the base model is not there or not whole."""
    base_trouble: str
    preview_vae_trouble: str = ""
    writes: bool
    """Whether it can write to the folder."""
    disk_free: int
    memory_free: int
    cores: int
    cpu_flags: tuple[str, ...]
    """Of bf16 only."""
    tcmalloc: str
    libiomp5: str
    time: float
    port_free: bool
    leftovers: tuple[Leftover, ...]


class Answered(_Record):
    """What came of asking one host."""

    host: str
    facts: HostFacts | None
    trouble: str
    """What ssh or the host said instead of answering."""
    code: int
    """Exit code; 255 of ssh itself, -1 after too long."""
    skew: float
    """Seconds its clock is ahead of ours, as far as that can be told from here."""
