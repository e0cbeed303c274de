"""The run folder: the whole contract between a run and whoever watches it."""

import json
import os
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from cluster.errors import RunDirError
from cluster.spec import TrainSpec


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


R = TypeVar("R", bound=_Record)

_RESERVE_BYTES = 64 * 1024
STOP_AND_KEEP = "stop_and_keep"
"""The file by which somebody asks a run to end with what it has learned so far."""


class ProgressLine(_Record):
    """One step as rank 0 wrote it down."""

    step: int
    of: int
    loss: float
    eval_loss: float | None = None
    lr: float
    seconds_per_step: float
    eta_seconds: float
    time: float
    last: bool = False
    """Whether no step follows: the best rows are measured and written down."""


class Scores(_Record):
    """How good a concept is; None is what was not measured."""

    gap_closed: float | None = None
    """Share of the way from the person's word to the best description in words, by the loss on
    the evaluation batch; 1 is as good as the words."""
    editability: float | None = None
    """Share of drawn pictures in which the place of the prompt can still be told."""
    clip_image: float | None = None
    """CLIP-I, -1 to 1: how much drawn pictures resemble all those that were given."""
    clip_text: float | None = None
    """CLIP-T, -1 to 1: how much they show what the rest of their prompts says."""


NOT_SCORED = Scores()


class RunResult(_Record):
    """What a successful run leaves, written once, by rank 0."""

    job_id: str
    spec_hash: str
    backend: str
    """The collective backend in use: gloo or ccl."""
    world_size: int
    precision: str
    steps: int
    best_step: int
    initial_eval_loss: float
    """With the person's word."""
    start_word: str = ""
    """Whose row training started from."""
    best_eval_loss: float
    scores: Scores = NOT_SCORED
    seconds: float
    checkpoint_seconds: float = 0.0
    """Of them, what writing checkpoints took."""
    embedding: str
    rows_sha256: str
    stopped_because: str


class RankFailure(_Record):
    """Why a rank gave up."""

    rank: int
    host: str
    code: str
    message: str
    hint: str = ""
    traceback: str
    time: float


class LaunchRecord(_Record):
    """What was started, so that anyone can find it again."""

    pid: int
    pgid: int
    process_started: float
    """Start of the process as the kernel has it: a process id alone may be somebody else's."""
    started_at: float
    host: str
    argv: tuple[str, ...]
    hosts: tuple[str, ...] = ()
    """Where the ranks were started, as the hostfile names them; none for `host` alone."""
    ranks_per_host: int = 1
    slot: int = 0
    """Which part of the hosts they are."""
    ssh_config: Path | None = None
    """How the hosts are reached, for whoever has to sweep them."""
    private: tuple[str, ...] = ()
    """Those of the hosts that have a run folder of their own, from which news is fetched."""

    def host_of(self, rank: int) -> str:
        """The host that a rank was given to."""
        where = rank // self.ranks_per_host
        return self.hosts[where] if where < len(self.hosts) else self.host


class Preview(_Record):
    """A picture rank 0 drew on the way."""

    step: int
    index: int
    """Which of the spec's prompts it shows."""
    path: Path


