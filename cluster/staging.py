"""Brings what ranks read of a run to the hosts that have a run folder of their own."""

import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from cluster.errors import LaunchError
from cluster.holding import holding
from cluster.run_dir import RunDir
from cluster.send import send
from cluster.ssh import Answer, last_line, on_each, on_host

_log = structlog.get_logger()

_LOOK_SECONDS = 30.0


class _Holding(BaseModel):
    """What a host says it has of the run; `shared` if that is this machine's folder."""

    model_config = ConfigDict(frozen=True)

    shared: bool
    files: dict[str, str]


def stage(run: RunDir, hosts: Sequence[str], ssh_config: Path | None) -> tuple[str, ...]:
    """See to it that every host has the run's files, and tell them by hash.

    Returns:
        The hosts that have a run folder of their own: what ranks leave there must be fetched.

    Raises:
        LaunchError: a host cannot be given the files, or has others afterwards.
    """
    if not hosts:
        return ()
    ours = holding(run.path)
    marker = run.path.parent / f".staging-{uuid.uuid4().hex}"
    private: tuple[str, ...] = ()
    try:
        marker.touch()
        held = on_each(hosts, lambda host: _ask(run, host, ssh_config, marker.name))
        private = tuple(host for host, one in held.items() if not one.shared)
        on_each(private, lambda host: _send(run, host, ssh_config))
        held |= on_each(private, lambda host: _ask(run, host, ssh_config, marker.name))
        _check_alike(ours, held)
    except Exception:
        # No run will begin there, and none end that would take the pictures away.
        unstage(run, private, ssh_config)
        raise
    finally:
        marker.unlink(missing_ok=True)
    _log.info("staged", run=str(run.path), files=len(ours), sent_to=private)
    return private


def unstage(run: RunDir, private: Sequence[str], ssh_config: Path | None) -> None:
    """Delete the run's folder on hosts that have one of their own: the pictures are people's."""
    words = ("rm", "-rf", "--", str(run.path))
    for host, answer in on_each(
        private, lambda host: on_host(ssh_config, host, words, _LOOK_SECONDS)
    ).items():
        if answer.code != 0:
            _log.warning("run_folder_left", host=host, run=str(run.path), error=answer.err.strip())


def _ask(run: RunDir, host: str, ssh_config: Path | None, marker: str) -> _Holding:
    words = (sys.executable, "-m", "cluster.holding", str(run.path), marker)
    answer = on_host(ssh_config, host, words, _LOOK_SECONDS)
    try:
        return _Holding.model_validate_json(last_line(answer))
    except ValidationError as error:
        raise _not_staged(host, _complaint(answer)) from error


def _check_alike(ours: dict[str, str], held: dict[str, _Holding]) -> None:
    for host, one in held.items():
        wrong = sorted(name for name in ours | one.files if ours.get(name) != one.files.get(name))
        if wrong:
            raise _not_staged(host, f"{wrong[0]} is not there as it is here.")


def _send(run: RunDir, host: str, ssh_config: Path | None) -> None:
    # A new folder, not the old one emptied: a rank of an earlier attempt that is still there holds
    # that one open, and must not write into this.
    gone = on_host(ssh_config, host, ("rm", "-rf", "--", str(run.path)), _LOOK_SECONDS)
    if gone.code != 0:
        raise _not_staged(host, _complaint(gone))
    send(run.path, host, ssh_config, sys.executable, skip=(".*",))


def _complaint(answer: Answer) -> str:
    return ((answer.err or answer.out).strip().splitlines() or ["it gave no answer"])[-1][:200]


def _not_staged(host: str, why: str) -> LaunchError:
    return LaunchError(
        "not_staged",
        f"The run's pictures could not be brought to {host}: {why}",
        "`figment doctor` says whether the host is well and has room.",
    )
