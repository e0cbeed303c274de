"""The card of a training job: one message that shows how it stands. Pure."""

from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from backend.jobs import JobState
from backend.views import JobView
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
    mrkdwn,
    person,
    picture,
    preformatted,
    section,
    within,
)
from bot.blocks.progress import bar, count, duration, ordinal, sparkline
from bot.blocks.scores import score_facts
from bot.blocks.stages import Stage, host_line, stage_line, stage_of
from cluster.spec import LearnableProperty

_LOG_LINES, _LOG_WIDTH = 6, 160
"""What of a log is worth a channel's room."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A preview that was uploaded: its file in Slack, and whose step it shows."""

    file_id: str
    name: str


def headline(job: JobView) -> str:
    """Say in a few words how a job stands."""
    match job.state:
        case JobState.QUEUED:
            return f"{job.token} waits for its turn"
        case JobState.PREPARING:
            return f"{job.token} is being prepared"
        case JobState.RUNNING:
            return f"Learning {job.token}"
        case JobState.STOPPING:
            return f"Stopping {job.token}"
        case JobState.READY:
            return f"{job.token} was deleted" if job.was_deleted else f"{job.token} is ready"
        case JobState.FAILED:
            return f"{job.token} was not learned"
        case JobState.CANCELLED:
            return f"{job.token} was cancelled"


def summary(job: JobView) -> Mrkdwn:
    """Return what notifications and screen readers get of the card."""
    text = headline(job)
    if job.state is JobState.RUNNING:
        text += f": step {job.step} of {job.max_steps}"
    return escape(text)


def job_card(job: JobView, preview: Shown | None, curve: Shown | None = None) -> list[Block]:
    """Return the card of a job."""
    blocks: list[Block] = [header(headline(job)), context(_origin(job))]
    blocks += _state(job, curve is not None)
    if preview is not None and job.state is not JobState.FAILED:
        blocks.append(picture(preview.file_id, f"A preview of {job.token}", preview.name))
    if curve is not None and job.state is not JobState.FAILED:
        blocks.append(picture(curve.file_id, _in_words(job), curve.name))
    if job.notes:
        blocks.append(context(*(escape(f"Left out: {note}") for note in job.notes[:9])))
    if elements := job_buttons(job):
        blocks.append(buttons(*elements))
    blocks.append(context(joined((escape("Job"), code(job.id[:8])))))
    return within(blocks, MESSAGE_BLOCKS)


def _origin(job: JobView) -> Mrkdwn:
    return joined(
        (
            mrkdwn(
                "{kind} that begins as *{word}* · {pictures} · asked by",
                kind="a style" if job.learnable_property is LearnableProperty.STYLE else "a thing",
                word=job.initializer,
                pictures=count(len(job.pictures), "picture"),
            ),
            person(job.owner.user),
        )
    )


def _state(job: JobView, drawn: bool) -> list[Block]:
    match job.state:
        case JobState.QUEUED:
            place = ordinal(job.queue_position or 1)
            again = f" Attempt {job.attempt}." if job.attempt > 1 else ""
            text = f"{bar(0, 1)}\nWaiting, {place} in line.{again}{_outlook(job)}"
            return [section(escape(text))]
        case JobState.PREPARING:
            text = escape(f"{bar(0, 1)}\nPreparing the pictures and the hosts.")
            return [section(text), *_stages(job)]
        case JobState.RUNNING | JobState.STOPPING:
            return [section(_running(job)), *_stages(job), *_losses(job, drawn)]
        case JobState.READY:
            return [section(_ready(job)), *_losses(job, drawn), *_scores(job)]
        case JobState.FAILED:
            return [section(_failure(job)), *_stages(job), *_log_lines(job)]
        case JobState.CANCELLED:
            return [section(escape(f"Cancelled at step {job.step} of {job.max_steps}."))]


def _running(job: JobView) -> Mrkdwn:
    parts = [f"step {job.step} of {job.max_steps}"]
    if job.state is JobState.STOPPING:
        parts.append("stopping")
    elif job.evaluating:
        parts.append("measuring what it has learned")
    elif job.keep_asked:
        parts.append("stopping after this step, keeping the best so far")
    elif job.step == 0:
        waits = stage_of(job) is Stage.HOSTS and len(job.hosts) > 1
        parts.append("waiting for the hosts" if waits else "loading the base model")
    elif job.eta_seconds is not None:
        parts.append(f"about {duration(job.eta_seconds)} left")
    return escape(f"{bar(job.step, job.max_steps)}\n{' · '.join(parts)}")


def _stages(job: JobView) -> list[Block]:
    return [context(stage_line(job), host_line(job))]


def _outlook(job: JobView) -> str:
    told = job.forecast
    if told is None:
        return ""
    begins = f"begins in about {duration(told.begins_in)}" if told.begins_in >= 60 else "next"
    return (
        f"\nAs of the last {count(told.jobs, 'job')} here: {begins}, "
        f"ready in about {duration(told.ready_in)} or earlier."
    )


def _in_words(job: JobView) -> str:
    """Say what the picture of the curve shows to who does not see it."""
    if not job.curve:
        return "Evaluation loss"
    best = min(job.curve)
    return f"Evaluation loss from {job.curve[0]:.4f}, best {best:.4f}: {sparkline(job.curve)}"


def _losses(job: JobView, drawn: bool) -> list[Block]:
    parts = []
    if job.loss is not None:
        parts.append(f"loss {job.loss:.4f}")
    if job.eval_loss is not None:
        parts.append(f"evaluation loss {job.eval_loss:.4f}")
    if job.curve and not drawn:
        parts.append(sparkline(job.curve))
    return [context(escape(" · ".join(parts)))] if parts else []


def _scores(job: JobView) -> list[Block]:
    facts = score_facts(job.concept.scores) if job.concept is not None else []
    return [context(escape(" · ".join(facts)))] if facts else []


def _ready(job: JobView) -> Mrkdwn:
    took = ""
    if job.started_at is not None and job.ended_at is not None:
        took = f" in {duration((job.ended_at - job.started_at).total_seconds())}"
    learned = f"Learned{took}, {count(job.step, 'step')}."
    if job.was_deleted:
        return escape(f"{learned} It was deleted later.")
    return joined(
        (
            escape(f"{bar(1, 1)}\n{learned}"),
            Mrkdwn(f"Try {code(f'/imagine a {job.token} at the beach')}."),
        )
    )


def _failure(job: JobView) -> Mrkdwn:
    if job.failure is None:
        return escape("It ended without a result.")
    host = job.failure.host
    where = f" (on {host})" if host and host not in job.failure.message else ""
    return escape(f"{job.failure.message}{where} {job.failure.hint}".strip())


def _log_lines(job: JobView) -> list[Block]:
    if job.failure is None or not job.failure.log:
        return []
    lines = job.failure.log.splitlines()[-_LOG_LINES:]
    return [section(preformatted("\n".join(line[:_LOG_WIDTH] for line in lines)))]
