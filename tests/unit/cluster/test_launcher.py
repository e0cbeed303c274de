"""Starting, finding and stopping real processes, and looking at this machine."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from cluster.command import LaunchPlan
from cluster.errors import LaunchError
from cluster.holding import refresh
from cluster.hosts import read_hostfile
from cluster.launcher import Leftovers, launch, observe, stop, with_log
from cluster.layout import choose_layout
from cluster.run_dir import LaunchRecord, RankFailure, RunDir, RunResult
from cluster.settings import ClusterSettings
from cluster.spec import LauncherKind, TrainSpec
from cluster.ssh import Answer
from cluster.sweep import processes_of
from cluster.verdict import UNEASY_SECONDS, Verdict

SPEC = TrainSpec(
    job_id="j", token="<x>", initializer="toy", base="/b", base_hash="h", resolution=64
)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[RunDir]:
    """A run folder; what it started is ended afterwards."""
    run = RunDir.create(tmp_path / "run", SPEC)
    yield run
    stop(run, grace_seconds=0.2)


def _start(run: RunDir, script: str) -> LaunchRecord:
    return launch(run, LaunchPlan((sys.executable, "-c", script), (("A_WORD", "b c"),), "host-1\n"))


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_run_is_started_apart_and_written_down(run: RunDir) -> None:
    record = _start(run, "import os, time; print(os.environ['A_WORD'], flush=True); time.sleep(60)")
    assert os.getsid(record.pid) == record.pid != os.getsid(0)
    assert run.launch_record() == record
    assert (run.path / "hostfile").read_text() == "host-1\n"
    _until(lambda: "b c" in observe(run).log_tail)
    assert observe(run).alive
    assert stop(run).processes == 0
    seen = observe(run)
    assert not seen.alive
    assert seen.launch == record
    assert stop(run).processes == 0


def test_a_launcher_that_ended_is_not_alive(run: RunDir) -> None:
    _start(run, "print('done')")
    _until(lambda: not observe(run).alive)
    assert "done" in observe(run).log_tail


def test_a_launcher_that_was_killed_is_not_alive(run: RunDir) -> None:
    record = _start(run, "import time; time.sleep(60)")
    os.kill(record.pid, signal.SIGKILL)
    _until(lambda: not observe(run).alive)


def test_stopping_ends_what_the_launcher_started_and_what_does_not_listen(run: RunDir) -> None:
    child = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"open({str(run.path / 'child')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    )
    _start(run, f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])")
    _until(lambda: (run.path / "child").exists() and (run.path / "child").read_text() != "")
    pid = int((run.path / "child").read_text())
    assert stop(run, grace_seconds=0.3).processes == 0
    assert not _lives(pid)


def test_a_launcher_that_is_killed_at_once_leaves_no_zombie(run: RunDir) -> None:
    record = _start(run, "import time; time.sleep(60)")
    stop(run, grace_seconds=0)
    assert not psutil.pid_exists(record.pid)


def test_orphans_of_a_launcher_that_is_gone_are_found(run: RunDir) -> None:
    child = (
        "import os, time; "
        f"open({str(run.path / 'child')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    )
    _start(run, f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}])")
    _until(lambda: (run.path / "child").exists() and (run.path / "child").read_text() != "")
    _until(lambda: not observe(run).alive)
    pid = int((run.path / "child").read_text())
    assert _lives(pid)
    assert stop(run, grace_seconds=0.3).processes == 0
    assert not _lives(pid)


@pytest.mark.parametrize("change", [{"process_started": 1.0}, {"host": "another"}])
def test_a_process_that_only_has_the_same_number_is_left_alone(
    run: RunDir, change: dict[str, object]
) -> None:
    stranger = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True
    )
    try:
        record = LaunchRecord(
            pid=stranger.pid,
            pgid=stranger.pid,
            process_started=psutil.Process(stranger.pid).create_time(),
            started_at=time.time(),
            host=os.uname().nodename,
            argv=("x",),
        ).model_copy(update=change)
        run.write_launch(record, {})
        assert stop(run, grace_seconds=0.1).processes == 0
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_run_with_a_result_may_end_by_itself(run: RunDir) -> None:
    _start(
        run,
        "import pathlib, signal, time\n"
        f"end = pathlib.Path({str(run.path)!r})\n"
        "signal.signal(signal.SIGTERM, lambda *_: (end / 'pushed').touch())\n"
        "(end / 'ready').touch()\n"
        "while not (end / 'result.json').exists(): time.sleep(0.01)\n"
        "time.sleep(0.2); (end / 'left').touch()",
    )
    _until(lambda: (run.path / "ready").exists())
    run.write_result(
        RunResult(
            job_id="j",
            spec_hash="h",
            backend="gloo",
            world_size=1,
            precision="fp32",
            steps=1,
            best_step=1,
            initial_eval_loss=1,
            best_eval_loss=1,
            seconds=1,
            embedding="e",
            rows_sha256="s",
            stopped_because="flat",
        )
    )
    assert stop(run).processes == 0
    assert (run.path / "left").exists()
    assert not (run.path / "pushed").exists()


def test_a_launcher_that_is_not_there_is_an_error(run: RunDir) -> None:
    with pytest.raises(LaunchError, match="cannot be started") as caught:
        launch(run, LaunchPlan(("/nowhere/mpiexec",), (), ""))
    assert caught.value.code == "launch_failed"
    assert run.launch_record() is None
    assert stop(run).processes == 0


def test_a_hostfile_has_one_host_a_line(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    path.write_text("# the cluster\nxeon-1\n\n xeon-2 # new\n")
    assert read_hostfile(path) == ("xeon-1", "xeon-2")
    path.write_text("# nobody\n")
    with pytest.raises(LaunchError, match="names no host"):
        read_hostfile(path)
    with pytest.raises(LaunchError, match="cannot be read"):
        read_hostfile(tmp_path / "gone")


def test_the_layout_of_this_machine_shares_its_cores() -> None:
    settings = ClusterSettings(_env_file=None, ranks=1, launcher=LauncherKind.TORCHRUN)
    layout = choose_layout(settings)
    assert (layout.hosts, layout.world_size) == ((), 1)
    assert layout.threads_per_rank == len(os.sched_getaffinity(0))
    assert (layout.iface, layout.master_addr) == ("lo", "127.0.0.1")
    assert 1024 <= layout.master_port < 65536
    many = choose_layout(settings.model_copy(update={"ranks": 512, "iface": "eth7"}))
    assert (many.threads_per_rank, many.iface) == (1, "eth7")


def test_a_main_host_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    (tmp_path / "ssh_config").write_text("Host *\nProxyCommand false\n")
    settings = ClusterSettings(_env_file=None, ssh_config=tmp_path / "ssh_config")
    for host, code in (("127.0.0.1", "host_unreachable"), ("none.invalid", "unknown_host")):
        with pytest.raises(LaunchError, match=host) as caught:
            choose_layout(settings, (host,))
        assert caught.value.code == code


def test_it_is_remembered_since_when_a_host_lets_nobody_in(run: RunDir, tmp_path: Path) -> None:
    (tmp_path / "ssh_config").write_text("Host *\nProxyCommand false\n")
    on_host = {"hosts": ("127.0.0.1",), "ssh_config": tmp_path / "ssh_config"}
    record = _start(run, "import time; time.sleep(60)").model_copy(update=on_host)
    run.write_launch(record, {})
    late = record.started_at + UNEASY_SECONDS + 1
    first = observe(run, late).unreachable
    assert list(first) == ["127.0.0.1"]
    assert observe(run, late).unreachable == first
    assert observe(run, record.started_at).unreachable == {}, "nothing is wrong, so none is asked"


def test_intel_mpi_that_is_asked_for_but_absent_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cluster.layout.find_mpiexec", lambda: None)
    settings = ClusterSettings(_env_file=None, launcher=LauncherKind.HYDRA)
    with pytest.raises(LaunchError) as caught:
        choose_layout(settings)
    assert caught.value.code == "no_launcher"
    automatic = settings.model_copy(update={"launcher": LauncherKind.AUTO})
    assert choose_layout(automatic).launcher is LauncherKind.TORCHRUN


def test_a_run_that_cannot_be_written_down_is_ended_again(
    run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run, "write_launch", full)
    with pytest.raises(LaunchError, match="written down") as caught:
        _start(run, "import time; time.sleep(60)")
    assert caught.value.code == "launch_failed"
    assert processes_of(run.path) == []


def test_names_in_a_network_folder_are_looked_up_anew_once_all_is_over(
    run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of NFS, where a file that was just missed may stay unseen for half a minute."""
    hidden = run.path.with_name("hidden")
    refreshed: list[Path] = []

    def refresh(folder: Path) -> None:
        refreshed.append(folder)
        if hidden.exists():
            hidden.rename(run.path / "error" / "rank-1.json")

    monkeypatch.setattr("cluster.launcher.refresh", refresh)
    record = _start(run, "import time; time.sleep(60)")
    failure = RankFailure(rank=1, host="h", code="c", message="m", traceback="t", time=1)
    hidden.write_text(failure.model_dump_json())
    assert observe(run).errors == ()
    os.kill(record.pid, signal.SIGKILL)
    _until(lambda: not observe(run).alive)
    assert observe(run).errors == (failure,)
    assert set(refreshed) == {run.path, run.path / "error"}


