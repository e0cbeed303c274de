"""A concept, with what it looks like. Pure."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from backend.views import ConceptView
from bot import texts
from bot.action_ids import Action
from bot.blocks.kit import button, buttons, code, context, escape, header, joined, picture, section
from bot.blocks.progress import count
from bot.blocks.scores import origin_facts, score_facts


def concept_card(concept: ConceptView, files: Sequence[str]) -> list[Block]:
    """Return a message about a concept; `files` are its uploaded samples."""
    facts = [f"version {concept.version}", count(concept.vectors, "row")]
    if concept.improvement is not None:
        facts.append(f"evaluation loss {concept.improvement:.1%} lower")
    facts += score_facts(concept.scores)
    facts += origin_facts(concept)
    facts.append(f"base model {concept.base_hash[:8]}")
    return [
        header(concept.token),
        section(texts.concept_line(concept)),
        *(picture(file, f"A sample of {concept.token}") for file in files[:4]),
        context(joined((escape(" · ".join(facts)), code(concept.sha256[:12])), " · ")),
        buttons(button(f"Try {concept.token}", Action.JOB_TRY, concept.token, style="primary")),
    ]
