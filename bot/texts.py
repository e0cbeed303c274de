"""Every sentence that people read outside of cards and forms; errors become words here."""

from collections.abc import Callable, Mapping, Sequence

from backend.errors import BackendError, ErrorCode
from backend.jobs import JobState, RenderState
from backend.views import ConceptView, JobView, QueueView, RenderView
from bot.blocks.kit import Mrkdwn, code, escape, joined, mrkdwn, person
from bot.errors import BotError
from cluster.spec import LearnableProperty

INTERNAL = escape(
    "Something went wrong on Figment's side. Please try again; if it happens again, tell whoever "
    "runs Figment that its log says more."
)

NO_FILES_ON_MESSAGE = escape(
    "This message has no pictures. Use the shortcut on one with about five pictures of a thing."
)

NO_PICTURE_ON_MESSAGE = escape(
    "This message has no picture. Use the shortcut on one with a picture to begin from."
)

TOO_LONG_FOR_FORM = escape(
    "This prompt has more characters than Slack's forms take. Copy it from *Recipe* and change it."
)

_HELP = """*Teach me a word*
Upload about five pictures of a thing, from different sides, then say
`/concept teach <dicoo> as toy`
or mention me with the same words on the upload itself: `@figment teach <dicoo> as toy`. \
The word after `as` says what it is; add `style` to teach a style. `/concept teach` alone opens a \
form, as does the shortcut *Teach this* on a message or thread with pictures.
*Draw with it*
`/imagine a yellow <dicoo> robot at the beach`, or mention me with a prompt, in threads too.
Flags: `--n 4`, `--seed 7`, `--steps 20`, `--guidance 7.5`, `--until 0.5`, `--no blurry`, \
`--ar 3:2` or `--size 512x512`, `--sampler ddim`, `--vary 0.2`, `--upscale 2`. `(word:1.3)` weighs \
a word. Attach a picture to a mention to begin from it, with `--strength 0.6`, or use the shortcut \
*Imagine with this* on a message. The buttons under pictures vary them, double their size, \
change their prompt, tell their recipe and delete them.
*Look around*
`/concept list`, `/concept show <dicoo>`, `/concept queue`, `/concept cancel <dicoo>`, \
`/figment status`, `/figment settings`
*Look after a concept*
`/concept versions <dicoo>`, `/concept use <dicoo> 2`, `/concept retrain <dicoo>`, \
`/concept rename <dicoo> <robot>`, `/concept private <dicoo>`, \
`/concept share <dicoo> with #toys`, `/concept export <dicoo>`, `/concept import <dicoo>` after \
you dropped a file, `/concept delete <dicoo>`"""
HELP = escape(_HELP)


def of_error(error: BackendError | BotError) -> Mrkdwn:
    """Say what could not be done, and what to do about it."""
    if isinstance(error, BotError):
        return _plainly(error)
    return _WORDINGS.get(error.code, _plainly)(error)


def of_any(error: Exception) -> Mrkdwn:
    """Say what went wrong, whatever it was; what we did not expect stays in the log."""
    return of_error(error) if isinstance(error, BackendError | BotError) else INTERNAL


def _plainly(error: BackendError | BotError) -> Mrkdwn:
    return escape(f"{error.message} {error.hint}".strip())


def _taken(error: BackendError) -> Mrkdwn:
    if error.by is None:
        return _plainly(error)
    return joined((escape(error.message), Mrkdwn(f"({person(error.by.user)})"), escape(error.hint)))


def _suggesting(error: BackendError) -> Mrkdwn:
    said = _plainly(error)
    left = [one for one in error.suggestions if escape(one) not in said]
    if not left:
        return said
    return joined((said, mrkdwn("Did you mean {near}?", near=" or ".join(left))))


def _not_set_up(error: BackendError) -> Mrkdwn:
    # The message may name folders of the server: that is for its log.
    return escape(
        "Figment's base model cannot be read, so nothing can be taught or drawn now. Whoever runs "
        "Figment finds the reason in its log."
    )


def _no_pictures(error: BackendError) -> Mrkdwn:
    return joined((_plainly(error), escape("I look at what you uploaded here lately.")))


def _until(error: BackendError) -> Mrkdwn:
    if error.at is None:
        return _plainly(error)
    # Slack shows it in the reader's own time zone.
    shown = f"<!date^{int(error.at.timestamp())}^{{date_short_pretty}} {{time}}|{error.hint}>"
    return joined((escape(error.message), escape("There is room again:"), Mrkdwn(shown)))


