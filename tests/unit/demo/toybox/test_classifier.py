from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from demo.toybox.classifier import Classifier, Round
from demo.toybox.grammar import Caption
from demo.toybox.scene import draw_scene
from demo.toybox.toy import Colour, Kind, Place, parse_toy

PICTURES = [draw_scene(parse_toy("kind=car colour=red"), place, 1) for place in list(Place)[:3]]


@pytest.fixture(scope="module")
def classifier(tiny_base: Path) -> Classifier:
    return Classifier(tiny_base, (Round((300, 600), 20),))


def test_losses_do_not_depend_on_company(classifier: Classifier) -> None:
    captions = [["a car", "a duck"]] * 3
    together = classifier.losses(PICTURES, captions, (300, 600))
    assert together.shape == (3, 2, 2)
    alone = classifier.losses(PICTURES[1:2], [["a duck"]], (600,))
    np.testing.assert_allclose(alone[0, 0, 0], together[1, 1, 1], rtol=1e-5)
    assert together[0, 0, 0] != together[0, 1, 0]


def test_the_caption_of_least_loss_wins(classifier: Classifier) -> None:
    known = [Caption(Kind.CAR), Caption(Kind.CAR, Colour.RED), Caption()]
    chosen: tuple[Sequence[str], ...] = (
        classifier.place(PICTURES, known),
        classifier.kind(PICTURES, known),
        classifier.colour(PICTURES, known),
    )
    alternatives: tuple[list[list[Caption]], ...] = (
        [[replace(c, place=place) for place in Place] for c in known],
        [[replace(c, kind=kind) for kind in Kind] for c in known],
        [[replace(c, colour=colour) for colour in Colour] for c in known],
    )
    words: tuple[list[str], ...] = ([*Place], [*Kind], [*Colour])
    for found, said, values in zip(chosen, alternatives, words, strict=True):
        texts = [[c.text() for c in row] for row in said]
        losses = classifier.losses(PICTURES, texts, (300, 600)).sum(2)
        assert found == [values[i] for i in losses.argmin(1)]


def test_rounds_only_drop_the_worst(tiny_base: Path, classifier: Classifier) -> None:
    in_two = Classifier(tiny_base, (Round((300,), len(Place)), Round((600,), 1)))
    assert in_two.place(PICTURES) == classifier.place(PICTURES)
    first_only = Classifier(tiny_base, (Round((300,), 1), Round((600,), 1)))
    losses = classifier.losses(PICTURES, [[Caption(place=p).text() for p in Place]] * 3, (300,))
    assert first_only.place(PICTURES) == [list(Place)[i] for i in losses[:, :, 0].argmin(1)]


def test_no_pictures_no_answers(classifier: Classifier) -> None:
    assert classifier.place([]) == []
