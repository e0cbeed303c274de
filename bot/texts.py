"""What people read outside of cards and forms; errors become sentences here."""

from collections.abc import Mapping, Sequence

from backend.errors import BackendError, ErrorCode
from backend.jobs import JobState, RenderState
from backend.views import ConceptView, JobView, RenderView
from bot.blocks.failures import failure_said
from bot.blocks.kit import Mrkdwn, code, escape, joined, person
from bot.errors import BotError
from bot.form_values import FormError, Wrong
from bot.words import Language, Words, sentence_of
from cluster.spec import LearnableProperty
from cluster.told import AnyOf, Fact

_NOT_SET_UP = (
    ErrorCode.BASE_MODEL,
    ErrorCode.UNSAFE_BASE,
    ErrorCode.DATABASE,
    ErrorCode.ALREADY_RUNNING,
)
"""Their messages may name folders of the server: those are for its log."""

_NAMED = (ErrorCode.TOKEN_TAKEN, ErrorCode.NOT_YOURS)
"""Errors in which it helps to know who is in the way."""


def of_error(words: Words, error: BackendError | BotError) -> Mrkdwn:
    """Say what could not be done, and what to do about it."""
    if error.code in _NOT_SET_UP:
        return words.mrkdwn("error-base-model")
    said = [one for one in _sentences(words, error) if one]
    if isinstance(error, BackendError):
        said += _further(words, error, said)
    return joined(said, words.text("sentence-gap"))


def of_any(words: Words, error: Exception) -> Mrkdwn:
    """Say what went wrong, whatever it was; what we did not expect stays in the log."""
    if isinstance(error, BackendError | BotError):
        return of_error(words, error)
    return words.mrkdwn("error-internal")


def in_short(words: Words, error: BackendError | BotError) -> str:
    """Say only what is wrong, in plain text, as beside the field of a form."""
    facts = _facts(words, error)
    name = _name(words, error, facts)
    return error.message if name is None else words.text(name, **facts)


def beside_fields(words: Words, error: FormError) -> dict[str, str]:
    """Say what is wrong with each field of a form, in plain text."""
    return {
        name: words.text(one.sentence, **one.facts)
        if isinstance(one, Wrong)
        else in_short(words, one)
        for name, one in error.problems.items()
    }


def in_full(words: Words, error: BackendError | BotError) -> str:
    """Say what is wrong and what to do about it, in plain text."""
    facts = _facts(words, error)
    name = _name(words, error, facts)
    if name is None:
        return f"{error.message} {error.hint}".strip()
    said = [words.text(name, **facts)]
    if error.hint and f"{name}.hint" in words:
        said.append(words.text(f"{name}.hint", **facts))
    return words.text("sentence-gap").join(said)


def problem(words: Words, error: BotError) -> str:
    """Say in a sentence why a file could not be had."""
    return in_short(words, error)


def _sentences(words: Words, error: BackendError | BotError) -> list[Mrkdwn]:
    """Say what is wrong, who is in the way, and what to do."""
    facts = _facts(words, error)
    name = _name(words, error, facts)
    if name is None:
        said, hint = escape(error.message), escape(error.hint)
    else:
        said, hint = words.mrkdwn(name, **facts), Mrkdwn("")
        if error.hint and f"{name}.hint" in words:
            hint = words.mrkdwn(f"{name}.hint", **facts)
    if not isinstance(error, BackendError):
        return [said, hint]
    by, also = Mrkdwn(""), Mrkdwn("")
    if error.code in _NAMED and error.by is not None:
        by = Mrkdwn(f"({person(error.by.user)})")
    if error.code is ErrorCode.QUOTA_REACHED and error.at is not None:
        # Slack shows it in the reader's own time zone.
        at = f"<!date^{int(error.at.timestamp())}^{{date_short_pretty}} {{time}}|{error.hint}>"
        hint = words.mrkdwn("error-room-again", {"when": Mrkdwn(at)})
    if also_wrong := [problem(words, one) for one in error.also if isinstance(one, BotError)]:
        also = escape(words.text("sentence-gap").join(also_wrong))
    return [said, also, by, hint]


def _name(words: Words, error: BackendError | BotError, facts: Mapping[str, Fact]) -> str | None:
    """Return which sentence says it; None where the error's own is all there is."""
    name = sentence_of(error.code, error.case)
    if words.fits(name, facts):
        return name
    # In English, the error itself knows more than what is said of everything else.
    other = sentence_of(error.code, "other")
    return other if words.language is not Language.EN and words.fits(other, facts) else None


