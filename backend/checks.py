"""What is accepted and what is refused, and in which words. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from backend.aspect import nearest, size_of
from backend.errors import BackendError, ErrorCode
from backend.prompt_length import PromptLength
from backend.prompt_weights import checked_parts
from backend.recipe import LARGEST_SEED, MOST_STEPS, Sampler
from backend.requests import ImagineRequest
from backend.settings import BackendSettings
from backend.views import ConceptView
from cluster.errors import ClusterError
from cluster.pictures import MAXIMUM_PICTURES, MINIMUM_PICTURES, PictureProblem
from cluster.placeholder import find_placeholders, parse_placeholder
from cluster.told import AllTold, AnyOf
from cluster.vocabulary import Vocabulary

_SIZE_STEP = 8
_SMALLEST_SIDE = 64
_LEAST_STRENGTH = 0.01
_WRITTEN_NAME = re.compile("<[A-Za-z0-9_-]{1,32}>")


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a render, all within their limits."""

    count: int
    seed: int
    steps: int
    guidance: float
    guidance_until: float
    sampler: Sampler
    width: int
    height: int
    strength: float


def checked_token(text: str) -> str:
    """Return the placeholder token that `text` means; raises BackendError (bad_placeholder)."""
    try:
        return parse_placeholder(text)
    except ClusterError as error:
        raise BackendError(
            ErrorCode.BAD_PLACEHOLDER,
            error.message,
            error.hint,
            case=error.case,
            facts=error.facts,
        ) from error


def check_not_in_base(token: str, vocabulary: Vocabulary) -> None:
    """Refuse a token that the base model has of its own; raises BackendError (token_taken)."""
    if vocabulary.has_token(token):
        raise BackendError(
            ErrorCode.TOKEN_TAKEN,
            f"The base model has a token {token} of its own.",
            "Choose another name.",
            case="by-base",
            facts={"token": token},
        )


def checked_initializer(word: str, vocabulary: Vocabulary) -> str:
    """Return the initializer token; raises BackendError (bad_initializer) with near words."""
    word = word.strip().lower()
    if not word:
        raise BackendError(
            ErrorCode.BAD_INITIALIZER,
            "Say in one word what it is, as in `as toy`.",
            "The word is where learning starts from.",
            case="missing",
        )
    if vocabulary.single_token(word) is not None:
        return word
    near = vocabulary.nearest(word)
    raise BackendError(
        ErrorCode.BAD_INITIALIZER,
        f"The base model has no single token for “{word}”; learning has to start from one word.",
        f"Try {_one_of(near)}." if near else "Try a simpler word, such as toy.",
        suggestions=tuple(near),
        case="no-token-near" if near else "no-token",
        facts={"word": word, "near": AnyOf(tuple(near))} if near else {"word": word},
    )


def check_picture_number(number: int, token: str) -> None:
    """Refuse to learn `token` from no pictures, too few or too many."""
    if number == 0:
        raise BackendError(
            ErrorCode.NO_PICTURES,
            f"There are no pictures to learn {token} from.",
            "Upload about five pictures of it, from different sides, and ask again.",
            case="to-learn",
            facts={"token": token},
        )
    if number < MINIMUM_PICTURES:
        raise BackendError(
            ErrorCode.TOO_FEW_PICTURES,
            f"One picture is not enough to learn {token} from.",
            "Upload about five, from different sides.",
            facts={"token": token},
        )
    if number > MAXIMUM_PICTURES:
        raise BackendError(
            ErrorCode.TOO_MANY_PICTURES,
            f"{number} pictures are more than the {MAXIMUM_PICTURES} that one job takes.",
            "Choose about five of the best, from different sides.",
            facts={"number": number, "most": MAXIMUM_PICTURES},
        )


def check_good_pictures(good: int, problems: Sequence[PictureProblem]) -> None:
    """Refuse when fewer good pictures are left than learning needs, naming the others."""
    if good >= MINIMUM_PICTURES:
        return
    named = "; ".join(problem.message.rstrip(".") for problem in problems)
    left = "none is left" if good == 0 else "only one is left"
    each = AllTold.of([problem.told for problem in problems])
    raise BackendError(
        ErrorCode.BAD_PICTURES,
        f"Too few of the pictures can be used, {left}: {named}.",
        "Upload about five pictures of it, from different sides, and ask again.",
        case="too-few-good",
        facts={"good": good, "problems": each},
    )


def checked_prompt(prompt: str) -> str:
    """Return the prompt with single spaces and its placeholders in lower case.

    Raises BackendError (empty_prompt, and what `checked_parts` raises).
    """
    prompt = tidied(prompt)
    if not any(part.text.strip() for part in checked_parts(prompt)):
        raise BackendError(
            ErrorCode.EMPTY_PROMPT,
            "There is nothing to draw: the prompt is empty.",
            "Say what to draw, as in `a toy at the beach`.",
        )
    return prompt


def tidied(prompt: str) -> str:
    """Return `prompt` with single spaces and its placeholders in lower case."""
    # Halves of characters and NULs come from cut texts; no database takes them.
    prompt = prompt.encode("utf-8", "replace").decode().replace("\0", " ")
    prompt = " ".join(prompt.split())
    return _WRITTEN_NAME.sub(_in_lower_case, prompt)


def _in_lower_case(written: re.Match[str]) -> str:
    text = written[0]
    return text.lower() if find_placeholders(text) == (text.lower(),) else text


