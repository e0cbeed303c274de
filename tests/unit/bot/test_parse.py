"""Words become wishes."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.aspect import AspectRatio
from backend.recipe import Sampler
from bot.errors import BotError, BotErrorCode
from bot.parse import parse_concept, parse_mention
from bot.parse_imagine import parse_imagine
from bot.wishes import Cancel, Help, Imagine, ListConcepts, OpenTeach, Show, ShowQueue, Teach


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("teach <dicoo> as toy", Teach(name="<dicoo>", word="toy")),
        ("teach dicoo as a toy", Teach(name="dicoo", word="toy")),
        ("TEACH <Dicoo> AS Toy", Teach(name="<Dicoo>", word="Toy")),
        ("teach <ink> as painting style", Teach(name="<ink>", word="painting", style=True)),
        ("teach <dicoo> as toy object", Teach(name="<dicoo>", word="toy")),
        ("teach <dicoo> as style", Teach(name="<dicoo>", word="style")),
        ("teach <dicoo>", Teach(name="<dicoo>", word="")),
        ("teach <dicoo> as", Teach(name="<dicoo>", word="")),
        ("teach my toy as rubber duck", Teach(name="my toy", word="rubber duck")),
        ("teach <asp> as snake", Teach(name="<asp>", word="snake")),
        ("list", ListConcepts()),
        ("queue", ShowQueue()),
        ("show <dicoo>", Show(name="<dicoo>")),
        ("cancel 1a2b", Cancel(what="1a2b")),
        ("", Help()),
        ("help", Help()),
    ],
)
def test_a_concept_command(text: str, wish: object) -> None:
    assert parse_concept(text) == wish


@pytest.mark.parametrize("said", ["teach", " Teach ", "learn"])
def test_to_teach_without_a_name_is_to_be_shown_the_form(said: str) -> None:
    assert parse_concept(said) == OpenTeach()
    assert parse_mention(said.strip()) == OpenTeach()


@pytest.mark.parametrize("text", ["teach as toy", "show", "cancel", "dance"])
def test_words_that_ask_for_nothing(text: str) -> None:
    with pytest.raises(BotError) as refused:
        parse_concept(text)
    assert refused.value.code is BotErrorCode.NOT_UNDERSTOOD
    assert refused.value.hint


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("a <dicoo>", Imagine(prompt="a <dicoo>")),
        ("a <dicoo> --n 2", Imagine(prompt="a <dicoo>", count=2)),
        ("--seed 7 a <dicoo> --n=2 at sea", Imagine(prompt="a <dicoo> at sea", seed=7, count=2)),
        ("a toy \u2014n 4", Imagine(prompt="a toy", count=4)),
        ("a toy \u2013steps 9", Imagine(prompt="a toy", steps=9)),
        ("a toy \u2014 alone", Imagine(prompt="a toy \u2014 alone")),
        ("a toy \u2014alone", Imagine(prompt="a toy \u2014alone")),
        ("half--n 4", Imagine(prompt="half--n 4")),
        ("a toy --guidance 7.5", Imagine(prompt="a toy", guidance=7.5)),
        ("a toy --size 512x768", Imagine(prompt="a toy", width=512, height=768)),
        ("a toy --ar 3:2", Imagine(prompt="a toy", ratio=AspectRatio.PHOTO)),
        ("a toy \u2014ar=16:9", Imagine(prompt="a toy", ratio=AspectRatio.WIDE)),
        ("a toy --until 0.5", Imagine(prompt="a toy", until=0.5)),
        ("a toy --sampler UniPC", Imagine(prompt="a toy", sampler=Sampler.UNIPC)),
        ("--strength .7 a toy", Imagine(prompt="a toy", strength=0.7)),
        ("a toy --seed 7 --vary 0.2", Imagine(prompt="a toy", seed=7, vary=0.2)),
        ("a toy --upscale 2x at sea", Imagine(prompt="a toy at sea", upscale=True)),
        ("a (toy:1.3) [hat] \\(2\\)", Imagine(prompt="a (toy:1.3) [hat] \\(2\\)")),
        ("a toy --sampler DDIM", Imagine(prompt="a toy", sampler=Sampler.DDIM)),
        ("a toy --no very dark", Imagine(prompt="a toy", negative="very dark")),
        (
            "a toy --no \u201cdark, grim\u201d at sea --n 2",
            Imagine(prompt="a toy at sea", negative="dark, grim", count=2),
        ),
        ("a toy --seed \u201c7\u201d", Imagine(prompt="a toy", seed=7)),
        (
            "a \u201cfunny\u201d <dicoo> \u2014 it\u2019s red",
            Imagine(prompt="a \u201cfunny\u201d <dicoo> \u2014 it\u2019s red"),
        ),
        ("", Imagine(prompt="")),
        ("--n 4", Imagine(prompt="", count=4)),
    ],
)
def test_a_prompt_and_its_flags(text: str, wish: Imagine) -> None:
    assert parse_imagine(text) == wish


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a toy --wat 3", "--wat"),
        ("a toy --n", "--n"),
        ("a toy --n four", "four"),
        ("a toy --steps 2.5", "2.5"),
        ("a toy --guidance nan", "nan"),
        ("a toy --size 512", "512"),
        ("a toy --sampler magic", "magic"),
        ("a toy --ar 5:1", "5:1"),
        ("a toy --until half", "half"),
        ("a toy --upscale 8", "8"),
    ],
)
def test_a_flag_that_cannot_be_read_is_named(text: str, told: str) -> None:
    with pytest.raises(BotError) as refused:
        parse_imagine(text)
    assert told in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("teach <dicoo> as toy", Teach(name="<dicoo>", word="toy")),
        ("concept list", ListConcepts()),
        ("imagine a <dicoo> --n 2", Imagine(prompt="a <dicoo>", count=2)),
        ("Imagine: a <dicoo>", Imagine(prompt="a <dicoo>")),
        ("a <dicoo> at the beach", Imagine(prompt="a <dicoo> at the beach")),
        ("show <dicoo>", Show(name="<dicoo>")),
        ("show a dog on the moon", Imagine(prompt="show a dog on the moon")),
        ("queue", ShowQueue()),
        ("queue of toys", Imagine(prompt="queue of toys")),
        ("hi!", Help()),
        ("", Help()),
    ],
)
def test_a_mention(text: str, wish: object) -> None:
    assert parse_mention(text) == wish


WORDS = st.lists(
    st.text(
        st.characters(exclude_categories=["Z", "C"], exclude_characters="-\u2013\u2014"), min_size=1
    ),
    max_size=6,
).map(" ".join)


@given(WORDS)
def test_a_prompt_without_flags_stays_as_it_was_written(prompt: str) -> None:
    assert parse_imagine(prompt) == Imagine(prompt=prompt)


@given(WORDS, st.integers(0, 2**32), st.integers(0, 99))
def test_flags_leave_the_prompt_alone_wherever_they_stand(
    prompt: str, seed: int, count: int
) -> None:
    wish = Imagine(prompt=prompt, seed=seed, count=count)
    assert parse_imagine(f"{prompt} --seed {seed} --n {count}") == wish
    assert parse_imagine(f"--seed {seed} --n {count} {prompt}") == wish


@given(st.text())
def test_any_words_are_understood_or_refused_in_words(text: str) -> None:
    for parse in (parse_concept, parse_imagine, parse_mention):
        # Nothing but a BotError may come out of it.
        with contextlib.suppress(BotError):
            assert parse(text).kind


@pytest.mark.parametrize("said", ["cancel", "show"])
def test_a_bare_verb_asks_back_instead_of_drawing(said: str) -> None:
    with pytest.raises(BotError, match=f"to {said}"):
        parse_mention(said)


def test_verbs_with_words_that_are_no_name() -> None:
    assert parse_mention("cancel my job") == Cancel(what="my job")
    assert parse_mention("list concepts") == ListConcepts()
    assert isinstance(parse_mention("show me a <dicoo>"), Imagine)
