"""Four hosts on one machine: network namespaces with addresses, names and an sshd of their own."""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.file_lock import only_one
from cluster.settings import ClusterSettings
from tests.requirements import program_or_skip, unavailable

_NETWORK = "10.213.77"
_BRIDGE = "figbr0"
_PATIENCE = 120
"""Seconds after which a host is given up; it takes one or two."""
_SSHD_CONFIG = """\
Port 22
ListenAddress {address}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/key.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
MaxStartups 100
MaxSessions 100
"""
_SSH_CONFIG = """\
Host *
    User {user}
    IdentityFile {folder}/key
    UserKnownHostsFile {folder}/known_hosts
    StrictHostKeyChecking yes
"""


def _run(*argv: str) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)}: {done.stderr.strip()}")
    return done.stdout


@dataclass
class Host:
    """One of them; its processes share the machine's files, but for `private` folders."""

    name: str
    address: str
    namespace: str
    folder: Path
    private: tuple[Path, ...] = ()
    init: subprocess.Popen[bytes] | None = None

    @property
    def _config(self) -> Path:
        return self.folder / f"sshd_{self.name}"

    def boot(self) -> None:
        """Give it a name and processes of its own, then let people in."""
        self._config.write_text(_SSHD_CONFIG.format(address=self.address, folder=self.folder))
        steps = [
            f"hostname {self.name}",
            *(
                shlex.join(("mount", "--bind", str(self.own(one)), str(one)))
                for one in self.private
            ),
            "exec sleep infinity",
        ]
        self.init = subprocess.Popen(
            # It goes when the tests go, however they do.
            ["/usr/bin/setpriv", "--pdeathsig", "KILL", "/usr/sbin/ip", "netns", "exec",
             self.namespace, "unshare", "--uts", "--mount",
             "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc", "sh",
             "-c", " && ".join(steps)]
        )  # fmt: skip
        limit = time.monotonic() + _PATIENCE
        while not self._with("sleep\0infinity"):
            if time.monotonic() > limit:
                raise RuntimeError(f"{self.name} does not come up")
            time.sleep(0.02)
        self.start_sshd()

    def start_sshd(self) -> None:
        """Let people in."""
        if not self._sshd():
            self.execute(f"/usr/sbin/sshd -f {self._config} -E {self._config}.log")

    def stop_sshd(self) -> None:
        """Let nobody in any more; who is in stays."""
        for pid in self._sshd():
            os.kill(pid, signal.SIGKILL)

    def _sshd(self) -> list[int]:
        return self._with(str(self._config))

    def _with(self, words: str) -> list[int]:
        return [pid for pid in self.pids() if words.encode() in _command_line(pid)]

    def execute(self, command: str) -> str:
        """Run a shell command on it, as if logged in."""
        first = self._with("sleep\0infinity")[0]
        return _run("/usr/bin/nsenter", "--target", str(first), "--all", "sh", "-c", command)

    def shut_down(self) -> None:
        """End all of it."""
        if self.init is not None:
            for pid in self.pids():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.init.wait()

    def own(self, shared: Path) -> Path:
        """Where this host's version of a private folder really is."""
        return self.folder / "private" / self.name / str(shared).strip("/").replace("/", "_")

    def ranks(self) -> list[int]:
        """Its ranks of training runs."""
        return self._with("cluster.train")

    def pids(self) -> list[int]:
        """All processes on it."""
        return [int(pid) for pid in _run("/usr/sbin/ip", "netns", "pids", self.namespace).split()]

    def working(self) -> list[int]:
        """Its processes that are part of a training run: launcher's proxies and ranks."""
        return self.ranks() + self._with("hydra")

    def freeze(self) -> None:
        """Stop it dead: nothing on it runs, its addresses stay."""
        for pid in self.pids():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def cut(self) -> None:
        """Pull its cable."""
        _run("/usr/sbin/ip", "link", "set", f"{self.namespace}o", "down")

    def mend(self) -> None:
        """Put the cable in again."""
        _run("/usr/sbin/ip", "link", "set", f"{self.namespace}o", "up")


