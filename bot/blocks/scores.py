"""What was measured of a concept, and where it comes from, in a few words each. Pure."""

from backend.views import ConceptView
from bot.words import Words
from cluster.run_dir import Scores


def score_facts(words: Words, scores: Scores) -> list[str]:
    """Return what is known; nothing of what was not measured."""
    facts = []
    if scores.gap_closed is not None:
        facts.append(words.text("score-gap", share=f"{scores.gap_closed:.0%}"))
    if scores.editability is not None:
        facts.append(words.text("score-places", share=f"{scores.editability:.0%}"))
    if scores.clip_image is not None and scores.clip_text is not None:
        image, text = f"{scores.clip_image:.2f}", f"{scores.clip_text:.2f}"
        facts.append(words.text("score-clip", image=image, text=text))
    return facts


def origin_facts(words: Words, concept: ConceptView) -> list[str]:
    """Return where a version comes from, if it is not simply what a job has learned."""
    chosen = concept.checkpoint
    if chosen is not None:
        return [words.text("version-from-checkpoint", step=chosen.step, job=chosen.job_id[:8])]
    return [words.text("version-from-file")] if concept.is_imported else []