def test_refreshing_a_folder_writes_there_and_leaves_nothing(tmp_path: Path) -> None:
    os.utime(tmp_path, (1, 1))
    refresh(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert tmp_path.stat().st_mtime > 1
    refresh(tmp_path / "nowhere")


def test_a_log_that_a_power_cut_has_torn_is_a_text(run: RunDir) -> None:
    run.launcher_log.write_bytes(b"began\n\0\0\0\0")
    assert observe(run).log_tail == "began\n"
    assert with_log(run, Verdict(False)).log == "began"


def test_hosts_whose_shells_greet_are_understood(
    run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    def greets(said: str) -> Callable[..., Answer]:
        return lambda *_, **__: Answer(0, f"Welcome!\n{said}\n", "")

    monkeypatch.setattr("cluster.layout.on_host", greets("29511"))
    settings = ClusterSettings(_env_file=None, launcher=LauncherKind.HYDRA, iface="lo")
    monkeypatch.setattr("cluster.layout.find_mpiexec", lambda: Path("/opt/mpiexec.hydra"))
    assert choose_layout(settings, ("127.0.0.1",)).master_port == 29511
    record = _start(run, "").model_copy(update={"hosts": ("xeon-1", "xeon-2")})
    run.write_launch(record, {})
    monkeypatch.setattr("cluster.launcher.on_host", greets("0"))
    assert stop(run, grace_seconds=0.2) == Leftovers(0, ())
    monkeypatch.setattr("cluster.launcher.on_host", greets("3"))
    assert stop(run, grace_seconds=0.2) == Leftovers(6, ())
    monkeypatch.setattr("cluster.launcher.on_host", greets("python: not found"))
    assert stop(run, grace_seconds=0.2) == Leftovers(0, ("xeon-1", "xeon-2"))
    monkeypatch.undo()
    run.write_launch(record.model_copy(update={"hosts": ()}), {})


def test_torchrun_takes_a_host_that_is_this_machine_for_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cluster.layout.on_host", lambda *_: Answer(0, "29511\n", ""))
    settings = ClusterSettings(_env_file=None, launcher=LauncherKind.TORCHRUN, ranks=1)
    here = choose_layout(settings, ("127.0.0.1",))
    assert (here.hosts, here.master_addr) == ((), "127.0.0.1")
    assert here.threads_per_rank == len(os.sched_getaffinity(0))
    monkeypatch.setattr("cluster.hosts.socket.gethostbyname", lambda _: "192.0.2.7")
    elsewhere = choose_layout(settings.model_copy(update={"iface": "lo"}), ("xeon-2",))
    assert elsewhere.hosts == ("xeon-2",), "what starts ranks refuses it"
