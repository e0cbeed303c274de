"""Which hosts a job is started on."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from cluster.check_up import Report
from cluster.doctor import Finding, Severity
from cluster.errors import LaunchError
from cluster.facts import ThisMachine
from cluster.fit_hosts import FitHosts, LeftOutHost, fit_hosts
from cluster.settings import ClusterSettings

HOSTS = ("a", "b", "c")
SETTINGS = ClusterSettings(_env_file=None)
BASE = Path("/base")
HERE = ThisMachine(python="3.11.7", packages={"torch": "2.13.0"}, code="abc", base_hash="def")


def finding(key: str, host: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(id=key, severity=severity, host=host, message=f"{host} is ill.", hint="Do it.")


class Doctor:
    """Stands for `check_up`: finds what a test says, and writes down whom it saw."""

    def __init__(self) -> None:
        self.ill: list[Finding] = []
        self.seen: list[tuple[str, ...]] = []
        self.gone: tuple[str, ...] = ()
        self.here = HERE

    def check_up(self, hosts: tuple[str, ...], *_: object) -> Report:
        self.seen.append(hosts)
        found = tuple(one for one in self.ill if one.host in hosts)
        ok = all(one.severity is Severity.WARNING for one in found)
        return Report(ok=ok, seconds=1, findings=found, preload=("libtcmalloc.so.4",))

    def unreachable(self, _: object, hosts: Sequence[str]) -> tuple[str, ...]:
        return self.gone


@pytest.fixture
def doctor(monkeypatch: pytest.MonkeyPatch) -> Doctor:
    doctor = Doctor()
    monkeypatch.setattr("cluster.fit_hosts.check_up", doctor.check_up)
    monkeypatch.setattr("cluster.fit_hosts.unreachable", doctor.unreachable)
    monkeypatch.setattr("cluster.fit_hosts.this_machine", lambda _: doctor.here)
    return doctor


def fit(folder: Path, now: float = 1000.0, hosts: tuple[str, ...] = HOSTS) -> FitHosts:
    return fit_hosts(hosts, SETTINGS, folder, BASE, now)


def test_a_good_result_counts_for_a_while(doctor: Doctor, tmp_path: Path) -> None:
    assert fit(tmp_path) == fit(tmp_path, 1599.0) == FitHosts(HOSTS, (), ("libtcmalloc.so.4",))
    assert len(doctor.seen) == 1
    fit(tmp_path, 1600.0)
    assert len(doctor.seen) == 2, "it has become old"
    fit(tmp_path, 1601.0, ("a", "b"))
    assert doctor.seen[-1] == ("a", "b"), "other hosts are another question"


def test_a_host_that_has_gone_since_is_looked_at(doctor: Doctor, tmp_path: Path) -> None:
    fit(tmp_path)
    doctor.gone = ("b",)
    doctor.ill = [finding("ssh_silent", "b")]
    found = fit(tmp_path, 1001.0)
    assert found.hosts == ("a", "c")
    assert found.left_out == (LeftOutHost("b", "b is ill. Do it."),)


def test_the_ill_are_left_out_and_not_remembered_as_well(doctor: Doctor, tmp_path: Path) -> None:
    doctor.ill = [finding("disk_full", "a"), finding("clock_skew", "c", Severity.WARNING)]
    assert fit(tmp_path).hosts == ("b", "c")
    assert doctor.seen == [HOSTS, ("b", "c")]
    doctor.ill = []
    assert fit(tmp_path, 1001.0).hosts == HOSTS


@pytest.mark.parametrize("ill", [("a", "b", "c"), ("all_reduce",)])
def test_without_a_fit_host_there_is_no_job(
    doctor: Doctor, tmp_path: Path, ill: tuple[str, ...]
) -> None:
    doctor.ill = [finding("all_reduce", "a") if one == "all_reduce" else finding("x", one)
                  for one in ill]  # fmt: skip
    with pytest.raises(LaunchError, match="a is ill") as caught:
        fit(tmp_path)
    assert caught.value.hint == "Do it."


def test_a_memory_that_cannot_be_read_is_none(doctor: Doctor, tmp_path: Path) -> None:
    fit(tmp_path)
    for memory in tmp_path.glob(".doctor-*.json"):
        memory.write_text("{")
    assert fit(tmp_path).hosts == HOSTS
    assert len(doctor.seen) == 2


def test_slots_do_not_forget_for_each_other(doctor: Doctor, tmp_path: Path) -> None:
    for _ in range(2):
        for hosts in (("a", "b"), ("c",)):
            assert fit(tmp_path, hosts=hosts).hosts == hosts
    assert len(doctor.seen) == 2


@pytest.mark.parametrize(
    "change", [{"code": "new"}, {"packages": {"torch": "2.14.0"}}, {"base_hash": "another"}]
)
def test_a_good_result_does_not_outlive_an_upgrade(
    doctor: Doctor, tmp_path: Path, change: dict[str, object]
) -> None:
    fit(tmp_path)
    doctor.here = HERE.model_copy(update=change)
    fit(tmp_path, 1001.0)
    assert len(doctor.seen) == 2


def test_a_warning_is_not_told_as_why_no_job_starts(
    doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor.ill = [finding("disk_full", "a"), finding("clock_skew", "b", Severity.WARNING)]

    def check_up(hosts: tuple[str, ...], *_: object) -> Report:
        report = doctor.check_up(hosts)
        if hosts == HOSTS:
            return report
        late = (*report.findings, finding("all_reduce", "b"))
        return report.model_copy(update={"ok": False, "findings": late})

    monkeypatch.setattr("cluster.fit_hosts.check_up", check_up)
    with pytest.raises(LaunchError) as caught:
        fit(tmp_path)
    assert caught.value.code == "all_reduce"
