"""What the doctor makes of facts."""

from typing import Any

import pytest

from cluster.doctor import Finding, Severity, diagnose, would_start
from cluster.facts import Answered, HostFacts, Leftover, ThisMachine
from cluster.spec import Profile

WELL = HostFacts(
    hostname="xeon",
    address="10.0.0.1",
    interface="eth0",
    interfaces=("lo", "eth0"),
    python="3.11.7",
    packages={"torch": "2.13.0", "figment": "0.1"},
    base_hash="abc",
    base_trouble="",
    writes=True,
    disk_free=100 << 30,
    memory_free=100 << 30,
    cores=56,
    cpu_flags=("avx512_bf16",),
    tcmalloc="",
    libiomp5="",
    time=0,
    port_free=True,
    leftovers=(),
)


HERE = ThisMachine(python="3.11.4", packages=WELL.packages, code=WELL.code, base_hash="abc")
"""What every host must have as this machine has it."""


def answered(host: str = "a", skew: float = 0.0, **changes: Any) -> Answered:
    facts = WELL.model_copy(update=changes)
    return Answered(host=host, facts=facts, trouble="", code=0, skew=skew)


def silent(code: int, trouble: str) -> Answered:
    return Answered(host="b", facts=None, trouble=trouble, code=code, skew=0)


def ids(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.id, finding.host) for finding in findings]


def test_healthy_hosts_give_no_findings() -> None:
    assert diagnose([answered("a"), answered("b"), answered("c")], "/data", HERE) == ()


@pytest.mark.parametrize(
    ("said", "code", "key"),
    [
        ("Host key verification failed.", 255, "ssh_host_key"),
        ("root@b: Permission denied (publickey,password).", 255, "ssh_login"),
        ("ssh: Could not resolve hostname b: Name or service not known", 255, "ssh_name"),
        ("ssh: connect to host b port 22: Connection refused", 255, "ssh_refused"),
        ("ssh: connect to host b port 22: No route to host", 255, "ssh_unreachable"),
        ("ssh: connect to host b port 22: Connection timed out", 255, "ssh_unreachable"),
        ("Connection timed out during banner exchange", 255, "ssh_silent"),
        ("no answer within 60 s", -1, "ssh_silent"),
        ("sh: 1: /opt/venv/bin/python: not found", 127, "figment_missing"),
        ("/usr/bin/python: No module named cluster", 1, "figment_missing"),
        ("", 1, "figment_missing"),
    ],
)
def test_why_a_host_did_not_answer(said: str, code: int, key: str) -> None:
    findings = diagnose([answered("a"), silent(code, said)], "/data", HERE)
    assert ids(findings) == [(key, "b")]
    assert "b" in findings[0].message
    assert "{" not in findings[0].message + findings[0].hint
    assert not would_start(findings)


@pytest.mark.parametrize(
    ("changes", "key", "severity"),
    [
        ({"base_trouble": "it lacks unet", "base_hash": ""}, "base_missing", Severity.ERROR),
        ({"preview_vae_trouble": "no folder"}, "preview_vae_missing", Severity.ERROR),
        ({"base_hash": "other"}, "base_differs", Severity.ERROR),
        ({"interface": ""}, "no_route", Severity.ERROR),
        ({"address": "127.0.1.1"}, "name_is_loopback", Severity.WARNING),
        ({"disk_free": 10, "writes": False}, "disk_full", Severity.ERROR),
        ({"writes": False}, "folder_not_writable", Severity.ERROR),
        ({"memory_free": 1 << 30}, "memory_low", Severity.WARNING),
        ({"python": "3.12.1"}, "python_differs", Severity.ERROR),
        ({"packages": {"torch": "2.8.0", "figment": "0.1"}}, "version_differs", Severity.ERROR),
        ({"packages": {"figment": "0.1"}}, "version_differs", Severity.ERROR),
        ({"cpu_flags": ()}, "bf16_differs", Severity.WARNING),
        ({"skew": 61.0}, "clock_skew", Severity.WARNING),
        ({"skew": -61.0}, "clock_skew", Severity.WARNING),
        ({"leftovers": (Leftover(pid=1, run="/r"),)}, "leftovers", Severity.WARNING),
    ],
)
def test_what_is_wrong_with_one_host(changes: dict[str, Any], key: str, severity: Severity) -> None:
    findings = diagnose([answered("a"), answered("b", **changes), answered("c")], "/data", HERE)
    assert ids(findings) == [(key, "b")]
    assert findings[0].severity is severity
    assert would_start(findings) is (severity is Severity.WARNING)
    assert findings[0].hint


