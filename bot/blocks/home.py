"""The App Home: concepts, queue, how-to. Pure."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from backend.views import ConceptView, QueueView
from bot import texts
from bot.action_ids import Action
from bot.blocks.kit import (
    HOME_BLOCKS,
    Mrkdwn,
    button,
    buttons,
    context,
    divider,
    escape,
    header,
    picture,
    section,
    within,
)

_MOST_CONCEPTS = 20


def home(
    concepts: Sequence[ConceptView],
    queue: QueueView,
    samples: Mapping[str, str],
    is_admin: bool = False,
) -> View:
    """Return the App Home; `samples` are uploaded pictures by concept token."""
    further = [button("My settings", Action.SETTINGS_OPEN, "home")]
    if is_admin:
        further.append(button("Limits", Action.LIMITS_OPEN, "home"))
    blocks: list[Block] = [
        header("Figment"),
        section(texts.HELP),
        buttons(button("Teach a concept", Action.HOME_TEACH, "home", style="primary"), *further),
        divider(),
        header("Queue"),
        section(texts.queue(queue)),
        divider(),
        header("Concepts"),
    ]
    if not concepts:
        blocks.append(section(escape("Nothing was taught here yet.")))
    newest = sorted(concepts, key=lambda one: one.created_at, reverse=True)
    for concept in newest[:_MOST_CONCEPTS]:
        blocks.append(
            section(texts.concept_line(concept), button("Try", Action.JOB_TRY, concept.token))
        )
        if concept.token in samples:
            blocks.append(picture(samples[concept.token], f"A sample of {concept.token}"))
    if len(newest) > _MOST_CONCEPTS:
        rest = escape(f"And {len(newest) - _MOST_CONCEPTS} more, see /concept list.")
        blocks.append(context(rest))
    return View(type="home", blocks=within(blocks, HOME_BLOCKS))


def closed_home(why: Mrkdwn) -> View:
    """Return the App Home of somebody who may not use the bot."""
    return View(type="home", blocks=[header("Figment"), section(why)])
