"""The stages of a training job as a row of ticks, its hosts ticking off. Pure."""

from enum import StrEnum

from backend.jobs import JobState
from backend.views import JobView
from bot.blocks.kit import Mrkdwn, escape, joined
from bot.words import Words

_DONE, _NOW, _NOT_YET = "\u2713", "\u25b8", "\u25cb"
_MOST_HOSTS = 24


class Stage(StrEnum):
    """What a job goes through, in order."""

    PREPARE = "prepare"
    """Its pictures are made ready, its hosts are looked at."""
    HOSTS = "hosts"
    """Ranks come up on the hosts."""
    TRAIN = "train"
    """Steps are made."""
    EVALUATE = "evaluate"
    """No step follows: what was learned is measured."""
    READY = "ready"
    """The concept can be used."""


def stage_of(job: JobView) -> Stage:
    """Return the stage that a job is in, or was when it ended."""
    if job.state is JobState.READY:
        return Stage.READY
    if job.state in (JobState.QUEUED, JobState.PREPARING):
        return Stage.PREPARE
    if job.evaluating:
        return Stage.EVALUATE
    if job.step > 0 or (job.hosts and all(job.hosts.values())):
        return Stage.TRAIN
    if job.hosts or job.state is JobState.RUNNING:
        return Stage.HOSTS
    return Stage.PREPARE


def stage_line(words: Words, job: JobView) -> Mrkdwn:
    """Show which stages are behind a job, and the one that it is in."""
    now = list(Stage).index(stage_of(job))
    marks = []
    for number, stage in enumerate(Stage):
        done = number < now or (number == now and stage is Stage.READY)
        mark = _DONE if done else _NOW if number == now else _NOT_YET
        marks.append(f"{mark} {words.text(f'stage-{stage}')}")
    return escape(words.text("list-dot").join(marks))


def host_line(words: Words, job: JobView) -> Mrkdwn:
    """Show which hosts are there with all their ranks; nothing where one machine does it all."""
    if len(job.hosts) < 2:
        return escape("")
    shown = list(job.hosts.items())[:_MOST_HOSTS]
    marks = [escape(f"{_DONE if there else _NOT_YET} {host}") for host, there in shown]
    more = len(job.hosts) - len(shown)
    if more:
        marks.append(words.mrkdwn("stage-more-hosts", number=more))
    return joined([words.mrkdwn("stage-host-list"), *marks])
