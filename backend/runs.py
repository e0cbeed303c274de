"""Run folders and processes of training jobs, as backend uses them. All calls block."""

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog

from backend.base import Base
from backend.job_options import settings_with
from backend.layout import DataFolder
from backend.policy import Progress
from backend.store_concepts import NewConcept
from backend.views import JobView
from cluster.base import remembered_hash
from cluster.clip_folder import with_clip
from cluster.command import LaunchPlan, Layout, plan_launch
from cluster.errors import BaseModelError, LaunchError, RunDirError
from cluster.fit_hosts import FitHosts, LeftOutHost, fit_hosts
from cluster.full_pipeline import ensure_pipeline
from cluster.going_on import go_on_from
from cluster.hosts import read_hostfile
from cluster.launcher import (
    ask_to_stop_and_keep,
    launch,
    observe,
    slot_in_use,
    stop,
    with_log,
)
from cluster.layout import choose_layout, find_mpiexec
from cluster.new_spec import new_spec
from cluster.pictures import prepare_pictures
from cluster.preview_vae import with_preview_vae
from cluster.run_dir import RunDir, RunResult
from cluster.settings import ClusterSettings
from cluster.slots import WHOLE, Slot, free_slot, hosts_of
from cluster.spec import TrainSpec
from cluster.staging import stage, unstage
from cluster.verdict import Verdict, judge

_log = structlog.get_logger(__name__)

_CURVE_POINTS = 200


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a run found: progress (None before the first step), and how it ended."""

    progress: Progress | None
    verdict: Verdict | None
    hosts: Mapping[str, bool] = field(default_factory=dict)
    """Of each host, whether all its ranks have given a sign of life."""


Start = Callable[[RunDir, ClusterSettings, Slot], tuple[LeftOutHost, ...]]
"""Starts a prepared run in a slot; returns the hosts that are left out."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run would be started now."""

    launch: LaunchPlan
    layout: Layout
    left_out: tuple[LeftOutHost, ...]
    """The hosts that the doctor does not pass."""


def plan_here(run: Path, base: Path, settings: ClusterSettings, slot: Slot = WHOLE) -> Plan:
    """Settle how a run in folder `run` would be started on the hosts of a slot.

    Raises ClusterError.
    """
    fit = FitHosts(())
    if settings.hostfile is not None:
        hosts = hosts_of(slot, read_hostfile(settings.hostfile))
        fit = fit_hosts(hosts, settings, run.parent, base, time.time())
    layout = replace(choose_layout(settings, fit.hosts, slot), preload=fit.preload)
    mpiexec = find_mpiexec() or "mpiexec.hydra"
    return Plan(plan_launch(run, layout, sys.executable, str(mpiexec)), layout, fit.left_out)


def launch_here(
    run: RunDir, settings: ClusterSettings, slot: Slot = WHOLE
) -> tuple[LeftOutHost, ...]:
    """Start a prepared run on those hosts of the slot that the doctor passes.

    Returns the others. Raises ClusterError, OSError.
    """
    spec = run.spec()
    base = Path(spec.base)
    if remembered_hash(base) != spec.base_hash:
        raise BaseModelError(
            "base_model",
            f"The base model in {base} has been replaced since it was read.",
            "Start `figment serve` again, and run `figment cluster setup` if there are hosts.",
        )
    plan = plan_here(run.path, base, settings, slot)
    private = stage(run, plan.layout.hosts, settings.ssh_config)
    try:
        launch(run, plan.launch, plan.layout, private)
    except (LaunchError, OSError):
        unstage(run, private, settings.ssh_config)
        raise
    return plan.left_out


