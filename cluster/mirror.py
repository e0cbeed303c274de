"""Brings home what ranks leave in the run folders of hosts that have their own."""

import json
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import structlog
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

from cluster.news import known_files
from cluster.run_dir import RunDir, write_atomically
from cluster.ssh import last_line, on_each, on_host

_log = structlog.get_logger()

_EVERY_SECONDS = 3.0
_SSH_SECONDS = 10.0
_MARK = ".mirrored"
"""Changed whenever the hosts were asked, by whichever process."""
_NAME = (
    r"^(log/rank-\d+\.log|progress\.jsonl|checkpoints/step-\d+\.(safetensors|state)"
    r"|previews/step-\d+-\d+\.png|error/rank-\d+\.json|learned_embeds\.safetensors|result\.json)$"
)
_BEAT = re.compile(r"^rank-\d+$")


class _File(BaseModel):
    """A part of a file; from its beginning if `start` is 0. `changed` in nanoseconds."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(pattern=_NAME)
    """A host has no say in where we write."""
    start: int = Field(ge=0)
    changed: int
    data: Base64Bytes


class _News(BaseModel):
    model_config = ConfigDict(frozen=True)

    files: tuple[_File, ...]
    silent: dict[str, float]


def mirror(run: RunDir, hosts: Sequence[str], ssh_config: Path | None, due: bool = False) -> None:
    """Fetch what is new on `hosts`; not more often than every few seconds, unless it is `due`.

    A host that does not answer is passed over: its heartbeats stand still then, which is how it
    is noticed. Times are told in seconds ago, so the clocks of the hosts do not matter.
    """
    if not hosts or not (due or _long_ago(run.path / _MARK)):
        return
    (run.path / _MARK).touch()
    told = on_each(hosts, lambda host: _ask(run, host, ssh_config))
    for news in told.values():
        if news is not None:
            _write(run, news)


def _long_ago(mark: Path) -> bool:
    try:
        return abs(time.time() - mark.stat().st_mtime) >= _EVERY_SECONDS
    except FileNotFoundError:
        return True


def _ask(run: RunDir, host: str, ssh_config: Path | None) -> _News | None:
    words = (sys.executable, "-m", "cluster.news", str(run.path))
    known = json.dumps(known_files(run.path)).encode()
    answer = on_host(ssh_config, host, words, _SSH_SECONDS, known)
    try:
        return _News.model_validate_json(last_line(answer))
    except ValidationError:
        _log.info("no_news", host=host, run=str(run.path), said=answer.err.strip()[-200:])
        return None


def _write(run: RunDir, news: _News) -> None:
    now = time.time()
    for name, seconds in news.silent.items():
        if _BEAT.match(name):
            beat = run.path / "heartbeat" / name
            beat.touch()
            os.utime(beat, (now - seconds, now - seconds))
    for file in news.files:
        path = run.path / file.name
        if file.start == 0:
            write_atomically(path, file.data)
            os.utime(path, ns=(file.changed, file.changed))
        elif path.stat().st_size == file.start:
            with path.open("ab") as out:
                out.write(file.data)
