"""A concept, with what it looks like. Pure."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from backend.views import ConceptView
from bot import texts
from bot.action_ids import Action
from bot.blocks.kit import button, buttons, code, context, escape, header, joined, picture, section
from bot.blocks.scores import origin_facts, score_facts
from bot.words import Words


def concept_card(words: Words, concept: ConceptView, files: Sequence[str]) -> list[Block]:
    """Return a message about a concept; `files` are its uploaded samples."""
    facts = [
        words.text("version", version=concept.version),
        words.text("count-rows", rows=concept.vectors),
    ]
    if concept.improvement is not None:
        facts.append(words.text("score-loss", share=f"{concept.improvement:.1%}"))
    facts += score_facts(words, concept.scores)
    facts += origin_facts(words, concept)
    facts.append(words.text("base-model", hash=concept.base_hash[:8]))
    dot = words.text("list-dot")
    return [
        header(concept.token),
        section(texts.concept_line(words, concept)),
        *(picture(file, words.text("concept-sample", token=concept.token)) for file in files[:4]),
        context(joined((escape(dot.join(facts)), code(concept.sha256[:12])), dot)),
        buttons(
            button(
                words.text("concept-try", token=concept.token),
                Action.JOB_TRY,
                concept.token,
                style="primary",
            )
        ),
    ]
