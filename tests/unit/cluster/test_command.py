"""From a layout of ranks to the command that starts them."""

import subprocess
from pathlib import Path

import pytest

from cluster.command import LaunchPlan, Layout, bootstrap_script, plan_launch, rank_environment
from cluster.errors import LaunchError
from cluster.spec import LauncherKind, Profile

RUN = Path("/data/runs/j 1")


def _layout(**changes: object) -> Layout:
    told = {
        "hosts": ("xeon-1", "xeon-2"), "ranks_per_host": 2, "threads_per_rank": 28,
        "launcher": LauncherKind.HYDRA, "profile": Profile.NATIVE, "iface": "eth0",
        "master_addr": "10.0.0.1", "master_port": 29555,
    } | changes  # fmt: skip
    return Layout(**told)  # type: ignore[arg-type]


def _after(plan: LaunchPlan, option: str) -> str:
    return plan.argv[plan.argv.index(option) + 1]


def test_hydra_starts_ranks_on_every_host() -> None:
    plan = plan_launch(RUN, _layout(), "/venv/bin/python", "/opt/mpiexec.hydra")
    assert plan.argv[0] == "/opt/mpiexec.hydra"
    assert _after(plan, "-n") == "4"
    assert _after(plan, "-ppn") == "2"
    assert _after(plan, "-bootstrap") == "ssh"
    assert _after(plan, "-iface") == "eth0"
    assert _after(plan, "-f") == "hostfile"
    assert plan.hostfile == "xeon-1\nxeon-2\n"
    assert plan.argv[-4:] == ("/venv/bin/python", "-m", "cluster.train", str(RUN))


def test_ranks_on_other_hosts_get_every_variable_on_the_command_line() -> None:
    plan = plan_launch(RUN, _layout(profile=Profile.INTEL), "python")
    given = {
        plan.argv[i + 1]: plan.argv[i + 2] for i, word in enumerate(plan.argv) if word == "-genv"
    }
    assert given == dict(rank_environment(RUN, _layout(profile=Profile.INTEL)))
    assert given.items() <= dict(plan.env).items()
    assert given["MASTER_ADDR"] == "10.0.0.1"
    assert given["MASTER_PORT"] == "29555"
    assert given["FIGMENT_RUN"] == str(RUN)
    assert "GLOO_SOCKET_IFNAME" not in given, "each rank finds its own"
    assert given["OMP_NUM_THREADS"] == "28"
    assert given["CCL_ATL_TRANSPORT"] == "ofi"
    assert not any(name.startswith("CCL") for name, _ in plan_launch(RUN, _layout(), "p").env)


def test_what_somebody_wants_otherwise_goes_over_what_is_derived() -> None:
    wanted = (("FI_PROVIDER", "psm3"), ("MASTER_PORT", "1"), ("NCCL_DEBUG", "INFO"))
    env = dict(plan_launch(RUN, _layout(extra_env=wanted), "python").env)
    assert wanted == tuple((name, env[name]) for name, _ in wanted)
    assert dict(plan_launch(RUN, _layout(), "python").env)["FI_PROVIDER"] == "tcp"


def test_what_hydra_calls_for_ssh_reaches_the_host_as_it_was_meant(tmp_path: Path) -> None:
    """With `ssh` replaced by something that writes down its words."""
    said = tmp_path / "said"
    fake = tmp_path / "ssh"
    fake.write_text(f'#!/bin/sh\nfor word in "$@"; do echo "$word"; done > {said}\n')
    fake.chmod(0o755)
    script = tmp_path / "bootstrap.sh"
    script.write_text(bootstrap_script(RUN, Path("/my configs/ssh")))
    subprocess.run(
        ["/bin/sh", str(script), "-q", "-x", "xeon-2", "/opt/proxy", "--port", "a b"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        check=True,
    )
    words = said.read_text().splitlines()
    assert words[:2] == ["-F", "/my configs/ssh"]
    assert "BatchMode=yes" in words
    at = words.index("xeon-2")
    assert words[at - 2 : at] == ["-q", "-x"]
    assert words[at + 1 :] == ["env 'FIGMENT_RUN=/data/runs/j 1'", "/opt/proxy", "--port", "a b"]


def test_what_is_compiled_is_kept_beside_the_runs() -> None:
    env = dict(rank_environment(RUN, _layout()))
    assert env["TORCHINDUCTOR_CACHE_DIR"] == "/data/compiled"


def test_one_machine_alone_needs_no_hostfile() -> None:
    layout = _layout(hosts=())
    plan = plan_launch(RUN, layout, "python")
    assert layout.world_size == 2
    assert _after(plan, "-bootstrap") == "fork"
    assert "-f" not in plan.argv
    assert plan.hostfile == ""


def test_torchrun_serves_one_machine() -> None:
    plan = plan_launch(RUN, _layout(hosts=(), launcher=LauncherKind.TORCHRUN), "python")
    assert plan.argv[:3] == ("python", "-m", "torch.distributed.run")
    assert "--nproc_per_node=2" in plan.argv
    assert plan.argv[-3:] == ("-m", "cluster.train", str(RUN))
    for hosts in (("xeon-1", "xeon-2"), ("xeon-2",)):
        with pytest.raises(LaunchError, match="other hosts needs Intel MPI"):
            plan_launch(RUN, _layout(hosts=hosts, launcher=LauncherKind.TORCHRUN), "python")