def test_a_patch_of_python_is_no_difference() -> None:
    assert diagnose([answered("a"), answered("b", python="3.11.9")], "/data", HERE) == ()


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"base_hash": "other"}, "base_differs"),
        ({"python": "3.12.1"}, "python_differs"),
        ({"packages": {"torch": "2.8.0", "figment": "0.1"}}, "version_differs"),
        ({"code": "other"}, "code_differs"),
    ],
)
@pytest.mark.parametrize("hosts", ["a", "abc"])
def test_hosts_that_are_alike_may_still_not_be_as_this_machine_is(
    changes: dict[str, Any], key: str, hosts: str
) -> None:
    """What a job records is this machine's base, and a slot may be one host alone."""
    findings = diagnose([answered(host, **changes) for host in hosts], "/data", HERE)
    assert ids(findings) == [(key, host) for host in hosts]
    assert all("this machine" in finding.message for finding in findings)
    assert not would_start(findings)


def test_where_half_have_no_bf16_the_main_host_is_the_usual_one() -> None:
    findings = diagnose([answered("a"), answered("b", cpu_flags=())], "/data", HERE)
    assert ids(findings) == [("bf16_differs", "b")]


def test_an_interface_that_was_asked_for_must_be_everywhere() -> None:
    other = answered("b", interfaces=("lo", "ens3"))
    assert diagnose([answered("a"), other], "/data", HERE) == ()
    assert ids(diagnose([answered("a"), other], "/data", HERE, "eth0")) == [
        ("interface_unknown", "b")
    ]


def test_only_the_main_hosts_port_matters() -> None:
    busy = {"port_free": False}
    assert ids(diagnose([answered("a"), answered("b", **busy)], "/data", HERE)) == []
    assert ids(diagnose([answered("a", **busy), answered("b")], "/data", HERE)) == [
        ("port_busy", "a")
    ]


def test_findings_come_in_the_hosts_order() -> None:
    findings = diagnose(
        [answered("a", interface=""), silent(255, ""), answered("c", skew=99)], "/", HERE
    )
    assert [finding.host for finding in findings] == ["a", "b", "c"]


_INTEL = {"torch": "2.8.0+cpu", "intel-extension-for-pytorch": "2.8.0", "oneccl-bind-pt": "2.8.0"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"oneccl-bind-pt": ""}, ["no_ccl"]),
        ({"intel-extension-for-pytorch": ""}, ["no_ipex"]),
        ({"torch": "2.13.0"}, ["profile_differs", "profile_differs"]),
        ({"oneccl-bind-pt": "2.7.0+cpu"}, ["profile_differs"]),
    ],
)
def test_what_the_intel_profile_needs(changes: dict[str, str], expected: list[str]) -> None:
    packages = {name: value for name, value in (_INTEL | changes).items() if value}
    here = HERE.model_copy(update={"packages": packages})
    findings = diagnose([answered("a", packages=packages)], "/data", here, profile=Profile.INTEL)
    assert ids(findings) == [(key, "a") for key in expected]
    assert would_start(findings) is (not expected)
    assert all("FIGMENT_PROFILE=native" in finding.hint for finding in findings)


def test_the_native_profile_needs_none_of_it() -> None:
    assert diagnose([answered("a")], "/data", HERE, profile=Profile.NATIVE) == ()


@pytest.mark.parametrize("theirs", ["def", ""])
def test_code_of_another_state_is_found_whatever_its_version(theirs: str) -> None:
    here = HERE.model_copy(update={"code": "abc"})
    findings = diagnose([answered("a", code="abc"), answered("b", code=theirs)], "/d", here)
    assert ids(findings) == [("code_differs", "b")]
    assert not would_start(findings)


def test_facts_of_a_newer_host_are_understood() -> None:
    told = WELL.model_dump() | {"something": "new"}
    assert HostFacts.model_validate(told) == WELL