class Runs:
    """The runs in a data folder. `start` begins a prepared run (tests begin smaller ones)."""

    def __init__(
        self,
        folder: DataFolder,
        settings: ClusterSettings,
        start: Start = launch_here,
        slots: int = 1,
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._start = start
        self._slots = slots
        self._choosing = threading.Lock()
        self._chosen: dict[str, int] = {}

    def prepare(self, job: JobView, base: Base) -> TrainSpec:
        """Make the run folder of a job: spec and prepared pictures.

        The folder of an earlier attempt is put aside; the new one goes on from its last
        checkpoint. Raises ClusterError, OSError.
        """
        earlier = self._clear(job)
        spec = spec_of(job, base, self._settings)
        run = RunDir.create(self._run(job.id).path, spec)
        prepare_pictures(job.pictures, run.images, spec.resolution, spec.center_crop)
        if earlier is not None:
            _log.info("goes_on", job=job.id, step=go_on_from(run, earlier))
        elif job.goes_on_from is not None:
            step = go_on_from(run, self._run(job.goes_on_from), further=True)
            _log.info("trains_longer", job=job.id, of=job.goes_on_from, step=step)
        return spec

    def launch(self, job_id: str) -> tuple[LeftOutHost, ...]:
        """Start the processes of a prepared run in a free slot; raises ClusterError, OSError.

        Returns the hosts that are left out.
        """
        with self._choosing:
            slot = free_slot(self._slots, self._taken())
            self._chosen[job_id] = slot.index
        try:
            return self._start(self._run(job_id), self._settings, slot)
        finally:
            with self._choosing:
                del self._chosen[job_id]

    def _taken(self) -> set[int]:
        """Slots of runs that go on, also of those that another process has started."""
        folders = [path for path in self._folder.runs.glob("*") if path.is_dir()]
        found = {slot_in_use(RunDir(path)) for path in folders}
        return {*self._chosen.values(), *(slot for slot in found if slot is not None)}

    def was_launched(self, job_id: str) -> bool:
        """Tell whether processes of the job were started, by whomever."""
        return self._run(job_id).launch_record() is not None

    def look(self, job_id: str, now: float) -> Look:
        """Look at a launched run. `now` is in seconds since the epoch."""
        run = self._run(job_id)
        verdict = judge(observe(run, now), run.spec(), now)
        return Look(_progress(run), verdict and with_log(run, verdict), _hosts(run))

    def keep(self, job_id: str) -> None:
        """Ask a run to end with the best rows so far; asking again does no harm."""
        untold = ask_to_stop_and_keep(self._run(job_id))
        if untold:
            _log.warning("hosts_not_told_to_stop", job=job_id, hosts=untold)

    def stop(self, job_id: str) -> int:
        """End the processes of a run, on every host; return how many are left (0)."""
        left = stop(self._run(job_id))
        if left.unknown:
            _log.warning("hosts_not_swept", job=job_id, hosts=left.unknown)
        return left.processes

    def collect(self, job: JobView, version: int) -> NewConcept:
        """Copy what a successful run has learned to its place among the concepts.

        Doing it again gives the same files. Raises ClusterError, OSError.
        """
        run = self._run(job.id)
        spec, result = run.spec(), run.result()
        if result is None:
            raise RunDirError("no_result", "The run has left no result.")
        if spec.save_full_pipeline:
            ensure_pipeline(run)
        workspace = job.owner.workspace
        embedding = self._folder.embedding(workspace, job.token, version)
        _copy(run.path / result.embedding, embedding)
        samples: tuple[Path, ...] = ()
        if (preview := run.newest_preview()) is not None:
            sample = self._folder.sample(workspace, job.token, version, 0)
            _copy(preview.path, sample)
            samples = (sample,)
        return NewConcept(
            version=version,
            base_hash=spec.base_hash,
            embedding=embedding,
            sha256=result.rows_sha256,
            vectors=spec.vectors,
            improvement=_improvement(result),
            samples=samples,
            scores=result.scores,
        )

    def _run(self, job_id: str) -> RunDir:
        return RunDir(self._folder.run(job_id))

    def _clear(self, job: JobView) -> RunDir | None:
        """Put an earlier attempt's folder aside; return the latest that is aside."""
        run = self._run(job.id)
        if run.path.exists():
            if run.launch_record() is None:
                # Half prepared by a process that is no more.
                shutil.rmtree(run.path)
            else:
                run.path.replace(self._folder.past_run(job.id, job.attempt - 1))
        # An attempt that could not be launched left none.
        past = (self._folder.past_run(job.id, one) for one in range(job.attempt - 1, 0, -1))
        return next((RunDir(path) for path in past if path.exists()), None)


def spec_of(job: JobView, base: Base, settings: ClusterSettings) -> TrainSpec:
    """Return what a run of `job` needs to know; raises ClusterError."""
    return new_spec(
        with_clip(with_preview_vae(settings_with(settings, job.options), base.folder)),
        job_id=job.id,
        token=job.token,
        initializer=job.initializer,
        learnable_property=job.learnable_property,
        base=base.folder,
        base_hash=base.hash,
        base_resolution=base.resolution,
    )


def _progress(run: RunDir) -> Progress | None:
    lines = run.progress()
    if not lines:
        return None
    last = lines[-1]
    curve = [line.eval_loss for line in lines if line.eval_loss is not None]
    preview = run.newest_preview()
    return Progress(
        step=last.step,
        max_steps=last.of,
        loss=last.loss,
        eval_loss=curve[-1] if curve else None,
        curve=tuple(curve[-_CURVE_POINTS:]),
        eta_seconds=last.eta_seconds,
        preview=str(preview.path) if preview else None,
        evaluating=last.last,
    )


def _hosts(run: RunDir) -> dict[str, bool]:
    """Which hosts are there with all their ranks."""
    record = run.launch_record()
    if record is None:
        return {}
    beating = run.heartbeats()
    hosts = record.hosts or (record.host,)
    each = record.ranks_per_host
    return {
        host: all(rank in beating for rank in range(n * each, (n + 1) * each))
        for n, host in enumerate(hosts)
    }


def _improvement(result: RunResult) -> float | None:
    if result.initial_eval_loss <= 0:
        return None
    return 1 - result.best_eval_loss / result.initial_eval_loss


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    shutil.copyfile(source, temporary)
    temporary.replace(target)
