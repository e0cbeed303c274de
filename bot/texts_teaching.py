"""Sentences about jobs that are there, and about pictures before they are taught with."""

from backend.jobs import JobState
from backend.views import ConceptView, JobView
from bot.blocks.kit import Mrkdwn, escape, mrkdwn
from bot.blocks.progress import count

OPEN_FORM = escape("The form to teach asks for a name, what it is, and pictures.")
NOTHING_QUEUED = escape("Nothing was queued. Upload other pictures and ask again.")
DEALT_WITH = "This was dealt with already."


def kept(job: JobView) -> Mrkdwn:
    """Confirm that a run ends early."""
    return mrkdwn("{token} stops after this step and keeps the best so far.", token=job.token)


def retried(job: JobView) -> Mrkdwn:
    """Confirm another attempt."""
    if job.state is JobState.QUEUED:
        return mrkdwn("{token} is in line again; its card says how it goes.", token=job.token)
    return mrkdwn("{token} is being tried again.", token=job.token)


def longer(job: JobView) -> Mrkdwn:
    """Confirm that a concept is trained longer."""
    return mrkdwn(
        "{token} goes on, up to step {steps}. The version of now stays in use until then.",
        token=job.token,
        steps=str(job.max_steps),
    )


def taught_with(token: str, pictures: int) -> Mrkdwn:
    """Say what became of a question about pictures."""
    return mrkdwn(
        "Teaching {token} with {pictures}.", token=token, pictures=count(pictures, "picture")
    )


def choose(token: str) -> Mrkdwn:
    """Ask which checkpoint it is to be."""
    return mrkdwn("What {token} was on its way. Which one is to be used?", token=token)


def chosen(concept: ConceptView, step: int) -> Mrkdwn:
    """Confirm which checkpoint is used."""
    return mrkdwn(
        "{token} is now what it was after step {step}: version {version}.",
        token=concept.token,
        step=str(step),
        version=str(concept.version),
    )
