from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import CLIPTokenizer

from demo.toybox.grammar import (
    TEMPLATES,
    Caption,
    corpus,
    draw_caption,
    draw_toy,
    full_caption,
    vocabulary,
)
from demo.toybox.tokenizer import MAX_LENGTH, train_tokenizer
from demo.toybox.toy import Accessory, Colour, Kind, Pattern, Place


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> CLIPTokenizer:
    return train_tokenizer(tmp_path_factory.mktemp("tokenizer"))


def test_every_word_of_the_grammar_is_one_token(tokenizer: CLIPTokenizer) -> None:
    words = {*vocabulary(), *Kind, *Colour, *Place, *Accessory} - {Accessory.NONE}
    lengths = {w: len(tokenizer(w, add_special_tokens=False).input_ids) for w in words}
    assert {w: n for w, n in lengths.items() if n != 1} == {}


def test_no_caption_is_cut_off(tokenizer: CLIPTokenizer) -> None:
    texts = [template.format(phrase) for template in TEMPLATES for phrase in corpus()[-56:]]
    assert max(map(len, tokenizer(texts).input_ids)) < MAX_LENGTH


def test_the_saved_tokenizer_is_the_trained_one(tmp_path: Path) -> None:
    trained = train_tokenizer(tmp_path)
    loaded = CLIPTokenizer.from_pretrained(tmp_path)
    text = "A photo of a RED robot, with glasses; xyz 12!"
    assert loaded(text).input_ids == trained(text).input_ids
    assert loaded.decode(loaded(text).input_ids, skip_special_tokens=True).startswith(
        "a photo of a red robot"
    )


def test_a_whole_caption() -> None:
    caption = Caption(Kind.ROBOT, Colour.RED, Accessory.HAT, Place.BEACH)
    assert caption.text("a photo of a {}") == "a photo of a red robot with a hat at the beach"
    assert Caption().text() == "a toy"
    assert Caption(accessory=Accessory.NONE).text() == "a toy"


@given(st.integers(0, 10**6), st.booleans())
def test_captions_say_nothing_untrue(seed: int, nameable: bool) -> None:
    rng = Random(seed)
    toy = draw_toy(rng, nameable=nameable)
    place = rng.choice(list(Place))
    assert toy.nameable or not nameable
    said = set(draw_caption(toy, place, rng).split())
    assert said & set(Kind) <= {toy.kind}
    assert said & set(Colour) <= {toy.colour}
    assert said & set(Accessory) <= {toy.accessory}
    assert said & set(Place) <= {place}
    # A word for one of two colours would teach the model to ignore the other.
    assert toy.pattern is Pattern.PLAIN or not said & set(Colour)


@given(st.integers(0, 10**6))
def test_the_full_caption_of_a_nameable_toy_says_everything(seed: int) -> None:
    rng = Random(seed)
    toy = draw_toy(rng, nameable=True)
    place = rng.choice(list(Place))
    said = set(full_caption(toy, place).text().split())
    assert {toy.kind, toy.colour, place} <= said
    assert toy.accessory is Accessory.NONE or toy.accessory in said
