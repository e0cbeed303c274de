"""A concept's versions, and the question before it is deleted. Pure."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from backend.views import ConceptView, VersionView
from bot import texts_housekeeping as texts
from bot.action_ids import Action
from bot.blocks.kit import (
    MESSAGE_BLOCKS,
    Mrkdwn,
    button,
    buttons,
    confirm,
    escape,
    header,
    joined,
    person,
    section,
    within,
)
from bot.blocks.scores import origin_facts, score_facts


def versions_card(versions: Sequence[VersionView]) -> list[Block]:
    """Return the versions of a concept, at least one, each with a button to use it."""
    token = versions[0].concept.token
    blocks: list[Block] = [header(f"Versions of {token}")]
    for one in versions:
        use = None
        if not one.is_current:
            number = one.concept.version
            use = button(f"Use version {number}", Action.CONCEPT_USE, f"{token} {number}")
        blocks.append(section(version_line(one), use))
    return within(blocks, MESSAGE_BLOCKS)


def version_line(one: VersionView) -> Mrkdwn:
    """Describe a version in a line."""
    concept = one.concept
    facts = [f"{concept.created_at:%d %B %Y}"]
    if concept.improvement is not None:
        facts.append(f"evaluation loss {concept.improvement:.1%} lower")
    facts += score_facts(concept.scores)
    facts += origin_facts(concept)
    mark = " (in use)" if one.is_current else ""
    return joined(
        (
            Mrkdwn(f"*Version {concept.version}*{mark}"),
            escape(" \u00b7 ".join(facts)),
            Mrkdwn(f"by {person(one.by.user)}"),
        )
    )


def delete_card(concept: ConceptView) -> list[Block]:
    """Return the question whether a concept is to go."""
    sure = confirm(
        "Delete for good?",
        f"{concept.token} cannot be brought back.",
        "Delete",
        "Keep it",
    )
    return [
        section(texts.delete_question(concept)),
        buttons(
            button(
                f"Delete {concept.token}",
                Action.CONCEPT_DELETE,
                concept.token,
                style="danger",
                confirm=sure,
            )
        ),
    ]