def _command_line(pid: int) -> bytes:
    """Words of a live process, with NULs between them; empty for others."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return b"" if stat[0] == "Z" else Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, IndexError):
        return b""


@dataclass
class FourHosts:
    """The hosts, and how to reach them."""

    hosts: tuple[Host, ...]
    folder: Path

    @property
    def ssh_config(self) -> Path:
        """For `ssh -F`."""
        return self.folder / "ssh_config"

    def hostfile(self, *numbers: int) -> Path:
        """A hostfile of these hosts (from 0), or of all."""
        chosen = [self.hosts[n] for n in numbers] or list(self.hosts)
        path = self.folder / f"hosts-{'-'.join(host.name[-1] for host in chosen)}"
        path.write_text("".join(f"{host.address}\n" for host in chosen))
        return path

    def settings(self) -> ClusterSettings:
        """Settings of runs on all of them, one rank of one thread each."""
        return ClusterSettings(
            _env_file=None,
            hostfile=self.hostfile(),
            ssh_config=self.ssh_config,
            ranks=1,
            threads_per_rank=1,
        )

    def working(self) -> dict[str, list[int]]:
        """Processes of training runs on each host that has any."""
        return {host.name: pids for host in self.hosts if (pids := host.working())}

    def heal_network(self) -> None:
        """Let frozen hosts go on and put cables in again; what runs there, runs on."""
        for host in self.hosts:
            host.mend()
            host.thaw()
        self._wait_for_ssh()

    def heal(self) -> None:
        """Undo what tests did to the hosts, and end what they started there."""
        for host in self.hosts:
            host.mend()
            host.thaw()
            for pid in host.working():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            host.start_sshd()
        self._wait_for_ssh()

    def _wait_for_ssh(self) -> None:
        for host in self.hosts:
            limit = time.monotonic() + _PATIENCE
            command = ["/usr/bin/ssh", "-F", str(self.ssh_config), "-o", "BatchMode=yes",
                       "-o", "ConnectTimeout=2", host.address, "true"]  # fmt: skip
            while subprocess.run(command, check=False, capture_output=True).returncode:
                if time.monotonic() > limit:
                    raise RuntimeError(f"{host.name} does not answer")
                time.sleep(0.1)


def _make_keys(folder: Path, addresses: Sequence[str]) -> None:
    for name in ("key", "host_key"):
        _run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
    public = (folder / "host_key.pub").read_text()
    known = "".join(f"{address} {public}" for address in addresses)
    (folder / "known_hosts").write_text(known)
    (folder / "ssh_config").write_text(_SSH_CONFIG.format(folder=folder, user="root"))


def _remove_network(count: int) -> None:
    words = [["netns", "del", f"fig{number}"] for number in range(1, count + 1)]
    words += [["link", "del", f"fig{number}o"] for number in range(1, count + 1)]
    for rest in (*words, ["link", "del", _BRIDGE]):
        subprocess.run(["/usr/sbin/ip", *rest], check=False, capture_output=True)


def _make_network(hosts: Sequence[Host]) -> None:
    ip = "/usr/sbin/ip"
    _run(ip, "link", "add", _BRIDGE, "type", "bridge")
    _run(ip, "addr", "add", f"{_NETWORK}.1/24", "dev", _BRIDGE)
    _run(ip, "link", "set", _BRIDGE, "up")
    for host in hosts:
        ns = host.namespace
        _run(ip, "netns", "add", ns)
        _run(ip, "link", "add", f"{ns}o", "type", "veth", "peer", "name", "eth0", "netns", ns)
        _run(ip, "link", "set", f"{ns}o", "master", _BRIDGE, "up")
        _run(ip, "-n", ns, "addr", "add", f"{host.address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            _run(ip, "-n", ns, "link", "set", device, "up")


@contextmanager
def four_hosts(
    count: int = 4,
    private: tuple[Path, ...] = (),
    before_boot: Callable[[Path, Path], None] | None = None,
) -> Iterator[FourHosts]:
    """Make them; `private` folders are another folder on each host, empty unless filled by
    `before_boot(own, shared)`.

    Skipped where it cannot be done (it needs root, iproute2 and sshd), or a failure where the
    machine has promised that it can.
    """
    for program in ("/usr/sbin/sshd", "/usr/sbin/ip", "/usr/bin/ssh"):
        program_or_skip("hosts", program)
    if os.geteuid() != 0:
        unavailable("hosts", "four hosts on one machine need root, to make network namespaces")
    # Their names and addresses are the machine's: who comes second waits.
    with only_one(Path("/run/figment-hosts.lock")):
        yield from _made(count, private, before_boot)


def _made(
    count: int,
    private: tuple[Path, ...],
    before_boot: Callable[[Path, Path], None] | None,
) -> Iterator[FourHosts]:
    folder = Path(tempfile.mkdtemp(prefix="figment-hosts-"))
    Path("/run/sshd").mkdir(exist_ok=True)
    hosts = tuple(
        Host(f"figment-{n}", f"{_NETWORK}.{10 + n}", f"fig{n}", folder, private)
        for n in range(1, count + 1)
    )
    for host in hosts:
        for one in private:
            one.mkdir(parents=True, exist_ok=True)
            host.own(one).mkdir(parents=True)
            if before_boot is not None:
                before_boot(host.own(one), one)
    _remove_network(count)
    try:
        _make_keys(folder, [host.address for host in hosts])
        _make_network(hosts)
        for host in hosts:
            host.boot()
        all_of_them = FourHosts(hosts, folder)
        all_of_them.heal()
        yield all_of_them
    finally:
        for host in hosts:
            host.shut_down()
        _remove_network(count)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount an empty disk of `size` on a folder, where this may be done."""
    if os.geteuid() != 0:
        unavailable("hosts", "a disk of its own needs root, to be mounted")
    _run("/usr/bin/mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder))
    try:
        yield folder
    finally:
        _run("/usr/bin/umount", "-l", str(folder))
