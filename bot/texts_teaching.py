"""What is said about jobs that are there, and about pictures before they are taught with."""

from collections.abc import Sequence

from backend.jobs import JobState
from backend.views import ConceptView, JobView
from bot import texts
from bot.blocks.kit import Mrkdwn, joined
from bot.errors import BotError
from bot.words import Words


def kept(words: Words, job: JobView) -> Mrkdwn:
    """Confirm that a run ends early."""
    return words.mrkdwn("job-kept", token=job.token)


def retried(words: Words, job: JobView) -> Mrkdwn:
    """Confirm another attempt."""
    if job.state is JobState.QUEUED:
        return words.mrkdwn("job-in-line-again", token=job.token)
    return words.mrkdwn("job-tried-again", token=job.token)


def longer(words: Words, job: JobView) -> Mrkdwn:
    """Confirm that a concept is trained longer."""
    return words.mrkdwn("job-goes-on", token=job.token, step=job.max_steps)


def taught_with(
    words: Words, token: str, pictures: int, problems: Sequence[BotError] = ()
) -> Mrkdwn:
    """Say what became of a question about pictures, and which could not be had any more."""
    said = words.mrkdwn("job-taught-with", token=token, pictures=pictures)
    if not problems:
        return said
    lacking = [texts.problem(words, one) for one in problems]
    return joined((said, texts.left_out(words, lacking)), words.text("sentence-gap"))


def choose(words: Words, token: str) -> Mrkdwn:
    """Ask which checkpoint it is to be."""
    return words.mrkdwn("checkpoint-question", token=token)


def chosen(words: Words, concept: ConceptView, step: int) -> Mrkdwn:
    """Confirm which checkpoint is used."""
    token, version = concept.token, concept.version
    return words.mrkdwn("checkpoint-chosen", token=token, step=step, version=version)
