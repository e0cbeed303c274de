"""From the form to imagine to what is wanted. Pure."""

from backend.aspect import AspectRatio
from backend.checks import checked_prompt
from backend.errors import BackendError
from backend.recipe import Sampler
from bot.action_ids import Field
from bot.asks import FileInfo, Payload
from bot.blocks.prompt_form import KEEP_SIZE, PromptContext
from bot.form_values import FormError, Wrong, chosen, decimal, entry, text, whole
from bot.wishes import Imagine


def prompt_context(view: Payload) -> PromptContext:
    """Return what a form to imagine remembers."""
    return PromptContext.model_validate_json(view.get("private_metadata") or "{}")


def read_prompt(view: Payload) -> tuple[Imagine, tuple[FileInfo, ...]]:
    """Return what is wanted, and the picture to begin from; raises FormError."""
    wish, problems = _wish(view)
    try:
        checked_prompt(wish.prompt)
    except BackendError as error:
        problems[Field.PROMPT] = error
    if problems:
        raise FormError(problems)
    return wish, _picture(view)


def typed_so_far(view: Payload) -> Imagine:
    """Return what stands in a form that is not submitted; what cannot be read is left out."""
    return _wish(view)[0]


def _wish(view: Payload) -> tuple[Imagine, dict[str, Wrong | BackendError]]:
    values, context = view["state"]["values"], prompt_context(view)
    problems: dict[str, Wrong | BackendError] = {}

    def number(field: Field, is_whole: bool) -> int | float | None:
        try:
            return whole(values, field) if is_whole else decimal(values, field)
        except FormError as error:
            problems.update(error.problems)
            return None

    shape = chosen(values, Field.RATIO)
    keeps_size = shape == KEEP_SIZE
    # Where its field is folded away, the size is as it was, too.
    if Field.RATIO not in values:
        keeps_size = context.width is not None
    sampler = chosen(values, Field.SAMPLER)
    wish = Imagine(
        prompt=text(values, Field.PROMPT),
        negative=text(values, Field.NEGATIVE) or None,
        count=number(Field.COUNT, True),
        seed=number(Field.SEED, True),
        steps=number(Field.STEPS, True),
        guidance=number(Field.GUIDANCE, False),
        until=context.until,
        sampler=Sampler(sampler) if sampler in tuple(Sampler) else None,
        width=context.width if keeps_size else None,
        height=context.height if keeps_size else None,
        ratio=AspectRatio(shape) if shape in tuple(AspectRatio) else None,
        start=context.start,
        strength=number(Field.STRENGTH, False),
        vary=context.vary,
        upscale=bool(entry(values, Field.UPSCALE).get("selected_options")),
    )
    return wish, problems


def _picture(view: Payload) -> tuple[FileInfo, ...]:
    files = prompt_context(view).files
    picked = chosen(view["state"]["values"], Field.PICTURE)
    found = [one for one in files if one[0] == picked] or list(files[:1])
    # Slack is asked for the rest of what is to be known of a file.
    return tuple(FileInfo(id=file_id, name=name, mimetype="image/*") for file_id, name in found)
