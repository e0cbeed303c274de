"""Sentences about concepts that are there, limits and how busy everything is."""

from backend.defaults import Defaults
from backend.roles import Rules
from backend.views import ConceptView, ImportView, StatusView
from bot.blocks.kit import Mrkdwn, code, escape, joined, mrkdwn, person
from bot.blocks.progress import count, duration

WHAT_IS_KEPT = (
    "Its rows, versions, samples and the photos it was taught from are removed from Figment. "
    "Pictures that were drawn and posted stay, and so do messages and files in Slack."
)
NO_EMBEDDING = escape(
    "I found no file with a concept. Drop a .safetensors, .pt or .bin here, then ask again, or "
    "attach it to a message that mentions me."
)


def renamed(old: str, concept: ConceptView) -> Mrkdwn:
    """Confirm a new name."""
    return mrkdwn("{old} is now called {new}.", old=old, new=concept.token)


def delete_question(concept: ConceptView) -> Mrkdwn:
    """Ask back before a concept goes."""
    return joined((mrkdwn("Delete *{token}*?", token=concept.token), escape(WHAT_IS_KEPT)))


def deleted(token: str) -> Mrkdwn:
    """Confirm that a concept is gone."""
    kept = "Pictures that were drawn with it, and messages in Slack, stay."
    return joined((mrkdwn("{token} is deleted.", token=token), escape(kept)))


def exported(concept: ConceptView) -> Mrkdwn:
    """Say what is in a file."""
    return joined(
        (
            Mrkdwn(f"*{escape(concept.token)}*"),
            escape(f"version {concept.version}, {count(concept.vectors, 'row')}:"),
            escape("load it with diffusers, AUTOMATIC1111 or ComfyUI."),
        )
    )


def imported(view: ImportView) -> Mrkdwn:
    """Say what came of a file."""
    concept = view.concept
    how = "is" if view.is_new else "was there already, as"
    rows = count(concept.vectors, "row")
    said = f"{how} version {concept.version}, {rows} in {view.format.value}\u2019s format."
    return joined(
        (
            Mrkdwn(f"*{escape(concept.token)}*"),
            escape(said),
            escape(" ".join(view.warnings)),
            Mrkdwn(f"Try {code(f'/imagine a {concept.token} at the beach')}."),
        )
    )


def in_use(concept: ConceptView) -> Mrkdwn:
    """Confirm which version is drawn with."""
    return mrkdwn(
        "{token} is now drawn in version {version}.",
        token=concept.token,
        version=str(concept.version),
    )


def everyones(concept: ConceptView) -> Mrkdwn:
    """Say that there is nothing to share."""
    return joined(
        (
            mrkdwn("Everyone here can use {token} already.", token=concept.token),
            Mrkdwn(f"{code(f'/concept private {concept.token}')} would keep it to you."),
        )
    )


def shared(concept: ConceptView, whom: Mrkdwn) -> Mrkdwn:
    """Confirm that somebody more has a concept."""
    return joined((mrkdwn("{token} is shared with", token=concept.token), Mrkdwn(f"{whom}.")))


def whom(target: str) -> Mrkdwn:
    """Name whom something is shared with: `everyone`, `#` and a channel, `@` and a person."""
    if target.startswith("#"):
        return Mrkdwn(f"<#{escape(target[1:])}>")
    return person(target[1:]) if target.startswith("@") else escape("everyone")


def private(concept: ConceptView) -> Mrkdwn:
    """Confirm that a concept is kept to its owner."""
    return joined(
        (
            mrkdwn("{token} is private now: only", token=concept.token),
            person(concept.owner.user),
            escape("can see it and draw with it, until it is shared again."),
        )
    )


def status(view: StatusView) -> Mrkdwn:
    """Say how busy everything is."""
    slots = count(view.slots, "slot")
    jobs = f"{view.jobs_in_work} of {slots} in use, {view.jobs_waiting} waiting"
    workers = count(view.workers, "worker")
    drawing = count(view.pictures_in_work, "picture")
    pictures = f"{workers} drawing {drawing}, {view.pictures_waiting} waiting"
    lines = [
        joined((Mrkdwn("*Training*"), escape(jobs + _waits(view.job_wait_seconds)))),
        joined((Mrkdwn("*Drawing*"), escape(pictures + _waits(view.picture_wait_seconds)))),
    ]
    if view.job_seconds is not None:
        lines.append(escape(f"Learning a concept took {duration(view.job_seconds)} lately."))
    if view.is_paused:
        lines.append(escape("Paused: no training job begins until an admin resumes."))
    if view.is_draining:
        lines.append(escape("Draining: nothing new is taken until an admin opens again."))
    return joined(lines, "\n")


def _waits(seconds: float | None) -> str:
    return "" if seconds is None else f"; people waited {duration(seconds)} lately"


def defaults(view: Defaults) -> Mrkdwn:
    """Say what somebody's prompts mean where they give no flag."""
    said = [
        count(view.pictures, "picture") if view.pictures else "",
        f"aspect ratio {view.ratio.value}" if view.ratio else "",
        count(view.steps, "step") if view.steps else "",
        f"guidance {view.guidance:g}" if view.guidance is not None else "",
        f"sampler {view.sampler.value}" if view.sampler else "",
    ]
    own = ", ".join(one for one in said if one)
    return escape(f"Where you give no flag: {own or 'what is usual here'}.")


def paused(rules: Rules) -> Mrkdwn:
    """Confirm whether jobs begin."""
    if rules.paused:
        return escape("Paused: no training job begins until `/figment resume`.")
    return escape("Training jobs begin again.")


def draining(rules: Rules) -> Mrkdwn:
    """Confirm whether anything new is taken."""
    if rules.draining:
        return escape("Draining: nothing new is taken until `/figment undrain`.")
    return escape("New requests are taken again.")
