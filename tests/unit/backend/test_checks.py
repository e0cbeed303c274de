"""What is accepted and what is refused, and in which words."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import checks
from backend.aspect import AspectRatio
from backend.errors import BackendError, ErrorCode
from backend.people import Person, Place
from backend.prompt_blocks import BLOCK_TOKENS, MOST_BLOCKS
from backend.prompt_length import PromptLength
from backend.recipe import Sampler
from backend.requests import ImagineRequest
from backend.settings import BackendSettings
from backend.views import ConceptView
from cluster.pictures import PictureProblem, PictureProblemCode
from cluster.spec import LearnableProperty
from cluster.told import Told
from cluster.vocabulary import Vocabulary
from tests.fakes import START

ADA = Person("T", "ada")
SETTINGS = BackendSettings(_env_file=None)


def _concept(token: str, base_hash: str = "base") -> ConceptView:
    return ConceptView(
        token=token,
        version=1,
        owner=ADA,
        initializer="toy",
        learnable_property=LearnableProperty.OBJECT,
        base_hash=base_hash,
        sha256="00",
        vectors=1,
        embedding=Path("x"),
        created_at=START,
        improvement=None,
        samples=(),
        job_id=None,
    )


def _asked(**numbers: object) -> ImagineRequest:
    return ImagineRequest("a toy", ADA, Place("T", "C"), "key", **numbers)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["<dicoo>", "dicoo", " <DiCoo> ", "&lt;dicoo&gt;"])
def test_a_token_may_be_written_in_several_ways(text: str) -> None:
    assert checks.checked_token(text) == "<dicoo>"


@pytest.mark.parametrize("text", ["", "<>", "<a b>", "<dicoo", "<-x>", "<x>>", "<ü>", "x" * 33])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(BackendError) as caught:
        checks.checked_token(text)
    assert caught.value.code is ErrorCode.BAD_PLACEHOLDER
    assert "<dicoo>" in caught.value.message


def test_an_initializer_is_one_token(paper_base: Path) -> None:
    vocabulary = Vocabulary.load(paper_base)
    assert checks.checked_initializer(" Robot ", vocabulary) == "robot"


def test_an_initializer_of_several_tokens_is_refused_with_near_words(paper_base: Path) -> None:
    vocabulary = Vocabulary.load(paper_base)
    with pytest.raises(BackendError) as caught:
        checks.checked_initializer("robott", vocabulary)
    assert caught.value.code is ErrorCode.BAD_INITIALIZER
    assert caught.value.suggestions[0] == "robot"
    assert "robot" in caught.value.hint
    with pytest.raises(BackendError) as caught:
        checks.checked_initializer("yellow robot", vocabulary)
    assert caught.value.suggestions[:2] == ("yellow", "robot")
    with pytest.raises(BackendError) as caught:
        checks.checked_initializer("  ", vocabulary)
    assert caught.value.code is ErrorCode.BAD_INITIALIZER


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (0, ErrorCode.NO_PICTURES),
        (1, ErrorCode.TOO_FEW_PICTURES),
        (2, None),
        (20, None),
        (21, ErrorCode.TOO_MANY_PICTURES),
    ],
)
def test_the_number_of_pictures_has_limits(number: int, code: ErrorCode | None) -> None:
    if code is None:
        checks.check_picture_number(number, "<dicoo>")
        return
    with pytest.raises(BackendError) as caught:
        checks.check_picture_number(number, "<dicoo>")
    assert caught.value.code is code
    assert caught.value.hint


def test_bad_pictures_are_named_when_too_few_are_left() -> None:
    problem = PictureProblem(
        "a.png", PictureProblemCode.TOO_SMALL, "a.png is 8 x 8.", Told("bad_pictures", "too-small")
    )
    checks.check_good_pictures(2, [problem])
    for good, left in ((0, "none is left"), (1, "only one is left")):
        with pytest.raises(BackendError) as caught:
            checks.check_good_pictures(good, [problem, problem])
        assert caught.value.code is ErrorCode.BAD_PICTURES
        assert caught.value.message.endswith(f"{left}: a.png is 8 x 8; a.png is 8 x 8.")


@given(st.text(max_size=40))
def test_a_prompt_is_tidied_once_and_can_be_stored(text: str) -> None:
    tidy = checks.tidied(text)
    assert checks.tidied(tidy) == tidy
    assert "\0" not in tidy
    assert tidy.encode().decode() == tidy


def test_half_a_character_is_no_error() -> None:
    assert checks.checked_prompt("a toy \ud83d\0 <DICOO>  ") == "a toy ? <dicoo>"


@pytest.mark.parametrize("prompt", ["", "  \n", "\0", "()", "[( )]"])
def test_an_empty_prompt_is_refused(prompt: str) -> None:
    with pytest.raises(BackendError) as caught:
        checks.checked_prompt(prompt)
    assert caught.value.code is ErrorCode.EMPTY_PROMPT


def test_concepts_are_found_in_the_order_they_are_named() -> None:
    known = [_concept("<a>"), _concept("<b>"), _concept("<c>")]
    found = checks.concepts_in(["<c> with <a> and <c>", "<b>"], known, (), "base")
    assert [concept.token for concept in found] == ["<c>", "<a>", "<b>"]
    assert checks.concepts_in(["a toy, 3 < 4 > 2"], known, (), "base") == ()


@pytest.mark.parametrize(
    ("prompt", "message", "near"),
    [
        ("a <dicco>", "Nobody has taught", ("<dicoo>",)),
        ("a <zzz>", "Nobody has taught", ()),
        ("an <old>", "another base model", ()),
        ("a <new>", "still being learned", ()),
    ],
)
def test_a_token_that_cannot_be_used_is_refused(
    prompt: str, message: str, near: tuple[str, ...]
) -> None:
    known = [_concept("<dicoo>"), _concept("<old>", "other")]
    with pytest.raises(BackendError) as caught:
        checks.concepts_in([prompt], known, {"<new>"}, "base")
    assert caught.value.code is ErrorCode.UNKNOWN_TOKEN
    assert message in caught.value.message
    assert caught.value.suggestions == near
    assert all(token in caught.value.hint for token in near)


def test_a_prompt_of_more_than_its_blocks_is_refused(paper_base: Path) -> None:
    length = PromptLength.load(paper_base)
    fits = "toy " * (MOST_BLOCKS * BLOCK_TOKENS - 3) + "<dicoo>"
    checks.check_length(fits, {"<dicoo>": 3}, length)
    with pytest.raises(BackendError) as caught:
        checks.check_length(fits, {"<dicoo>": 4}, length)
    assert caught.value.code is ErrorCode.PROMPT_TOO_LONG
    assert "301" in caught.value.message
    with pytest.raises(BackendError) as caught:
        checks.check_length("toy " * 9999, {}, length)
    assert caught.value.code is ErrorCode.PROMPT_TOO_LONG


@pytest.mark.parametrize("prompt", ["(toy:99)", "((((((((((((((((((((toy", "(toy:-1)"])
def test_an_absurd_weight_is_refused(paper_base: Path, prompt: str) -> None:
    with pytest.raises(BackendError) as caught:
        checks.check_length(prompt, {}, PromptLength.load(paper_base))
    assert caught.value.code is ErrorCode.BAD_NUMBER
    assert "toy" in caught.value.message
    assert caught.value.hint


def test_numbers_left_open_are_those_of_the_settings() -> None:
    numbers = checks.checked_numbers(_asked(), SETTINGS, side=512, random_seed=5)
    assert numbers == checks.Numbers(4, 5, 20, 7.5, 1.0, Sampler.DPMPP_2M, 512, 512, 0.6)
    asked = _asked(
        count=2,
        seed=0,
        steps=1,
        guidance=1.0,
        guidance_until=0.5,
        sampler=Sampler.DDIM,
        width=64,
        height=128,
        strength=0.3,
    )
    numbers = checks.checked_numbers(asked, SETTINGS, side=512, random_seed=5)
    assert numbers == checks.Numbers(2, 0, 1, 1.0, 0.5, Sampler.DDIM, 64, 128, 0.3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 0},
        {"count": 9},
        {"steps": 0},
        {"steps": 101},
        {"guidance": 0.5},
        {"guidance": 31.0},
        {"guidance": float("nan")},
        {"seed": -1},
        {"seed": 2**32},
        {"seed": 2**32 - 1, "count": 2},
        {"width": 0},
        {"width": 1032},
        {"width": 100},
        {"height": 56},
        {"height": 513},
        {"guidance_until": -0.1},
        {"guidance_until": 1.1},
        {"guidance_until": float("nan")},
        {"strength": 0.0},
        {"strength": 1.5},
        {"strength": float("nan")},
        {"vary": -0.1},
        {"vary": 2.0},
        {"sampler": Sampler.LCM, "steps": 51},
        {"ratio": AspectRatio.WIDE, "width": 512},
    ],
)
def test_numbers_out_of_limits_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BackendError) as caught:
        checks.checked_numbers(_asked(**wrong), SETTINGS, side=512, random_seed=5)
    assert caught.value.code is ErrorCode.BAD_NUMBER
    assert "e+" not in caught.value.message


@given(st.integers(1, 8))
def test_every_picture_of_a_render_has_a_seed_within_the_limits(count: int) -> None:
    last = 2**32 - count
    numbers = checks.checked_numbers(_asked(count=count, seed=last), SETTINGS, 512, 5)
    assert numbers.seed + count - 1 == 2**32 - 1


def test_what_the_settings_say_is_checked_too() -> None:
    odd = BackendSettings(_env_file=None, width=100)
    with pytest.raises(BackendError):
        checks.checked_numbers(_asked(), odd, side=512, random_seed=5)


def test_an_aspect_ratio_becomes_a_size() -> None:
    asked = checks.checked_numbers(_asked(ratio=AspectRatio.PHOTO), SETTINGS, 512, 5)
    assert (asked.width, asked.height) == (640, 448)


def test_what_is_begun_from_a_picture_gets_its_shape_unless_another_is_asked_for() -> None:
    start = (4000, 3000)
    numbers = checks.checked_numbers(_asked(), SETTINGS, 512, 5, start)
    assert (numbers.width, numbers.height) == (576, 448)
    numbers = checks.checked_numbers(_asked(ratio=AspectRatio.TALL), SETTINGS, 512, 5, start)
    assert (numbers.width, numbers.height) == (384, 704)
    numbers = checks.checked_numbers(_asked(width=64, height=64), SETTINGS, 512, 5, start)
    assert (numbers.width, numbers.height) == (64, 64)


def test_tokens_are_near_by_their_names() -> None:
    known = ["<dicoo>", "<dicooo>", "<robot>"]
    assert checks.near_tokens("<dicco>", known) == ("<dicoo>", "<dicooo>")
    assert checks.near_tokens("<x>", known) == ()
