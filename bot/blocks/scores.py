"""What was measured of a concept, and where it comes from, in a few words each. Pure."""

from backend.views import ConceptView
from cluster.run_dir import Scores


def score_facts(scores: Scores) -> list[str]:
    """Return what is known; nothing of what was not measured."""
    facts = []
    if scores.gap_closed is not None:
        facts.append(f"{scores.gap_closed:.0%} of the way to the best words")
    if scores.editability is not None:
        facts.append(f"places kept in {scores.editability:.0%}")
    if scores.clip_image is not None and scores.clip_text is not None:
        facts.append(f"CLIP-I {scores.clip_image:.2f}, CLIP-T {scores.clip_text:.2f}")
    return facts


def origin_facts(concept: ConceptView) -> list[str]:
    """Return where a version comes from, if it is not simply what a job has learned."""
    if concept.checkpoint is not None:
        return [f"step {concept.checkpoint.step} of job {concept.checkpoint.job_id[:8]}"]
    return ["from a file"] if concept.is_imported else []