_WORDINGS: Mapping[ErrorCode, Callable[[BackendError], Mrkdwn]] = {
    ErrorCode.NO_PICTURES: _no_pictures,
    ErrorCode.TOKEN_TAKEN: _taken,
    ErrorCode.QUOTA_REACHED: _until,
    ErrorCode.BAD_INITIALIZER: _suggesting,
    ErrorCode.UNKNOWN_TOKEN: _suggesting,
    ErrorCode.BASE_MODEL: _not_set_up,
    ErrorCode.DATABASE: _not_set_up,
    ErrorCode.ALREADY_RUNNING: _not_set_up,
}
"""Those that need more, or less, than their own message and hint."""


def ready(job: JobView) -> Mrkdwn:
    """Tell somebody that a concept can be used."""
    return joined(
        (
            person(job.owner.user),
            Mrkdwn(f"*{escape(job.token)}* is ready. Try"),
            Mrkdwn(f"{code(f'/imagine a {job.token} at the beach')}."),
        )
    )


def failed(job: JobView) -> Mrkdwn:
    """Tell somebody that a concept was not learned."""
    why = "" if job.failure is None else f"{job.failure.message} {job.failure.hint}".strip()
    return joined(
        (
            person(job.owner.user),
            mrkdwn("*{token}* was not learned.", token=job.token),
            escape(why),
        )
    )


def left_out(problems: Sequence[str]) -> Mrkdwn:
    """Name the pictures that were not fetched."""
    return escape(f"Left out: {' '.join(problems)}")


def cancelled(thing: JobView | RenderView) -> Mrkdwn:
    """Confirm that something ends."""
    if isinstance(thing, RenderView):
        return escape("The render is cancelled.")
    if thing.state is JobState.STOPPING:
        return mrkdwn("{token} is being stopped.", token=thing.token)
    return mrkdwn("{token} is cancelled.", token=thing.token)


def concept_line(concept: ConceptView) -> Mrkdwn:
    """Describe a concept in a line."""
    kind = "a style" if concept.learnable_property is LearnableProperty.STYLE else "a thing"
    if concept.is_imported:
        how = mrkdwn("{kind} from a file, imported by", kind=kind)
    else:
        how = mrkdwn("{kind} that began as {word}, taught by", kind=kind, word=concept.initializer)
    return joined(
        (
            Mrkdwn(f"*{escape(concept.token)}*"),
            how,
            person(concept.owner.user),
            escape(f"on {concept.created_at:%d %B %Y}" + (", private" * concept.is_private)),
        )
    )


def concept_list(concepts: Sequence[ConceptView]) -> Mrkdwn:
    """List what a workspace has taught."""
    if not concepts:
        return joined((escape("Nothing was taught here yet."), HELP), "\n")
    return joined((concept_line(one) for one in concepts), "\n")


def queue(view: QueueView) -> Mrkdwn:
    """List what has not ended yet."""
    if not view.jobs and not view.renders:
        return escape("The queue is empty.")
    return joined(
        [job_line(job) for job in view.jobs] + [render_line(render) for render in view.renders],
        "\n",
    )


def short_id(thing_id: str) -> str:
    """Return as much of an id as people need."""
    return thing_id[:8]


def job_line(job: JobView) -> Mrkdwn:
    """Say in a line how a job stands."""
    state = {
        JobState.QUEUED: f"waiting, number {job.queue_position or 1} in line",
        JobState.STOPPING: "stopping",
        JobState.PREPARING: "preparing",
    }.get(job.state, f"learning, step {job.step} of {job.max_steps}")
    return joined(
        (
            Mrkdwn(f"*{escape(job.token)}*"),
            escape(f"{state}, asked by"),
            person(job.owner.user),
            code(short_id(job.id)),
        )
    )


def render_line(render: RenderView) -> Mrkdwn:
    """Say in a line how a render stands."""
    if render.state is RenderState.DRAWING:
        state = f"{render.done} of {render.count} drawn"
        if render.step:
            state += f", step {render.step} of {render.steps}"
    else:
        state = f"waiting, number {render.queue_position or 1} in line"
    return joined(
        (
            escape(f"“{render.prompt[:120]}”,"),
            escape(f"{state}, asked by"),
            person(render.owner.user),
            code(short_id(render.id)),
        )
    )
