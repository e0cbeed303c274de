"""Starts, finds again and stops the processes of a run. What to start is decided elsewhere."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

from cluster.command import LaunchPlan, Layout
from cluster.errors import LaunchError
from cluster.run_dir import LaunchRecord, RunDir
from cluster.settings import ClusterSettings
from cluster.spec import LauncherKind
from cluster.verdict import Observation

_TAIL_BYTES = 4000

_children: dict[int, subprocess.Popen[bytes]] = {}
"""Launchers this process has started and not collected yet: nobody else can."""


def find_mpiexec() -> Path | None:
    """Intel MPI's launcher beside this interpreter or on the PATH."""
    beside = Path(sys.executable).with_name("mpiexec.hydra")
    if beside.is_file():
        return beside
    found = shutil.which("mpiexec.hydra")
    return Path(found) if found else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _route_to(host: str) -> tuple[str, str]:
    """This machine's address on the way to `host`, and the interface that has it."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((host, 9))
            address: str = probe.getsockname()[0]
    except OSError as error:
        raise LaunchError(
            "unknown_host",
            f"There is no way from here to the host '{host}' of the hostfile.",
            "See FIGMENT_HOSTFILE, and whether the name resolves here.",
        ) from error
    for name, addresses in psutil.net_if_addrs().items():
        if any(a.family == socket.AF_INET and a.address == address for a in addresses):
            return address, name
    return address, ""


def read_hostfile(path: Path) -> tuple[str, ...]:
    """Host names, one a line; blank lines and `#` comments are left out.

    Raises:
        LaunchError: there is no such file, or no host in it.
    """
    try:
        lines = [line.split("#")[0].strip() for line in path.read_text().splitlines()]
    except OSError as error:
        raise LaunchError(
            "no_hostfile", f"{path} cannot be read.", "See FIGMENT_HOSTFILE."
        ) from error
    hosts = tuple(line for line in lines if line)
    if not hosts:
        raise LaunchError("no_hostfile", f"{path} names no host.", "One host a line.")
    return hosts


def choose_layout(settings: ClusterSettings) -> Layout:
    """Look at this machine and settle what the settings leave open.

    Raises:
        LaunchError: Intel MPI was asked for and is not here, the hostfile is unusable, or its
            last host is unknown here.
    """
    hosts = read_hostfile(settings.hostfile) if settings.hostfile else ()
    launcher = settings.launcher
    if launcher is LauncherKind.AUTO:
        launcher = LauncherKind.HYDRA if find_mpiexec() else LauncherKind.TORCHRUN
    elif launcher is LauncherKind.HYDRA and find_mpiexec() is None:
        raise LaunchError(
            "no_launcher",
            "Intel MPI's mpiexec.hydra is not installed here.",
            "pip install impi-rt, or set FIGMENT_LAUNCHER=torchrun.",
        )
    cores = len(os.sched_getaffinity(0))
    address, iface = _route_to(hosts[-1]) if hosts else ("127.0.0.1", "lo")
    return Layout(
        hosts=hosts,
        ranks_per_host=settings.ranks,
        threads_per_rank=settings.threads_per_rank or max(1, cores // settings.ranks),
        launcher=launcher,
        profile=settings.profile,
        iface=settings.iface or iface,
        master_addr=address,
        master_port=_free_port(),
    )


def launch(run: RunDir, plan: LaunchPlan) -> LaunchRecord:
    """Start the run in a session of its own, so that it outlives whoever starts it.

    Raises:
        LaunchError: the launcher cannot be executed.
    """
    env = os.environ | dict(plan.env) | {"I_MPI_ROOT": sys.prefix}
    run.launcher_log.parent.mkdir(parents=True, exist_ok=True)
    (run.path / "hostfile").write_text(plan.hostfile)
    with run.launcher_log.open("ab") as log:
        try:
            process = subprocess.Popen(  # noqa: S603 - argv is built by cluster.command, no shell
                plan.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=env,
                start_new_session=True,
            )
        except OSError as error:
            raise LaunchError(
                "launch_failed", f"{plan.argv[0]} cannot be started.", str(error.strerror or "")
            ) from error
    _children[process.pid] = process
    record = LaunchRecord(
        pid=process.pid,
        pgid=process.pid,
        process_started=psutil.Process(process.pid).create_time(),
        started_at=time.time(),
        host=socket.gethostname(),
        argv=plan.argv,
    )
    run.write_launch(record, dict(plan.env), plan.hostfile)
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


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            return file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""


def observe(run: RunDir) -> Observation:
    """What can be seen of the run now, by whoever looks; also after a restart of the watcher."""
    record = run.launch_record()
    # Looked at before the files: a run that ends in between is seen alive once more, never
    # dead without the result it has just written.
    alive = record is not None and _launcher_process(record) is not None
    progress = run.progress()
    return Observation(
        alive=alive,
        launch=record,
        result=run.result(),
        errors=run.errors(),
        heartbeats=run.heartbeats(),
        last_progress=progress[-1] if progress else None,
        log_tail=_tail(run.launcher_log),
    )


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
    """Live processes of the run: of its session, or working on its folder."""
    wanted = str(run.path)
    session = record.pgid if _session_is_ours(record) else None
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        try:
            if process.pid == os.getpid() or process.info["status"] == psutil.STATUS_ZOMBIE:
                continue
            words = process.info["cmdline"] or []
            ours = "cluster.train" in words and wanted in words
            if ours or os.getsid(process.pid) == session:
                found.append(process)
        except (psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            continue
    return found


def stop(run: RunDir, grace_seconds: float = 5.0) -> int:
    """End every process of the run on this machine; TERM first, KILL after the grace.

    A run that has left its result gets the grace once more, to end by itself.

    Returns:
        The processes that are still there, 0 if all went well. Stopping twice does no harm.
    """
    record = run.launch_record()
    if record is None:
        return 0
    if run.result() is not None:
        # It has done its work: ranks that are just leaving need no push.
        psutil.wait_procs(_members(run, record), timeout=grace_seconds)
    for sign, patience in ((signal.SIGTERM, grace_seconds), (signal.SIGKILL, grace_seconds)):
        members = _members(run, record)
        if not members:
            break
        for process in members:
            try:
                process.send_signal(sign)
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(members, timeout=patience)
    _launcher_process(record)
    return len(_members(run, record))
