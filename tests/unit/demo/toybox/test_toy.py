import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.toybox.toy import Accessory, Colour, Kind, Pattern, Toy, ToySpecError, parse_toy


@st.composite
def toys(draw: st.DrawFn) -> Toy:
    pattern = draw(st.sampled_from(Pattern))
    return Toy(
        draw(st.sampled_from(Kind)),
        draw(st.sampled_from(Colour)),
        draw(st.sampled_from(Accessory)),
        None if pattern is Pattern.PLAIN else draw(st.sampled_from(Colour)),
        pattern,
        draw(st.none() | st.sampled_from(Colour)),
    )


def _spec(toy: Toy) -> list[str]:
    parts = {
        "kind": toy.kind,
        "colour": toy.colour,
        "accessory": toy.accessory,
        "second": toy.second,
        "pattern": toy.pattern,
        "accessory_colour": toy.accessory_colour,
    }
    return [f"{key}={value}" for key, value in parts.items() if value is not None]


@given(toys(), st.data(), st.sampled_from([" ", ",", ", "]))
def test_every_toy_can_be_written_in_any_order(toy: Toy, data: st.DataObject, between: str) -> None:
    parts = data.draw(st.permutations(_spec(toy)))
    assert parse_toy(between.join(parts)) == toy
    assert parse_toy(between.join(parts).upper()) == toy


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("robot", "'robot' is not of the form key=value"),
        ("kind=", "'kind=' is not of the form key=value"),
        ("kind=robot kind=duck colour=red", "kind is given twice"),
        ("kind=robot", "colour missing"),
        ("", "colour and kind missing"),
        ("kind=dragon colour=red", "kind=dragon is not known here; one of: robot, duck"),
        ("kind=robot colour=red size=big", "size is not known here; one of: kind"),
        ("kind=robot colour=red second=blue", "belong together"),
        ("kind=robot colour=red pattern=dots", "belong together"),
    ],
)
def test_a_spec_that_cannot_be_read_says_why(spec: str, says: str) -> None:
    with pytest.raises(ToySpecError, match=says):
        parse_toy(spec)


@pytest.mark.parametrize(
    ("spec", "nameable"),
    [
        ("kind=robot colour=red", True),
        ("kind=robot colour=red accessory=hat accessory_colour=black", True),
        ("kind=robot colour=red accessory=hat accessory_colour=green", False),
        ("kind=robot colour=red second=blue pattern=halves", False),
    ],
)
def test_what_captions_can_name(spec: str, nameable: bool) -> None:
    assert parse_toy(spec).nameable is nameable
