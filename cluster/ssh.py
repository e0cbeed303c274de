"""Commands on the hosts over ssh: never a password, never for ever."""

import shlex
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_FAILED = 255
"""What ssh itself exits with; a command's own exit code may be the same, which is rare."""
_CONNECT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command on a host came to."""

    code: int
    """Its exit code; 255 where ssh failed, -1 where it took too long."""
    out: str
    err: str

    @property
    def reached(self) -> bool:
        """Whether the host let us in at all."""
        return self.code not in (_FAILED, -1)


def last_line(answer: Answer) -> str:
    """What a program of ours answered: shells that greet write before it."""
    return answer.out.strip().rpartition("\n")[2]


def ssh_command(config: Path | None, connect_seconds: int = _CONNECT_SECONDS) -> tuple[str, ...]:
    """The words before a host's name. Dead connections end after about 15 seconds."""
    return (
        "ssh",
        *(("-F", str(config)) if config else ()),
        "-o", "BatchMode=yes",
        "-o", f"ConnectTimeout={connect_seconds}",
        "-o", "ServerAliveInterval=5",
        "-o", "ServerAliveCountMax=3",
    )  # fmt: skip


def on_host(
    config: Path | None, host: str, argv: Sequence[str], seconds: float, stdin: bytes = b""
) -> Answer:
    """Run `argv` on `host`; words reach it as they are, whatever is in them."""
    command = (*ssh_command(config), "-x", host, shlex.join(argv))
    try:
        done = subprocess.run(  # noqa: S603 - the remote words are quoted
            command, input=stdin, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return Answer(-1, "", f"no answer within {seconds:.0f} s")
    except OSError as error:
        return Answer(_FAILED, "", f"ssh cannot be started: {error.strerror}")
    return Answer(
        done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    )


def on_each(hosts: Sequence[str], call: Callable[[str], T]) -> dict[str, T]:
    """Call once for every host, all at the same time; the results in the hosts' order."""
    if not hosts:
        return {}
    with ThreadPoolExecutor(max_workers=min(32, len(hosts))) as pool:
        return dict(zip(hosts, pool.map(call, hosts), strict=True))


def unreachable(config: Path | None, hosts: Sequence[str], seconds: float = 8) -> tuple[str, ...]:
    """Those of the hosts that let nobody in now."""
    answers = on_each(hosts, lambda host: on_host(config, host, ("true",), seconds))
    return tuple(host for host, answer in answers.items() if not answer.reached)
