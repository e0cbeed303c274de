"""Starts, finds again and stops the processes of a run. What to start is decided elsewhere."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import structlog

from cluster.command import BOOTSTRAP, LaunchPlan, Layout
from cluster.errors import LaunchError
from cluster.holding import refresh
from cluster.mirror import mirror
from cluster.run_dir import STOP_AND_KEEP, LaunchRecord, RunDir
from cluster.ssh import last_line, on_each, on_host, unreachable
from cluster.staging import unstage
from cluster.sweep import RUN_VARIABLE, end_all, processes_of
from cluster.unanswered import unanswered_since
from cluster.verdict import Observation, Verdict, uneasy

_log = structlog.get_logger()

_TAIL_BYTES = 4000
_SSH_SECONDS = 20.0
_LOG_LINES = 10
_DYING_SECONDS = 5.0
"""What a killed process may take to be gone, on a machine with much other work."""


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What was left after an attempt to end a run."""

    processes: int
    """That are still there, on this machine and on the hosts that answered."""
    unknown: tuple[str, ...]
    """Hosts that did not answer. Ranks there end by themselves once their peers are gone."""


_children: dict[int, subprocess.Popen[bytes]] = {}
"""Launchers this process has started and not collected yet: nobody else can."""


_NICE = 10
"""How far a run stands back on this machine, where the bot talks to people."""


def _be_nice(pid: int) -> None:
    """Lower a launcher's priority before it starts ranks, which take it over; if that can be."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, _NICE)
    with contextlib.suppress(OSError):
        # A session of its own is a group of its own to Linux, with the same share as ours.
        Path(f"/proc/{pid}/autogroup").write_text(str(_NICE))


def launcher_environment(run: Path, plan: LaunchPlan) -> dict[str, str]:
    """The environment that the launcher is started with."""
    return os.environ | dict(plan.env) | {"I_MPI_ROOT": sys.prefix, RUN_VARIABLE: str(run)}


def write_launch_files(run: Path, plan: LaunchPlan) -> None:
    """Write the files that the plan's command names."""
    (run / "hostfile").write_text(plan.hostfile)
    if plan.bootstrap:
        script = run / BOOTSTRAP
        script.write_text(plan.bootstrap)
        script.chmod(0o755)


def launch(
    run: RunDir, plan: LaunchPlan, layout: Layout | None = None, private: tuple[str, ...] = ()
) -> LaunchRecord:
    """Start the run in a session of its own, so that it outlives whoever starts it.

    `private` are the hosts that have a run folder of their own.

    Raises:
        LaunchError: the launcher cannot be executed, or not be written down.
        OSError: its files cannot be written.
    """
    run.launcher_log.parent.mkdir(parents=True, exist_ok=True)
    write_launch_files(run.path, plan)
    with run.launcher_log.open("ab") as log:
        try:
            process = subprocess.Popen(  # noqa: S603 - argv is built by cluster.command, no shell
                plan.argv,
                cwd=run.path,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=launcher_environment(run.path, plan),
                start_new_session=True,
            )
        except OSError as error:
            raise LaunchError(
                "launch_failed", f"{plan.argv[0]} cannot be started.", str(error.strerror or "")
            ) from error
    _children[process.pid] = process
    _be_nice(process.pid)
    try:
        record = LaunchRecord(
            pid=process.pid,
            pgid=process.pid,
            process_started=psutil.Process(process.pid).create_time(),
            started_at=time.time(),
            host=socket.gethostname(),
            argv=plan.argv,
            hosts=layout.hosts if layout else (),
            ranks_per_host=layout.ranks_per_host if layout else 1,
            slot=layout.slot if layout else 0,
            ssh_config=layout.ssh_config if layout else None,
            private=private,
        )
        run.write_launch(record, dict(plan.env))
    except Exception as error:
        # Nobody would ever find it again.
        end_all(lambda: processes_of(run.path), _DYING_SECONDS)
        _collect(process.pid)
        raise LaunchError(
            "launch_failed",
            "What was started could not be written down, so it was ended again.",
            f"See the disk and the owner of {run.path}.",
        ) from error
    return record


def _launcher_process(record: LaunchRecord) -> psutil.Process | None:
    """The recorded process, if it is still that one and not a zombie."""
    child = _children.get(record.pid)
    if child is not None and child.poll() is not None:
        _children.pop(record.pid, None)
        return None
    try:
        process = psutil.Process(record.pid)
        if abs(process.create_time() - record.process_started) > 1:
            return None
        return None if process.status() == psutil.STATUS_ZOMBIE else process
    except psutil.NoSuchProcess:
        return None


def _collect(pid: int) -> None:
    """Take a launcher that was ended off the system's list, if this process has started it.

    Killed, it may take a moment to be gone; uncollected, it is a zombie for as long as this
    process lives.
    """
    child = _children.get(pid)
    if child is None:
        return
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(_DYING_SECONDS)
        _children.pop(pid, None)


