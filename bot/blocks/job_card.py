"""The card of a training job: one message that shows how it stands. Pure."""

from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from backend.jobs import JobState
from backend.notes import Note
from backend.views import JobView
from bot.blocks.failures import failure_said
from bot.blocks.job_buttons import job_buttons
from bot.blocks.kit import (
    MESSAGE_BLOCKS,
    Mrkdwn,
    buttons,
    code,
    context,
    escape,
    header,
    joined,
    person,
    picture,
    preformatted,
    section,
    within,
)
from bot.blocks.progress import bar, duration, place_in_line, sparkline
from bot.blocks.scores import score_facts
from bot.blocks.stages import Stage, host_line, stage_line, stage_of
from bot.words import Language, Words

_LOG_LINES, _LOG_WIDTH = 6, 160
"""What of a log is worth a channel's room."""


@dataclass(frozen=True, slots=True)
class CardPicture:
    """A picture on a card: its file in Slack, and what it is called there."""

    file_id: str
    name: str


def headline(words: Words, job: JobView) -> str:
    """Say in a few words how a job stands."""
    state = "deleted" if job.was_deleted else job.state.value
    return words.text(f"job-headline-{state}", token=job.token)


def summary(words: Words, job: JobView) -> Mrkdwn:
    """Return what notifications and screen readers get of the card."""
    if job.state is not JobState.RUNNING:
        return escape(headline(words, job))
    token, step, steps = job.token, job.step, job.max_steps
    return words.mrkdwn("job-summary-running", token=token, step=step, steps=steps)


def job_card(
    words: Words, job: JobView, preview: CardPicture | None, curve: CardPicture | None = None
) -> list[Block]:
    """Return the card of a job."""
    blocks: list[Block] = [header(headline(words, job)), context(_origin(words, job))]
    blocks += _state(words, job, curve is not None)
    if preview is not None and job.state is not JobState.FAILED:
        alt = words.text("job-preview-alt", token=job.token)
        blocks.append(picture(preview.file_id, alt, preview.name))
    if curve is not None and job.state is not JobState.FAILED:
        blocks.append(picture(curve.file_id, _in_words(words, job), curve.name))
    if job.notes:
        notes = (words.mrkdwn("job-left-out", note=_said(words, one)) for one in job.notes[:9])
        blocks.append(context(*notes))
    if elements := job_buttons(words, job):
        blocks.append(buttons(*elements))
    blocks.append(context(words.mrkdwn("job-id", {"id": code(job.id[:8])})))
    return within(blocks, MESSAGE_BLOCKS)


def _origin(words: Words, job: JobView) -> Mrkdwn:
    return words.mrkdwn(
        "job-origin",
        {"who": person(job.owner.user)},
        kind=job.learnable_property.value,
        word=job.initializer,
        pictures=len(job.pictures),
    )


def _state(words: Words, job: JobView, drawn: bool) -> list[Block]:
    match job.state:
        case JobState.QUEUED:
            return [section(escape(_waiting(words, job)))]
        case JobState.PREPARING:
            text = escape(f"{bar(0, 1)}\n{words.text('job-preparing')}")
            return [section(text), *_stages(words, job)]
        case JobState.RUNNING | JobState.STOPPING:
            running = section(_running(words, job))
            return [running, *_stages(words, job), *_losses(words, job, drawn)]
        case JobState.READY:
            ready = section(_ready(words, job))
            return [ready, *_losses(words, job, drawn), *_scores(words, job)]
        case JobState.FAILED:
            return [section(_failure(words, job)), *_stages(words, job), *_log_lines(job)]
        case JobState.CANCELLED:
            step, steps = job.step, job.max_steps
            return [section(words.mrkdwn("job-cancelled-at", step=step, steps=steps))]


def _waiting(words: Words, job: JobView) -> str:
    place = place_in_line(words, job.queue_position or 1)
    said = [words.text("job-waiting", place=place)]
    if job.attempt > 1:
        said.append(words.text("job-attempt", attempt=job.attempt))
    lines = [bar(0, 1), words.text("sentence-gap").join(said), _outlook(words, job)]
    return "\n".join(line for line in lines if line)


