"""What was measured of a concept, in a few words each. Pure."""

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
