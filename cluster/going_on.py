"""Takes over from an earlier run what another one goes on with. Loads no checkpoint."""

import shutil

from cluster.run_dir import ProgressLine, RunDir

_FREE = (
    "token", "max_steps", "stop_when_flat", "deadline_seconds", "process_group_timeout_seconds",
    "checkpoint_interval", "preview_interval", "preview_prompts", "preview_steps", "preview_vae",
    "score", "clip", "save_full_pipeline",
)  # fmt: skip
"""Of a spec: the concept's name, what says when a run ends, and what is drawn and kept of it on the
way. All that may have been changed meanwhile, as nothing that is learned depends on it."""


def go_on_from(run: RunDir, earlier: RunDir, further: bool = False) -> int:
    """Take over checkpoints, previews and progress of an interrupted run of the same spec.

    The concept may have another name by now, and the run other limits than the earlier one. A
    `further` run is of a job of its own, too.

    Returns:
        The step to go on from; 0 if there was no checkpoint, and then nothing is taken.
    """
    states = sorted(earlier.checkpoints.glob("step-*.state"))
    ours = run.spec()
    free = (*_FREE, "job_id") if further else _FREE
    theirs = earlier.spec().model_copy(update={name: getattr(ours, name) for name in free})
    if not states or theirs != ours:
        return 0
    last = int(states[-1].stem.removeprefix("step-"))
    for name in ("checkpoints", "previews"):
        shutil.copytree(earlier.path / name, run.path / name, dirs_exist_ok=True)
    for line in earlier.progress():
        if line.step <= last:
            run.add_progress(_as_ours(line, ours.max_steps))
    return last


def _as_ours(line: ProgressLine, max_steps: int) -> ProgressLine:
    """No step of the earlier run is the last one of this, which may go on for longer."""
    eta = line.seconds_per_step * max(0, max_steps - line.step)
    return line.model_copy(update={"last": False, "of": max_steps, "eta_seconds": eta})