def _running(words: Words, job: JobView) -> Mrkdwn:
    parts = [words.text("job-step", step=job.step, steps=job.max_steps)]
    if job.state is JobState.STOPPING:
        parts.append(words.text("job-is-stopping"))
    elif job.evaluating:
        parts.append(words.text("job-measuring"))
    elif job.keep_asked:
        parts.append(words.text("job-keeping"))
    elif job.step == 0:
        waits = stage_of(job) is Stage.HOSTS and len(job.hosts) > 1
        parts.append(words.text("job-waits-for-hosts") if waits else words.text("job-loading"))
    elif job.eta_seconds is not None:
        parts.append(words.text("job-left", duration=duration(words, job.eta_seconds)))
    return escape(f"{bar(job.step, job.max_steps)}\n{words.text('list-dot').join(parts)}")


def _stages(words: Words, job: JobView) -> list[Block]:
    return [context(stage_line(words, job), host_line(words, job))]


def _outlook(words: Words, job: JobView) -> str:
    told = job.forecast
    if told is None:
        return ""
    ready = duration(words, told.ready_in)
    if told.begins_in < 60:
        return words.text("job-outlook-next", jobs=told.jobs, ready=ready)
    begins = duration(words, told.begins_in)
    return words.text("job-outlook", jobs=told.jobs, begins=begins, ready=ready)


def _in_words(words: Words, job: JobView) -> str:
    """Say what the picture of the curve shows to who does not see it."""
    if not job.curve:
        return words.text("job-curve")
    first, best = f"{job.curve[0]:.4f}", f"{min(job.curve):.4f}"
    columns = sparkline(job.curve)
    return words.text("job-curve-alt", first=first, best=best, columns=columns)


def _losses(words: Words, job: JobView, drawn: bool) -> list[Block]:
    parts = []
    if job.loss is not None:
        parts.append(words.text("job-loss", loss=f"{job.loss:.4f}"))
    if job.eval_loss is not None:
        parts.append(words.text("job-evaluation-loss", loss=f"{job.eval_loss:.4f}"))
    if job.curve and not drawn:
        parts.append(sparkline(job.curve))
    return [context(escape(words.text("list-dot").join(parts)))] if parts else []


def _scores(words: Words, job: JobView) -> list[Block]:
    facts = score_facts(words, job.concept.scores) if job.concept is not None else []
    return [context(escape(words.text("list-dot").join(facts)))] if facts else []


def _ready(words: Words, job: JobView) -> Mrkdwn:
    if job.started_at is not None and job.ended_at is not None:
        took = duration(words, (job.ended_at - job.started_at).total_seconds())
        learned = words.mrkdwn("job-learned-in", duration=took, steps=job.step)
    else:
        learned = words.mrkdwn("job-learned", steps=job.step)
    if job.was_deleted:
        return joined((learned, words.mrkdwn("job-deleted-later")), words.text("sentence-gap"))
    example = {"example": code(f"/imagine {words.text('try-prompt', token=job.token)}")}
    said = joined((learned, words.mrkdwn("try", example)))
    return joined((escape(bar(1, 1)), said), "\n")


def _said(words: Words, note: Note) -> str:
    if words.language is Language.EN or note.told is None:
        # What was found at the time knows more.
        return note.message
    return words.told(note.told)


def _failure(words: Words, job: JobView) -> Mrkdwn:
    if job.failure is None:
        return words.mrkdwn("job-no-result")
    return escape(failure_said(words, job.failure))


def _log_lines(job: JobView) -> list[Block]:
    if job.failure is None or not job.failure.log:
        return []
    lines = job.failure.log.splitlines()[-_LOG_LINES:]
    return [section(preformatted("\n".join(line[:_LOG_WIDTH] for line in lines)))]