def slot_in_use(run: RunDir) -> int | None:
    """The slot that a run takes up at this moment; None once its launcher has ended."""
    record = run.launch_record()
    return record.slot if record is not None and _launcher_process(record) else None


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
    # What a power cut leaves at a file's end, and no database takes in a text.
    return text.replace("\0", "")


def observe(run: RunDir, now: float | None = None) -> Observation:
    """What can be seen of the run now, by whoever looks; also after a restart of the watcher.

    `now` is in seconds since the epoch, of the run folder's clock.
    """
    record = run.launch_record()
    # Looked at before the files: a run that ends in between is seen alive once more, never
    # dead without the result it has just written.
    alive = record is not None and _launcher_process(record) is not None
    if record is not None:
        # When all is over, no news may come before the last.
        mirror(run, record.private, record.ssh_config, due=not alive)
        if not alive:
            # A rank elsewhere may have written its last word just now, and be known by it.
            for folder in (run.path, run.path / "error"):
                refresh(folder)
    progress = run.progress()
    seen = Observation(
        alive=alive,
        launch=record,
        result=run.result(),
        errors=run.errors(),
        heartbeats=run.heartbeats(),
        last_progress=progress[-1] if progress else None,
        log_tail=_tail(run.launcher_log),
        moved_at=run.moved_at(),
        failed_at=run.failed_at(),
    )
    if record is None:
        return seen
    asked = uneasy(seen, time.time() if now is None else now)
    silent = unreachable(record.ssh_config, record.hosts) if asked else ()
    return replace(seen, unreachable=unanswered_since(run.path, silent))


def with_log(run: RunDir, verdict: Verdict) -> Verdict:
    """Add the last lines of the log that tells most about a failure."""
    if verdict.succeeded:
        return verdict
    path = run.launcher_log if verdict.rank is None else run.rank_log(verdict.rank)
    return replace(verdict, log="\n".join(_tail(path).splitlines()[-_LOG_LINES:]))


def _session_is_ours(record: LaunchRecord) -> bool:
    """Whether the session's number still stands for the recorded one.

    After a restart of the machine, or on another one, it may be anybody's.
    """
    if record.host != socket.gethostname() or record.process_started < psutil.boot_time() - 1:
        return False
    try:
        return abs(psutil.Process(record.pid).create_time() - record.process_started) <= 1
    except psutil.NoSuchProcess:
        # The kernel gives no number out again while a session bears it.
        return True


def _members(run: RunDir, record: LaunchRecord) -> list[psutil.Process]:
    """Live processes of the run on this machine: marked as such, or of its session."""
    found = {process.pid: process for process in processes_of(run.path)}
    if _session_is_ours(record):
        for process in psutil.process_iter(["status"]):
            with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError, PermissionError):
                zombie = process.info["status"] == psutil.STATUS_ZOMBIE
                if not zombie and os.getsid(process.pid) == record.pgid:
                    found[process.pid] = process
    return list(found.values())


def ask_to_stop_and_keep(run: RunDir) -> tuple[str, ...]:
    """Ask a run to end with the best rows so far; asking twice does no harm.

    Returns the hosts with a run folder of their own that could not be told: ask again later.
    """
    run.ask_to_stop_and_keep()
    record = run.launch_record()
    if record is None or not record.private:
        return ()
    words = ("touch", "--", str(run.path / STOP_AND_KEEP))
    answers = on_each(
        record.private, lambda host: on_host(record.ssh_config, host, words, _SSH_SECONDS)
    )
    return tuple(host for host, answer in answers.items() if answer.code != 0)


def stop(run: RunDir, grace_seconds: float = 5.0) -> Leftovers:
    """End every process of the run, here and on its hosts; TERM first, KILL after the grace.

    Hosts with a run folder of their own are then asked for the last news, and it is deleted there.

    A run that has left its result gets the grace once more, to end by itself. Stopping twice
    does no harm.
    """
    record = run.launch_record()
    if record is None:
        return Leftovers(0, ())
    if run.result() is not None:
        # It has done its work: ranks that are just leaving need no push.
        psutil.wait_procs(_members(run, record), timeout=grace_seconds)
    here = end_all(lambda: _members(run, record), grace_seconds)
    _collect(record.pid)
    words = (sys.executable, "-m", "cluster.sweep", str(run.path), "--grace", str(grace_seconds))
    seconds = 2 * grace_seconds + _SSH_SECONDS
    answers = on_each(record.hosts, lambda h: on_host(record.ssh_config, h, words, seconds))
    told = {host: last_line(answer) for host, answer in answers.items()}
    counted = [int(count) for count in told.values() if count.isdigit()]
    unknown = tuple(host for host, count in told.items() if not count.isdigit())
    private = tuple(host for host in record.private if host not in unknown)
    mirror(run, private, record.ssh_config, due=True)
    unstage(run, private, record.ssh_config)
    return Leftovers(here + sum(counted), unknown)
