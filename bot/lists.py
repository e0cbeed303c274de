"""Lists that people ask for, as long as a message can be. Pure."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from backend.views import ConceptView, QueueView, RenderView
from bot.asks import Ask
from bot.blocks.kit import MESSAGE_TEXT, Mrkdwn, joined
from bot.texts import concept_line, job_line, render_line
from bot.words import Words

_REST = 200
"""Characters kept for saying how many more there are."""


def concept_list(words: Words, concepts: Sequence[ConceptView]) -> Mrkdwn:
    """List what a workspace has taught."""
    if not concepts:
        return joined((words.mrkdwn("concepts-none"), words.mrkdwn("help")), "\n")
    lines = (concept_line(words, one) for one in concepts)
    return _fitting(lines, len(concepts), lambda left: words.mrkdwn("concepts-more", more=left))


def queue_list(words: Words, view: QueueView, ask: Ask) -> Mrkdwn:
    """List what has not ended yet.

    What others asked for elsewhere, in a direct message perhaps, is there, but not their words.
    """
    if not view.jobs and not view.renders:
        return words.mrkdwn("queue-empty")
    lines = chain(
        (job_line(words, job) for job in view.jobs),
        (render_line(words, one, in_full=_is_theirs(one, ask)) for one in view.renders),
    )
    count = len(view.jobs) + len(view.renders)
    return _fitting(lines, count, lambda left: words.mrkdwn("queue-more", more=left))


def _is_theirs(render: RenderView, ask: Ask) -> bool:
    return render.owner == ask.person or render.place.channel == ask.channel


def _fitting(lines: Iterator[Mrkdwn], count: int, more: Callable[[int], Mrkdwn]) -> Mrkdwn:
    """Return as many of the `count` lines as fit into a message, and what `more` says of the rest.

    What does not fit is never written: a queue may have thousands.
    """
    told: list[Mrkdwn] = []
    room = MESSAGE_TEXT - _REST
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return joined([*told, more(count - len(told))], "\n")
        told.append(line)
    return joined(told, "\n")
