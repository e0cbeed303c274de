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
    header,
    person,
    section,
    within,
)
from bot.blocks.scores import origin_facts, score_facts
from bot.words import Words


def versions_card(words: Words, versions: Sequence[VersionView]) -> list[Block]:
    """Return the versions of a concept, at least one, each with a button to use it."""
    token = versions[0].concept.token
    blocks: list[Block] = [header(words.text("versions-of", token=token))]
    for one in versions:
        use = None
        if not one.is_current:
            number = one.concept.version
            label = words.text("version-use", version=number)
            use = button(label, Action.CONCEPT_USE, f"{token} {number}")
        blocks.append(section(version_line(words, one), use))
    return within(blocks, MESSAGE_BLOCKS)


def version_line(words: Words, one: VersionView) -> Mrkdwn:
    """Describe a version in a line."""
    concept = one.concept
    facts = [words.date(concept.created_at)]
    if concept.improvement is not None:
        facts.append(words.text("score-loss", share=f"{concept.improvement:.1%}"))
    facts += score_facts(words, concept.scores)
    facts += origin_facts(words, concept)
    return words.mrkdwn(
        "version-line-current" if one.is_current else "version-line",
        {"who": person(one.by.user)},
        version=concept.version,
        facts=words.text("list-dot").join(facts),
    )


def delete_card(words: Words, concept: ConceptView) -> list[Block]:
    """Return the question whether a concept is to go."""
    sure = confirm(
        words.text("concept-delete-title"),
        words.text("concept-delete-what", token=concept.token),
        words.text("delete"),
        words.text("concept-delete-no"),
    )
    return [
        section(texts.delete_question(words, concept)),
        buttons(
            button(
                words.text("concept-delete", token=concept.token),
                Action.CONCEPT_DELETE,
                concept.token,
                style="danger",
                confirm=sure,
            )
        ),
    ]
