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
from cluster.hosts import read_hostfile
from cluster.launcher import launch, observe, stop
from cluster.layout import choose_layout
from cluster.run_dir import LaunchRecord, RunDir, RunResult
from cluster.settings import ClusterSettings
from cluster.spec import LauncherKind, TrainSpec
from cluster.verdict import UNEASY_SECONDS

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
        run.write_launch(record, {}, "")
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
    run.write_launch(record, {}, "")
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
