"""Brings the hosts what a job needs: this machine's environment, code and base model."""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import LaunchError
from cluster.send import send
from cluster.settings import ClusterSettings
from cluster.ssh import on_each, on_host

OnHost = Callable[[str, str], None]
"""Is told (host, what is being done there)."""

_SSH_SECONDS = 30.0
_NOT_SENT = ("__pycache__",)


@dataclass(frozen=True, slots=True)
class HostSetUp:
    """What was done on a host."""

    changed: int
    """Files, links and folders that were made, replaced or deleted."""
    trouble: str = ""
    """Why it could not be gone through with; empty if it was."""


def folders_to_copy(*models: Path) -> tuple[Path, ...]:
    """What every host needs at the same path as here, outermost first.

    The virtual environment, the code where it is not installed in there, and the models. A copied
    environment works because its interpreter is at the same path on all hosts, and has the very
    same versions; none is built anew.

    Raises:
        LaunchError: Figment runs in the system's own Python, which must never be copied over
            another machine's.
    """
    if sys.prefix == sys.base_prefix:
        raise LaunchError(
            "no_environment",
            f"Figment runs in the Python of this system ({sys.prefix}), which cannot be copied.",
            "Install it into a virtual environment; see docs/how-to/cluster.md.",
        )
    wanted = [Path(sys.prefix)]
    for name in ("cluster", "backend", "bot", "demo"):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            wanted.append(Path(spec.origin).resolve().parent)
    wanted += map(_with_what_it_links_to, models)
    chosen: list[Path] = []
    for path in sorted(wanted, key=lambda one: len(one.parts)):
        if not any(path.is_relative_to(one) for one in chosen):
            chosen.append(path)
    return tuple(chosen)


def _with_what_it_links_to(model: Path) -> Path:
    """The model's own folder, or all of its repository in the Hub's cache.

    There, a model's files are links to blobs, which lie beside its snapshots.
    """
    for path in (model, *model.parents):
        snapshots = path.parent
        if snapshots.name == "snapshots" and snapshots.parent.name.startswith("models--"):
            return snapshots.parent
    return model


def set_up(
    hosts: tuple[str, ...], folders: tuple[Path, ...], settings: ClusterSettings, on_host: OnHost
) -> dict[str, HostSetUp]:
    """Copy `folders` to all hosts at the same time; what is there already is not sent again.

    On the hosts, what is in the folders and not here is deleted. `on_host` is called from
    several threads.
    """
    return on_each(hosts, lambda host: _set_up_one(host, folders, settings, on_host))


def _set_up_one(
    host: str, folders: tuple[Path, ...], settings: ClusterSettings, tell: OnHost
) -> HostSetUp:
    tell(host, "looking")
    interpreter = Path(sys.executable).resolve()
    answer = on_host(settings.ssh_config, host, ("test", "-x", str(interpreter)), _SSH_SECONDS)
    if not answer.reached:
        last = (answer.err.strip().splitlines() or ["no answer"])[-1]
        return HostSetUp(0, f"It cannot be reached: {last[:200]}")
    if answer.code != 0:
        return HostSetUp(0, f"There is no {interpreter}: install the same Python there.")
    changed = 0
    for folder in folders:
        tell(host, f"copying {folder.name}")
        try:
            changed += send(folder, host, settings.ssh_config, str(interpreter), _NOT_SENT)
        except LaunchError as error:
            return HostSetUp(changed, error.message)
    tell(host, "ready")
    return HostSetUp(changed)
