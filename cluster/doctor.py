"""From facts about hosts to findings a person can act on. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from cluster.facts import Answered, HostFacts, ThisMachine
from cluster.spec import Profile


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """No job can use the host."""
    WARNING = "warning"
    """A job would start, but slower or less safely than it could."""


class Finding(BaseModel):
    """Something that is not as it should be."""

    model_config = ConfigDict(frozen=True)

    id: str
    """Stable; a heading of docs/how-to/cluster.md."""
    severity: Severity
    host: str
    message: str
    hint: str


_INTEL_HINT = (
    "Install torch, intel-extension-for-pytorch and oneccl_bind_pt of the same version there "
    "(2.8.0 is the last), or set FIGMENT_PROFILE=native."
)
_COPIED = "`figment cluster setup` copies this machine's there."
_GIB = 1 << 30
LEAST_DISK = 1 * _GIB
"""A run leaves some 10 MB; the rest is for logs, and for whoever else uses the disk."""
LEAST_MEMORY = 3 * _GIB
"""Of Stable Diffusion 1.5 in bf16 with activations, one rank, as measured at 512 x 512."""
MOST_SKEW = 10.0
"""Seconds. Errors of all ranks are put in order by their clocks."""

_SSH_TROUBLES = (
    ("host key verification failed", "ssh_host_key", "The key of {host} is not the one I know.",
     "If the host was set up anew: ssh-keygen -R {host}, then ssh {host} once by hand."),
    ("permission denied", "ssh_login", "{host} does not let me in without a password.",
     "ssh-copy-id {host}, as the user that runs Figment."),
    ("could not resolve", "ssh_name", "Nobody here knows a host called {host}.",
     "Put it into /etc/hosts or the DNS, or write its address into the hostfile."),
    ("connection refused", "ssh_refused", "{host} is on, but no sshd answers there.",
     "On {host}: systemctl start ssh."),
    ("banner exchange", "ssh_silent", "{host} takes the connection, but does not answer.",
     "It may be frozen or overloaded; look at its console."),
    ("no answer within", "ssh_silent", "{host} let me in, but did not answer.",
     "It may be frozen or overloaded; look at its console."),
    ("no route to host", "ssh_unreachable", "There is no way to {host} over the network.",
     "See whether it is on, and its cable and firewall."),
)  # fmt: skip


def _finding(key: str, host: str, message: str, hint: str, bad: bool = True) -> Finding:
    severity = Severity.ERROR if bad else Severity.WARNING
    return Finding(id=key, severity=severity, host=host, message=message, hint=hint)


def _unanswered(one: Answered) -> Finding:
    said = one.trouble.strip().splitlines()[-1:] or ["it said nothing"]
    host = one.host
    if one.code in (255, -1):
        for words, key, message, hint in _SSH_TROUBLES:
            if words in one.trouble.lower():
                return _finding(key, host, message.format(host=host), hint.format(host=host))
        return _finding(
            "ssh_unreachable",
            host,
            f"{host} cannot be reached over ssh: {said[0][:200]}",
            "See whether it is on, and its network and sshd.",
        )
    return _finding(
        "figment_missing",
        host,
        f"{host} has no working Figment where this machine has it: {said[0][:200]}",
        "`figment cluster setup` copies it there, to the same path.",
    )


def _own(host: str, facts: HostFacts, folder: str) -> Iterable[Finding]:
    """What is wrong with one host, whatever the others are."""
    if facts.base_trouble:
        yield _finding(
            "base_missing",
            host,
            f"The base model is not whole on {host}: {facts.base_trouble}",
            "Copy it there from this machine, to the same path.",
        )
    if facts.preview_vae_trouble:
        yield _finding(
            "preview_vae_missing",
            host,
            f"The preview VAE is not whole on {host}: {facts.preview_vae_trouble}",
            "Copy it there from this machine, to the same path, or leave FIGMENT_PREVIEW_VAE out.",
        )
    if not facts.interface:
        yield _finding(
            "no_route",
            host,
            f"{host} has no way to the main host.",
            "The hosts need one network in common; see `ip route` there.",
        )
    if facts.address.startswith("127."):
        yield _finding(
            "name_is_loopback",
            host,
            f"{host} takes its own name {facts.hostname} for {facts.address}.",
            f"In /etc/hosts of {host}, give {facts.hostname} its address on the network.",
            bad=False,
        )
    if facts.disk_free < LEAST_DISK:
        yield _finding(
            "disk_full",
            host,
            f"{host} has {facts.disk_free / _GIB:.1f} GiB left for {folder}; "
            f"{LEAST_DISK / _GIB:.0f} are needed.",
            "Make room; old folders under runs/ may be deleted.",
        )
    elif not facts.writes:
        yield _finding(
            "folder_not_writable",
            host,
            f"{host} cannot write to {folder}.",
            "See the owner and the mount options of the folder there.",
        )
    if facts.memory_free < LEAST_MEMORY:
        yield _finding(
            "memory_low",
            host,
            f"{host} has {facts.memory_free / _GIB:.1f} GiB of memory free.",
            "A rank of Stable Diffusion 1.5 takes about 3 GiB; end what else runs there.",
            bad=False,
        )
    if facts.leftovers:
        runs = sorted({one.run for one in facts.leftovers})
        yield _finding(
            "leftovers",
            host,
            f"{len(facts.leftovers)} processes of {', '.join(runs)} are on {host}.",
            "Unless that run goes on: `python -m cluster.sweep RUN_FOLDER` there ends them.",
            bad=False,
        )


def lacks_for_profile(host: str, packages: dict[str, str], profile: Profile) -> tuple[Finding, ...]:
    """What the Intel profile needs and a host lacks; each pairs with one version of torch."""
    if profile is not Profile.INTEL:
        return ()
    wanted = {"no_ipex": "intel-extension-for-pytorch", "no_ccl": "oneccl-bind-pt"}
    torch = packages.get("torch", "")
    findings = []
    for key, name in wanted.items():
        version = packages.get(name, "")
        if not version:
            message = f"The intel profile needs {name}, which {host} does not have."
        elif _series(version) != _series(torch):
            key, message = "profile_differs", f"{host} has {name} {version} beside torch {torch}."
        else:
            continue
        findings.append(_finding(key, host, message, _INTEL_HINT))
    return tuple(findings)


def _series(version: str) -> list[str]:
    return version.split(".")[:2]


def _odd_ones(
    key: str,
    what: str,
    values: dict[str, str],
    usual: str,
    hint: str,
    whose: str = "this machine",
) -> Iterable[Finding]:
    """Hosts whose value is not `usual`, which is that of `whose`."""
    for host, value in values.items():
        if value != usual:
            message = f"{host} has {what} {value or 'not'}, {whose} {usual or 'not'}."
            yield _finding(key, host, message, hint)


def _unlike_here(facts: dict[str, HostFacts], here: ThisMachine) -> Iterable[Finding]:
    """Where a host differs from this machine and must not, however many differ alike.

    A concept is recorded as of this machine's base, and a slot may be one host alone.
    """
    yield from _odd_ones(
        "python_differs",
        "Python",
        {host: _minor(one.python) for host, one in facts.items()},
        _minor(here.python),
        "All hosts need this machine's Python.",
    )
    packages = {name for one in facts.values() for name in one.packages}
    for name in sorted(packages.union(here.packages)):
        yield from _odd_ones(
            "version_differs",
            name,
            {host: one.packages.get(name, "") for host, one in facts.items()},
            here.packages.get(name, ""),
            _COPIED,
        )
    for host, one in facts.items():
        if one.code != here.code:
            message = f"{host} has another state of Figment's code than this machine."
            yield _finding("code_differs", host, message, _COPIED)
    yield from _odd_ones(
        "base_differs",
        "a base model with the hash",
        {host: one.base_hash for host, one in facts.items() if one.base_hash},
        here.base_hash,
        _COPIED,
    )


def _minor(python: str) -> str:
    return python.rsplit(".", 1)[0]


def _unlike_each_other(facts: dict[str, HostFacts]) -> Iterable[Finding]:
    """Hosts that compute in another way than most; than the first, where there are as many."""
    with_bf16 = {host: "bf16" if one.cpu_flags else "" for host, one in facts.items()}
    counts = Counter(with_bf16.values())
    usual = max(with_bf16.values(), key=lambda value: counts[value], default="")
    hint = "The slowest host sets the pace of all."
    for finding in _odd_ones("bf16_differs", "a CPU with", with_bf16, usual, hint, "the others"):
        yield finding.model_copy(update={"severity": Severity.WARNING})


def diagnose(
    answers: Sequence[Answered],
    folder: str,
    here: ThisMachine,
    wanted_interface: str = "",
    profile: Profile = Profile.NATIVE,
) -> tuple[Finding, ...]:
    """Everything that is wrong with the hosts, in their order; nothing for healthy ones.

    The first of `answers` is the main host. `wanted_interface` is what GLOO_SOCKET_IFNAME was
    set to by hand.
    """
    findings = [_unanswered(one) for one in answers if one.facts is None]
    facts = {one.host: one.facts for one in answers if one.facts is not None}
    for host, own in facts.items():
        findings += _own(host, own, folder)
        findings += lacks_for_profile(host, own.packages, profile)
        if wanted_interface and wanted_interface not in own.interfaces:
            findings.append(
                _finding(
                    "interface_unknown",
                    host,
                    f"{host} has no network interface called {wanted_interface}.",
                    f"It has {', '.join(own.interfaces)}; without the setting each finds its own.",
                )
            )
    findings += _unlike_here(facts, here)
    findings += _unlike_each_other(facts)
    for one in answers:
        if one.facts is not None and abs(one.skew) > MOST_SKEW:
            findings.append(
                _finding(
                    "clock_skew",
                    one.host,
                    f"The clock of {one.host} is {one.skew:+.0f} s off from this machine's.",
                    "Start chrony or ntpd there.",
                    bad=False,
                )
            )
    if answers and answers[0].facts is not None and not answers[0].facts.port_free:
        findings.append(
            _finding(
                "port_busy",
                answers[0].host,
                f"Something listens on the master port of {answers[0].host} already.",
                "Set FIGMENT_MASTER_PORT=0: then each job takes a free one.",
            )
        )
    order = {one.host: number for number, one in enumerate(answers)}
    return tuple(sorted(findings, key=lambda finding: order[finding.host]))


def would_start(findings: Iterable[Finding]) -> bool:
    """Whether a job would start on all of the hosts."""
    return all(finding.severity is not Severity.ERROR for finding in findings)
