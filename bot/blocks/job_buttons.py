"""The buttons of a job's card: what can be asked for while it stands as it does. Pure."""

from slack_sdk.models.blocks import ButtonElement

from backend.jobs import JobState
from backend.views import JobView
from bot.action_ids import Action
from bot.blocks.kit import button, confirm
from bot.words import Words

_CANCELLABLE = (JobState.QUEUED, JobState.PREPARING, JobState.RUNNING)


def job_buttons(words: Words, job: JobView) -> tuple[ButtonElement, ...]:
    """Return the buttons of a job, none where nothing can be asked for."""
    if job.state in _CANCELLABLE:
        return (*_keep(words, job), _cancel(words, job))
    if job.state is JobState.READY and not job.was_deleted:
        return (
            button(words.text("job-try", token=job.token), Action.JOB_TRY, job.id, style="primary"),
            button(words.text("job-longer"), Action.JOB_LONGER, job.id),
            *_choose(words, job),
        )
    if job.state is JobState.FAILED and job.pictures:
        return (button(words.text("job-retry"), Action.JOB_RETRY, job.id, style="primary"),)
    return ()


def _keep(words: Words, job: JobView) -> tuple[ButtonElement, ...]:
    learns = job.state is JobState.RUNNING and job.step > 0
    if not learns or job.keep_asked or job.evaluating:
        return ()
    question = confirm(
        words.text("job-keep-question"),
        words.text("job-keep-what", token=job.token),
        words.text("job-keep-yes"),
        words.text("go-on"),
    )
    return (button(words.text("job-keep"), Action.JOB_KEEP, job.id, confirm=question),)


def _choose(words: Words, job: JobView) -> tuple[ButtonElement, ...]:
    # Where no preview was drawn, there would be nothing to tell checkpoints apart by.
    if job.preview is None:
        return ()
    return (button(words.text("job-choose"), Action.JOB_CHECKPOINTS, job.id),)


def _cancel(words: Words, job: JobView) -> ButtonElement:
    question = confirm(
        words.text("cancel-question"),
        words.text("job-cancel-what", token=job.token),
        words.text("job-cancel-yes"),
        words.text("go-on"),
    )
    label = words.text("cancel")
    return button(label, Action.JOB_CANCEL, job.id, style="danger", confirm=question)
