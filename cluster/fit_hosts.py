"""Which hosts a job can be started on: the doctor's visit before it, or a recent one."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import structlog

from cluster.check_up import Report, check_up
from cluster.doctor import Finding, Severity
from cluster.errors import LaunchError
from cluster.facts import this_machine
from cluster.run_dir import write_atomically
from cluster.settings import ClusterSettings
from cluster.ssh import unreachable

_log = structlog.get_logger()

_FRESH_SECONDS = 600.0
"""So long a good result counts; within it, only whether the hosts answer is looked at again."""


@dataclass(frozen=True, slots=True)
class LeftOutHost:
    """A host that cannot be used, and why and what to do about it, in sentences."""

    host: str
    why: str


@dataclass(frozen=True, slots=True)
class FitHosts:
    """The hosts to use, and why others are not among them."""

    hosts: tuple[str, ...]
    left_out: tuple[LeftOutHost, ...] = ()
    preload: tuple[str, ...] = ()
    """Libraries that all of them have and ranks should load first."""


def fit_hosts(
    hosts: tuple[str, ...], settings: ClusterSettings, folder: Path, base: Path, now: float
) -> FitHosts:
    """Look at `hosts` and return those that a job can use; `now` in seconds since the epoch.

    `folder` is where run folders are made.

    Raises:
        LaunchError: none of the hosts can be used, or together they cannot.
        BaseModelError: a file of the base model cannot be read on this machine.
    """
    memory = folder / f".doctor-{_visit_key(hosts, settings, base)}.json"
    known = _fresh(memory, now)
    if known is not None and not unreachable(settings.ssh_config, hosts):
        return FitHosts(hosts, (), known)
    report = check_up(hosts, settings, folder, base)
    errors = _errors(report)
    for finding in report.findings:
        _log.warning("doctor", **finding.model_dump())
    if not errors:
        write_atomically(memory, json.dumps({"time": now, "preload": report.preload}).encode())
        return FitHosts(hosts, (), report.preload)
    well = tuple(host for host in hosts if host not in {finding.host for finding in errors})
    # Where only all together failed, no host can be left out for it.
    if not well or any(finding.id == "all_reduce" for finding in errors):
        raise _not_well(errors[0])
    again = check_up(well, settings, folder, base)
    if still := _errors(again):
        raise _not_well(still[0])
    left_out = tuple(LeftOutHost(one.host, f"{one.message} {one.hint}") for one in errors)
    return FitHosts(well, left_out, again.preload)


def _errors(report: Report) -> list[Finding]:
    return [one for one in report.findings if one.severity is Severity.ERROR]


def _not_well(finding: Finding) -> LaunchError:
    return LaunchError(finding.id, finding.message, finding.hint)


def _visit_key(hosts: tuple[str, ...], settings: ClusterSettings, base: Path) -> str:
    """Names a question to the doctor: other hosts, or other settings, are another one.

    So is it once this machine's code, packages or base model are others.
    """
    here = this_machine(base)
    asked = [hosts, str(base), settings.model_dump(mode="json"), here.model_dump(mode="json")]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]


def _fresh(memory: Path, now: float) -> tuple[str, ...] | None:
    """The libraries to load first, as a recent good visit found them; None without one."""
    try:
        last = json.loads(memory.read_text())
        if 0 <= now - last["time"] < _FRESH_SECONDS:
            return tuple(last["preload"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None
