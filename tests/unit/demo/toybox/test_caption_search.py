from hypothesis import given
from hypothesis import strategies as st

from demo.toybox.caption_search import best_caption
from demo.toybox.grammar import Caption
from demo.toybox.toy import Accessory, Colour, Kind, Place

WORN = [a for a in Accessory if a is not Accessory.NONE]
captions = st.builds(
    Caption,
    st.none() | st.sampled_from(Kind),
    st.none() | st.sampled_from(Colour),
    st.none() | st.sampled_from(WORN),
    st.none() | st.sampled_from(Place),
)


def _distance(target: Caption, phrase: str) -> float:
    """Words missing and words too much."""
    return len(set(target.phrase().split()) ^ set(phrase.split()))


@given(captions)
def test_the_search_finds_any_caption(target: Caption) -> None:
    found = best_caption(lambda p: _distance(target, p), lambda p: _distance(target, p))
    assert found == target


def test_the_fine_loss_has_the_last_word() -> None:
    target = Caption(Kind.SNAIL, Colour.PINK)
    measured: list[str] = []

    def fine(phrase: str) -> float:
        measured.append(phrase)
        return 0.0 if phrase.endswith("in the sea") else 1.0

    def rough(phrase: str) -> float:
        return _distance(target, phrase) - (0.5 if "sea" in phrase else 0)

    assert best_caption(rough, fine) in (target, Caption(Kind.SNAIL, Colour.PINK, None, Place.SEA))
    assert len(measured) < 10
