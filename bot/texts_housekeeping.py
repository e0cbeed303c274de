"""What is said about concepts that are there, limits and how busy everything is."""

from backend.defaults import Defaults
from backend.roles import Rules
from backend.views import ConceptView, ImportView, StatusView
from bot.blocks.kit import Mrkdwn, code, escape, joined, person
from bot.blocks.progress import duration
from bot.words import Words


def renamed(words: Words, old: str, concept: ConceptView) -> Mrkdwn:
    """Confirm a new name."""
    return words.mrkdwn("concept-renamed", old=old, new=concept.token)


def delete_question(words: Words, concept: ConceptView) -> Mrkdwn:
    """Ask back before a concept goes."""
    return words.mrkdwn("concept-delete-question", token=concept.token)


def deleted(words: Words, token: str) -> Mrkdwn:
    """Confirm that a concept is gone."""
    return words.mrkdwn("concept-deleted", token=token)


def exported(words: Words, concept: ConceptView) -> Mrkdwn:
    """Say what is in a file."""
    return words.mrkdwn(
        "concept-exported", token=concept.token, version=concept.version, rows=concept.vectors
    )


def imported(words: Words, view: ImportView) -> Mrkdwn:
    """Say what came of a file."""
    concept = view.concept
    said = words.mrkdwn(
        "concept-imported" if view.is_new else "concept-imported-before",
        token=concept.token,
        version=concept.version,
        rows=concept.vectors,
        format=view.format.value,
    )
    warnings = escape(words.text("sentence-gap").join(map(words.told, view.warnings)))
    prompt = words.text("try-prompt", token=concept.token)
    example = words.mrkdwn("try", {"example": code(f"/imagine {prompt}")})
    return joined((said, warnings, example))


def in_use(words: Words, concept: ConceptView) -> Mrkdwn:
    """Confirm which version is drawn with."""
    return words.mrkdwn("concept-in-use", token=concept.token, version=concept.version)


def everyones(words: Words, concept: ConceptView) -> Mrkdwn:
    """Say that there is nothing to share."""
    command = {"command": code(f"/concept private {concept.token}")}
    return words.mrkdwn("concept-everyones", command, token=concept.token)


def shared(words: Words, concept: ConceptView, whom: Mrkdwn) -> Mrkdwn:
    """Confirm that somebody more has a concept."""
    return words.mrkdwn("concept-shared", {"whom": whom}, token=concept.token)


def whom(words: Words, target: str) -> Mrkdwn:
    """Name whom something is shared with: `everyone`, `#` and a channel, `@` and a person."""
    if target.startswith("#"):
        return Mrkdwn(f"<#{escape(target[1:])}>")
    return person(target[1:]) if target.startswith("@") else words.mrkdwn("everyone")


def private(words: Words, concept: ConceptView) -> Mrkdwn:
    """Confirm that a concept is kept to its owner."""
    who = {"who": person(concept.owner.user)}
    return words.mrkdwn("concept-private", who, token=concept.token)


def status(words: Words, view: StatusView) -> Mrkdwn:
    """Say how busy everything is."""
    lines = [
        words.mrkdwn(
            "status-training",
            used=view.jobs_in_work,
            slots=view.slots,
            waiting=view.jobs_waiting,
            waited=_waited(words, view.job_wait_seconds),
        ),
        words.mrkdwn(
            "status-drawing",
            workers=view.workers,
            pictures=view.pictures_in_work,
            waiting=view.pictures_waiting,
            waited=_waited(words, view.picture_wait_seconds),
        ),
    ]
    if view.job_seconds is not None:
        took = duration(words, view.job_seconds)
        lines.append(words.mrkdwn("status-job-took", duration=took))
    if view.is_paused:
        lines.append(words.mrkdwn("status-paused"))
    if view.is_draining:
        lines.append(words.mrkdwn("status-draining"))
    return joined(lines, "\n")


def _waited(words: Words, seconds: float | None) -> str:
    if seconds is None:
        return ""
    return words.text("status-waited", duration=duration(words, seconds))


def defaults(words: Words, view: Defaults) -> Mrkdwn:
    """Say what somebody's prompts mean where they give no flag."""
    said = []
    if view.pictures:
        said.append(words.text("count-pictures", pictures=view.pictures))
    if view.ratio:
        said.append(words.text("defaults-ratio", ratio=view.ratio.value))
    if view.steps:
        said.append(words.text("count-steps", steps=view.steps))
    if view.guidance is not None:
        said.append(words.text("defaults-guidance", guidance=f"{view.guidance:g}"))
    if view.sampler:
        said.append(words.text("defaults-sampler", sampler=view.sampler.value))
    if not said:
        return words.mrkdwn("defaults-usual")
    return words.mrkdwn("defaults-said", defaults=words.text("list-comma").join(said))


def paused(words: Words, rules: Rules) -> Mrkdwn:
    """Confirm whether jobs begin."""
    return words.mrkdwn("paused") if rules.paused else words.mrkdwn("resumed")


def draining(words: Words, rules: Rules) -> Mrkdwn:
    """Confirm whether anything new is taken."""
    return words.mrkdwn("draining") if rules.draining else words.mrkdwn("undrained")