def write_atomically(path: Path, data: bytes) -> None:
    """Write to a temporary name, then replace: readers see the old file or the whole new one.

    After a power cut, too: what is replaced is on the disk by then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _changed(folder: Path, pattern: str) -> list[float]:
    # Not when they were modified, which of fetched files is told by the clock of their host.
    return [path.stat().st_ctime for path in folder.glob(pattern)]


class RunDir:
    """One run's folder. Reading tolerates what is not there yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.images = path / "images"
        self.checkpoints = path / "checkpoints"
        self.launcher_log = path / "log" / "launcher.log"
        self.embedding = path / "learned_embeds.safetensors"
        self.pipeline = path / "pipeline"

    @classmethod
    def create(cls, path: Path, spec: TrainSpec) -> "RunDir":
        """Make the folder and write the spec."""
        run = cls(path)
        for name in ("images", "log", "heartbeat", "checkpoints", "previews", "error"):
            (path / name).mkdir(parents=True, exist_ok=True)
        write_atomically(path / "spec.json", spec.model_dump_json(indent=1).encode())
        return run

    def spec(self) -> TrainSpec:
        """The spec.

        Raises:
            RunDirError: there is none, or it cannot be read.
        """
        try:
            return TrainSpec.model_validate_json((self.path / "spec.json").read_bytes())
        except (OSError, ValidationError) as error:
            raise RunDirError(
                "bad_run_folder", f"{self.path} is not a run folder.", "spec.json is unreadable."
            ) from error

    def _read(self, model: type[R], name: str) -> R | None:
        try:
            return model.model_validate_json((self.path / name).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def progress(self) -> tuple[ProgressLine, ...]:
        """Every step written so far; a torn last line is left out."""
        try:
            lines = (self.path / "progress.jsonl").read_bytes().split(b"\n")
        except FileNotFoundError:
            return ()
        found = []
        for line in lines:
            try:
                found.append(ProgressLine.model_validate_json(line))
            except ValidationError:
                continue
        return tuple(found)

    def add_progress(self, line: ProgressLine) -> None:
        """Append one step."""
        with (self.path / "progress.jsonl").open("ab") as file:
            file.write(line.model_dump_json().encode() + b"\n")

    def moved_at(self) -> float | None:
        """When the last step was written down here, in seconds since the epoch of the folder's
        clock, whatever its rank's says; None before the first.
        """
        return min(_changed(self.path, "progress.jsonl"), default=None)

    def ask_to_stop_and_keep(self) -> None:
        """Ask the run to end after the step it is at, with the best rows so far."""
        (self.path / STOP_AND_KEEP).touch()

    def asked_to_stop_and_keep(self) -> bool:
        """Whether somebody wants it to end so."""
        return (self.path / STOP_AND_KEEP).exists()

    def result(self) -> RunResult | None:
        """The result, once there is one."""
        return self._read(RunResult, "result.json")

    def write_result(self, result: RunResult) -> None:
        """Say that the run succeeded."""
        write_atomically(self.path / "result.json", result.model_dump_json(indent=1).encode())

    def errors(self) -> tuple[RankFailure, ...]:
        """What ranks died of, earliest first."""
        names = sorted((self.path / "error").glob("rank-*.json"))
        found = [self._read(RankFailure, f"error/{n.name}") for n in names]
        return tuple(sorted((e for e in found if e is not None), key=lambda e: e.time))

    def failed_at(self) -> float | None:
        """When the first error came to be here, by the same clock; None without one."""
        return min(_changed(self.path, "error/rank-*.json"), default=None)

    def reserve_error(self, rank: int) -> None:
        """Keep room for a rank's last word, in case the disk is full by then."""
        path = self.path / "error" / f"reserve-{rank}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0" * _RESERVE_BYTES)

    def write_error(self, failure: RankFailure) -> None:
        """Leave word of why a rank gave up."""
        (self.path / "error" / f"reserve-{failure.rank}").unlink(missing_ok=True)
        path = self.path / "error" / f"rank-{failure.rank}.json"
        write_atomically(path, failure.model_dump_json(indent=1).encode())

    def beat(self, rank: int) -> None:
        """A sign of life."""
        path = self.path / "heartbeat" / f"rank-{rank}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    def heartbeats(self) -> dict[int, float]:
        """Each rank's last sign of life, seconds since the epoch."""
        files = (self.path / "heartbeat").glob("rank-*")
        return {int(f.name.removeprefix("rank-")): f.stat().st_mtime for f in files}

    def previews(self) -> tuple[Preview, ...]:
        """Pictures drawn on the way, oldest first."""
        found = []
        for path in (self.path / "previews").glob("step-*-*.png"):
            _, step, index = path.stem.split("-")
            found.append(Preview(step=int(step), index=int(index), path=path))
        return tuple(sorted(found, key=lambda p: (p.step, p.index)))

    def newest_preview(self) -> Preview | None:
        """What stands for all others: the newest step's picture of the first prompt."""
        return next((p for p in reversed(self.previews()) if p.index == 0), None)

    def rank_log(self, rank: int) -> Path:
        """Where a rank's output goes."""
        return self.path / "log" / f"rank-{rank}.log"

    def launch_record(self) -> LaunchRecord | None:
        """What was launched, once it was."""
        return self._read(LaunchRecord, "launch.json")

    def write_launch(self, record: LaunchRecord, env: dict[str, str]) -> None:
        """Keep what was launched, to the letter; the hostfile is there for the launcher."""
        write_atomically(self.path / "env.json", json.dumps(env, indent=1).encode())
        write_atomically(self.path / "launch.json", record.model_dump_json(indent=1).encode())