def concepts_in(
    prompts: Sequence[str],
    concepts: Sequence[ConceptView],
    in_progress: Collection[str],
    base_hash: str,
) -> tuple[ConceptView, ...]:
    """Return the concepts that the prompts name, in order of appearance.

    Raises BackendError (unknown_token) for a token that cannot be used, with near ones.
    """
    known = {concept.token: concept for concept in concepts}
    usable = [concept.token for concept in concepts if concept.base_hash == base_hash]
    named = dict.fromkeys(token for prompt in prompts for token in find_placeholders(prompt))
    for token in named:
        if token in usable:
            continue
        if token in known:
            raise BackendError(
                ErrorCode.UNKNOWN_TOKEN,
                f"{token} was taught on another base model than the one in use.",
                "Teach it again under another name.",
                case="other-base",
                facts={"token": token},
            )
        if token in in_progress:
            raise BackendError(
                ErrorCode.UNKNOWN_TOKEN,
                f"{token} is still being learned.",
                "Its card says when it is ready.",
                case="being-learned",
                facts={"token": token},
            )
        near = near_tokens(token, usable)
        raise BackendError(
            ErrorCode.UNKNOWN_TOKEN,
            f"Nobody has taught {token} here.",
            f"Did you mean {_one_of(near)}?" if near else "See the list of concepts.",
            suggestions=near,
            case="untaught-near" if near else "untaught",
            facts={"token": token, "near": AnyOf(near)} if near else {"token": token},
        )
    return tuple(known[token] for token in named)


def near_tokens(token: str, known: Sequence[str], most: int = 3) -> tuple[str, ...]:
    """Return the tokens of `known` that look like `token`, best first."""
    names = {name.strip("<>"): name for name in known}
    near = get_close_matches(token.strip("<>"), sorted(names), n=most, cutoff=0.5)
    return tuple(names[name] for name in near)


def check_length(prompt: str, vectors: Mapping[str, int], length: PromptLength) -> None:
    """Refuse a prompt that is too long, or whose weights are absurd.

    Raises BackendError (prompt_too_long, bad_number).
    """
    length.blocks(prompt, vectors)


def checked_numbers(
    request: ImagineRequest,
    settings: BackendSettings,
    side: int,
    random_seed: int,
    start: tuple[int, int] | None = None,
) -> Numbers:
    """Fill in what was left open and refuse what is out of limits (bad_number).

    `side` is the base model's own size in pixels, `start` width and height of the picture to
    start from: where no size is asked for, what is drawn gets its shape.
    """
    count = settings.pictures if request.count is None else request.count
    steps = settings.steps if request.steps is None else request.steps
    guidance = settings.guidance if request.guidance is None else request.guidance
    until = settings.guidance_until if request.guidance_until is None else request.guidance_until
    strength = settings.strength if request.strength is None else request.strength
    sampler = settings.sampler if request.sampler is None else request.sampler
    width, height = _size(request, settings, side, start)
    seed = random_seed if request.seed is None else request.seed
    _within("pictures", "The number of pictures", count, 1, settings.max_pictures)
    _within("steps", "The number of steps", steps, 1, settings.max_render_steps)
    most_steps = MOST_STEPS.get(sampler, steps)
    _within(f"{sampler}", f"The number of steps of {sampler}", steps, 1, most_steps)
    _within("guidance", "The guidance", guidance, 1, 30)
    _within("until", "The share of the steps with guidance", until, 0, 1)
    _within("strength", "The strength", strength, _LEAST_STRENGTH, 1)
    if request.vary is not None:
        _within("vary", "The strength of a variation", request.vary, 0, 1)
    _within("seed", "The seed", seed, 0, LARGEST_SEED - (count - 1))
    for name, pixels in (("width", width), ("height", height)):
        # A base that draws small pictures has small ones of any shape, too.
        _within(name, f"The {name}", pixels, min(_SMALLEST_SIDE, side // 2), settings.max_side)
        if pixels % _SIZE_STEP:
            raise BackendError(
                ErrorCode.BAD_NUMBER,
                f"The {name} must be a multiple of {_SIZE_STEP}, not {pixels}.",
                f"Try {pixels - pixels % _SIZE_STEP}.",
                case="multiple",
                facts={
                    "what": name,
                    "step": _SIZE_STEP,
                    "pixels": pixels,
                    "nearest": pixels - pixels % _SIZE_STEP,
                },
            )
    return Numbers(count, seed, steps, guidance, until, sampler, width, height, strength)


def _size(
    request: ImagineRequest,
    settings: BackendSettings,
    side: int,
    start: tuple[int, int] | None,
) -> tuple[int, int]:
    ratio = request.ratio
    if request.width is None and request.height is None:
        if ratio is None and start is not None:
            ratio = nearest(*start)
        if ratio is not None:
            return size_of(ratio, side)
    elif ratio is not None:
        raise BackendError(
            ErrorCode.BAD_NUMBER,
            "A picture has a size or an aspect ratio; both were given.",
            "Leave out one of them.",
            case="size-and-ratio",
        )
    width = (settings.width or side) if request.width is None else request.width
    height = (settings.height or side) if request.height is None else request.height
    return width, height


def _within(what: str, name: str, value: float, least: float, most: float) -> None:
    # Written so that NaN is refused too.
    if not least <= value <= most:
        raise BackendError(
            ErrorCode.BAD_NUMBER,
            f"{name} must be from {least} to {most}, not {value}.",
            f"Try {most if value > most else least}.",
            case="range",
            facts={
                "what": what,
                "least": f"{least}",
                "most": f"{most}",
                "value": f"{value}",
                "nearest": f"{most if value > most else least}",
            },
        )


def _one_of(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