def _facts(words: Words, error: BackendError | BotError) -> dict[str, Fact]:
    facts = dict(error.facts)
    if isinstance(error, BackendError) and error.at is not None:
        facts |= {"date": words.date(error.at), "time": f"{error.at:%H:%M}"}
    return facts


def _further(words: Words, error: BackendError, said: Sequence[Mrkdwn]) -> list[Mrkdwn]:
    if error.code is ErrorCode.NO_PICTURES:
        return [words.mrkdwn("error-no-pictures-where")]
    if error.code not in (ErrorCode.BAD_INITIALIZER, ErrorCode.UNKNOWN_TOKEN):
        return []
    there = " ".join(said)
    left = tuple(one for one in error.suggestions if escape(one) not in there)
    return [words.mrkdwn("error-did-you-mean", near=AnyOf(left))] if left else []


def _example(words: Words, token: str) -> Mrkdwn:
    return code(f"/imagine {words.text('try-prompt', token=token)}")


def ready(words: Words, job: JobView) -> Mrkdwn:
    """Tell somebody that a concept can be used."""
    marked = {"who": person(job.owner.user), "example": _example(words, job.token)}
    return words.mrkdwn("job-is-ready", marked, token=job.token)


def failed(words: Words, job: JobView) -> Mrkdwn:
    """Tell somebody that a concept was not learned."""
    said = words.mrkdwn("job-not-learned", {"who": person(job.owner.user)}, token=job.token)
    why = "" if job.failure is None else failure_said(words, job.failure)
    return joined((said, escape(why)))


def left_out(words: Words, problems: Sequence[str]) -> Mrkdwn:
    """Name the pictures that were not fetched."""
    return words.mrkdwn("left-out", problems=words.text("sentence-gap").join(problems))


def cancelled(words: Words, thing: JobView | RenderView) -> Mrkdwn:
    """Confirm that something ends."""
    if isinstance(thing, RenderView):
        return words.mrkdwn("render-is-cancelled")
    if thing.state is JobState.STOPPING:
        return words.mrkdwn("job-stops", token=thing.token)
    return words.mrkdwn("job-is-cancelled", token=thing.token)


def concept_line(words: Words, concept: ConceptView) -> Mrkdwn:
    """Describe a concept in a line."""
    is_style = concept.learnable_property is LearnableProperty.STYLE
    facts: dict[str, Fact] = {
        "token": concept.token,
        "kind": "style" if is_style else "object",
        "date": words.date(concept.created_at),
    }
    who = {"who": person(concept.owner.user)}
    if concept.is_imported:
        of_file = "concept-line-file-private" if concept.is_private else "concept-line-file"
        return words.mrkdwn(of_file, who, **facts)
    taught = "concept-line-private" if concept.is_private else "concept-line"
    return words.mrkdwn(taught, who, word=concept.initializer, **facts)


def short_id(thing_id: str) -> str:
    """Return as much of an id as people need."""
    return thing_id[:8]


def job_line(words: Words, job: JobView) -> Mrkdwn:
    """Say in a line how a job stands."""
    match job.state:
        case JobState.QUEUED:
            state = words.text("job-line-queued", number=job.queue_position or 1)
        case JobState.STOPPING:
            state = words.text("job-line-stopping")
        case JobState.PREPARING:
            state = words.text("job-line-preparing")
        case _:
            state = words.text("job-line-learning", step=job.step, steps=job.max_steps)
    marked = {"who": person(job.owner.user), "id": code(short_id(job.id))}
    return words.mrkdwn("job-line", marked, token=job.token, state=state)


def render_line(words: Words, render: RenderView, *, in_full: bool = True) -> Mrkdwn:
    """Say in a line how a render stands; if not `in_full`, not what is drawn and for whom."""
    if render.state is not RenderState.DRAWING:
        state = words.text("render-line-queued", number=render.queue_position or 1)
    elif render.step:
        state = words.text(
            "render-line-step",
            done=render.done,
            count=render.count,
            step=render.step,
            steps=render.steps,
        )
    else:
        state = words.text("render-line-drawing", done=render.done, count=render.count)
    if not in_full:
        marked = {"id": code(short_id(render.id))}
        return words.mrkdwn("render-line-elsewhere", marked, state=state)
    marked = {"who": person(render.owner.user), "id": code(short_id(render.id))}
    return words.mrkdwn("render-line", marked, prompt=render.prompt[:120], state=state)
