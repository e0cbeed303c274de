"""Makes a folder on a host the same as here: by rsync where both have it, else by tar over ssh."""

import json
import re
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import IO

from cluster import listing as program
from cluster.errors import LaunchError
from cluster.listing import Entry, listing
from cluster.ssh import Answer, last_line, on_host, ssh_command

_SSH_SECONDS = 60.0
_COPY_SECONDS = 3600.0
_CHANGED = re.compile(r"^(?:[<>ch.][fdLDS]|\*deleting)", re.MULTILINE)
"""A line of rsync's --itemize-changes that tells of a file sent, made or deleted."""


def send(
    folder: Path, host: str, ssh_config: Path | None, python: str, skip: tuple[str, ...] = ()
) -> int:
    """Send what differs and delete what is not here; return how many entries that were.

    `python` is any Python 3 on the host. Names that match a pattern of `skip` are left alone.

    Raises:
        LaunchError: it cannot be done; the folder there may be half the same by then.
    """
    made = on_host(ssh_config, host, ("mkdir", "-p", "--", str(folder)), _SSH_SECONDS)
    _check(made, folder, host)
    there = on_host(ssh_config, host, ("sh", "-c", "command -v rsync"), _SSH_SECONDS)
    if shutil.which("rsync") and there.code == 0:
        return _by_rsync(folder, host, ssh_config, skip)
    return _by_tar(folder, host, ssh_config, python, skip)


def _copied(words: tuple[str, ...], stdin: IO[bytes] | None = None) -> Answer:
    """What came of a program that copies; one that does not end is a failure like others."""
    try:
        done = subprocess.run(  # noqa: S603 - our own words, and those quoted
            words,
            stdin=stdin,
            capture_output=True,
            text=True,
            timeout=_COPY_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Answer(-1, "", f"it was not done after {_COPY_SECONDS:.0f} s")
    return Answer(done.returncode, done.stdout, done.stderr)


def _by_rsync(folder: Path, host: str, ssh_config: Path | None, skip: tuple[str, ...]) -> int:
    done = _copied(
        (
            shutil.which("rsync") or "rsync",
            # Writing bytecode changes the times of folders.
            *("--archive", "--omit-dir-times", "--delete", "--itemize-changes"),
            # Rsync is told not to split words.
            *("--protect-args", "--timeout=60"),
            *(f"--exclude={pattern}" for pattern in skip),
            *("-e", shlex.join(ssh_command(ssh_config))),
            *("--", f"{folder}/", f"{host}:{folder}/"),
        )
    )
    _check(done, folder, host)
    return len(_CHANGED.findall(done.out))


def _by_tar(
    folder: Path, host: str, ssh_config: Path | None, python: str, skip: tuple[str, ...]
) -> int:
    ours = listing(str(folder), list(skip))
    source = Path(program.__file__).read_bytes()
    answer = on_host(
        ssh_config, host, (python, "-", str(folder), *skip), _SSH_SECONDS, stdin=source
    )
    _check(answer, folder, host)
    listed = json.loads(last_line(answer))
    theirs = {name: tuple(entry) for name, entry in listed.items()}
    old, new = differences(ours, theirs)
    if old:
        words = ("sh", "-c", 'cd -- "$1" && xargs -0 rm -rf --', "sh", str(folder))
        gone = on_host(ssh_config, host, words, _SSH_SECONDS, stdin="\0".join(old).encode())
        _check(gone, folder, host)
    if new:
        _pack_over(folder, host, ssh_config, new)
    return len({*old, *new})


def differences(
    ours: dict[str, Entry], theirs: dict[str, Entry]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What has to be deleted there, since it is not here or of another kind, and what sent."""
    old = (name for name, entry in theirs.items() if name not in ours or ours[name][0] != entry[0])
    new = (name for name, entry in ours.items() if theirs.get(name) != entry)
    return tuple(sorted(old)), tuple(sorted(new))


def _pack_over(folder: Path, host: str, ssh_config: Path | None, names: tuple[str, ...]) -> None:
    unpack = shlex.join(("tar", "-x", "-p", "-C", str(folder)))
    with tempfile.NamedTemporaryFile() as wanted:
        wanted.write("\0".join(names).encode())
        wanted.flush()
        pack = ("tar", "-c", "-C", str(folder), "--no-recursion", "--null", "-T", wanted.name)
        with subprocess.Popen(pack, stdout=subprocess.PIPE) as sender:  # noqa: S603 - a list
            done = _copied((*ssh_command(ssh_config), "-x", host, unpack), sender.stdout)
    _check(replace(done, code=done.code or sender.returncode), folder, host)


def _check(answer: Answer, folder: Path, host: str) -> None:
    if answer.code != 0:
        last = ((answer.err or answer.out).strip().splitlines() or ["it gave no answer"])[-1]
        raise LaunchError(
            "not_sent",
            f"{folder} could not be brought to {host}: {last[:200]}",
            "`figment doctor` says whether the host is well and has room.",
        )
