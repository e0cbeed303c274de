"""The buttons of a job's card: what can be asked for while it stands as it does. Pure."""

from slack_sdk.models.blocks import ButtonElement

from backend.jobs import JobState
from backend.views import JobView
from bot.action_ids import Action
from bot.blocks.kit import button, confirm

_CANCELLABLE = (JobState.QUEUED, JobState.PREPARING, JobState.RUNNING)


def job_buttons(job: JobView) -> tuple[ButtonElement, ...]:
    """Return the buttons of a job, none where nothing can be asked for."""
    if job.state in _CANCELLABLE:
        return (*_keep(job), _cancel(job))
    if job.state is JobState.READY and not job.was_deleted:
        return (
            button(f"Try {job.token}", Action.JOB_TRY, job.id, style="primary"),
            button("Train longer", Action.JOB_LONGER, job.id),
            *_choose(job),
        )
    if job.state is JobState.FAILED and job.pictures:
        return (button("Retry", Action.JOB_RETRY, job.id, style="primary"),)
    return ()


def _keep(job: JobView) -> tuple[ButtonElement, ...]:
    learns = job.state is JobState.RUNNING and job.step > 0
    if not learns or job.keep_asked or job.evaluating:
        return ()
    question = confirm(
        "Stop here?",
        f"{job.token} becomes what was best so far.",
        "Stop and keep this",
        "Go on",
    )
    return (button("Good enough: stop and keep this", Action.JOB_KEEP, job.id, confirm=question),)


def _choose(job: JobView) -> tuple[ButtonElement, ...]:
    # Where no preview was drawn, there would be nothing to tell checkpoints apart by.
    if job.preview is None:
        return ()
    return (button("Choose a checkpoint", Action.JOB_CHECKPOINTS, job.id),)


def _cancel(job: JobView) -> ButtonElement:
    question = confirm("Cancel?", f"{job.token} will not be learned.", "Cancel the job", "Go on")
    return button("Cancel", Action.JOB_CANCEL, job.id, style="danger", confirm=question)
