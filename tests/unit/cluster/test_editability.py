import math
from typing import Any

import pytest
import torch

from cluster.concept_rows import Concept, add_concept
from cluster.editability import (
    Editability,
    editability_share,
    wins,
)
from cluster.evaluation import Denoiser
from cluster.model import load_base
from cluster.scoring_work import most_samples, place_phrases
from cluster.spec import LearnableProperty, Precision, TrainSpec
from demo.house import MODEL
from demo.toybox.grammar import PLACE_PHRASE
from demo.toybox.toy import Place

_VECTORS = 8
_ASKED = (Place.BEACH, Place.SNOW, Place.FOREST, Place.CITY)
_PHRASES = tuple(f"a {{}} {PLACE_PHRASE[place]}" for place in _ASKED)
_SHAPE = (4, 16, 16)


@pytest.fixture(scope="module")
def toybox() -> tuple[Denoiser, Concept]:
    """The toybox and a concept of several rows: one row alone drowns nothing out there."""
    spec = TrainSpec(
        job_id="j",
        token="<dicoo>",
        initializer="toy",
        vectors=_VECTORS,
        base=str(MODEL),
        base_hash="h",
        resolution=128,
        precision=Precision.FP32,
    )
    base = load_base(spec)
    concept = add_concept(base.tokenizer, base.encoder, spec)
    return Denoiser(base.unet, base.scheduler), concept


def _become(concept: Concept, word: str) -> None:
    """Let every row of the concept be that of a word the base knows."""
    row = concept.tokenizer(word, add_special_tokens=False).input_ids[0]
    with torch.no_grad():
        concept.rows.copy_(concept.encoder.get_input_embeddings().weight[row])


def _measure(toybox: tuple[Denoiser, Concept], **changes: int) -> Editability:
    denoiser, concept = toybox
    return editability_share(
        denoiser,
        concept,
        initializer="toy",
        phrases=_PHRASES,
        shape=_SHAPE,
        seed=7,
        **({"steps": 6, "draws": 4} | changes),
    )


@pytest.mark.slow
def test_a_plain_word_leaves_the_place_to_the_prompt(toybox: tuple[Denoiser, Concept]) -> None:
    _become(toybox[1], "robot")
    found = _measure(toybox)
    assert found.of == len(_ASKED)
    assert found.right >= len(_ASKED) - 1


@pytest.mark.slow
def test_a_concept_that_is_a_place_itself_drowns_the_others_out(
    toybox: tuple[Denoiser, Concept],
) -> None:
    _become(toybox[1], "beach")
    assert _measure(toybox) == Editability(1, len(_ASKED))


@pytest.mark.slow
@pytest.mark.parametrize("value", [1e30, math.nan], ids=["exploded", "no number"])
def test_a_broken_row_is_never_right(toybox: tuple[Denoiser, Concept], value: float) -> None:
    _become(toybox[1], "robot")
    with torch.no_grad():
        toybox[1].rows[0] = value
    assert _measure(toybox) == Editability(0, len(_ASKED))


@pytest.mark.slow
def test_the_ranks_shares_add_up_to_the_whole(toybox: tuple[Denoiser, Concept]) -> None:
    # Right in some pictures and wrong in others, so that shares differ.
    _become(toybox[1], "beach")
    few = {"steps": 4, "draws": 3}
    whole = _measure(toybox, **few)
    shares = [_measure(toybox, rank=r, world_size=3, batch_size=1, **few) for r in range(3)]
    assert [share.of for share in shares] == [2, 1, 1]
    assert sum(share.right for share in shares) == whole.right
    assert _measure(toybox, rank=5, world_size=6) == Editability(0, 0)


@pytest.mark.slow
def test_measuring_changes_no_row_and_leaves_no_gradient(
    toybox: tuple[Denoiser, Concept],
) -> None:
    _become(toybox[1], "robot")
    before, noise = toybox[1].rows.detach().clone(), torch.get_rng_state()
    _measure(toybox, steps=2, draws=1)
    assert torch.equal(toybox[1].rows, before)
    assert toybox[1].rows.grad is None
    assert torch.equal(torch.get_rng_state(), noise)


@pytest.mark.slow
@pytest.mark.parametrize("world_size", [1, 3, 6])
def test_as_many_samples_are_foretold_as_the_unet_sees(
    toybox: tuple[Denoiser, Concept], monkeypatch: pytest.MonkeyPatch, world_size: int
) -> None:
    unet = toybox[0].unet
    forward, seen = unet.forward, []

    def counted(samples: torch.Tensor, *rest: Any, **named: Any) -> Any:
        seen.append(len(samples))
        return forward(samples, *rest, **named)

    monkeypatch.setattr(unet, "forward", counted)
    few = {"steps": 2, "draws": 1}
    _measure(toybox, rank=0, world_size=world_size, **few)
    assert sum(seen) == most_samples(len(_PHRASES), world_size, **few)


def test_a_tie_and_a_loss_that_is_no_number_win_nothing() -> None:
    assert wins(1, [0.3, 0.1, 0.2])
    assert not wins(0, [0.3, 0.1, 0.2])
    assert not wins(0, [0.1, 0.1, 0.2])
    assert not wins(0, [math.nan, 0.1, 0.2])
    assert not wins(0, [0.1, math.nan, 0.2])


@pytest.mark.parametrize("phrases", [("a {} at the beach",), ("a {}", "a toy"), ("a {}", "{} {}")])
def test_phrases_that_say_nothing_are_refused(
    toybox: tuple[Denoiser, Concept], phrases: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match="two phrases or more"):
        editability_share(
            *toybox, initializer="toy", phrases=phrases, shape=_SHAPE, seed=7, steps=1
        )


@pytest.mark.parametrize("learned", LearnableProperty)
def test_every_property_has_phrases_of_different_places(learned: LearnableProperty) -> None:
    phrases = place_phrases(learned)
    assert len(set(phrases)) == len(phrases) >= 4
    assert all(phrase.count("{}") == 1 for phrase in phrases)


def test_the_share_is_of_all_pictures() -> None:
    assert Editability(3, 4).share == 0.75
