"""Shapes of pictures as sizes."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.aspect import AspectRatio, nearest, size_of


@pytest.mark.parametrize(
    ("side", "ratio", "size"),
    [
        (512, "1:1", (512, 512)),
        (512, "3:2", (640, 448)),
        (512, "9:16", (384, 704)),
        (768, "16:9", (1024, 576)),
        (128, "4:3", (144, 112)),
        (64, "2:3", (56, 80)),
    ],
)
def test_sizes_of_usual_bases(side: int, ratio: str, size: tuple[int, int]) -> None:
    assert size_of(AspectRatio(ratio), side) == size


@given(st.sampled_from(AspectRatio), st.integers(8, 128).map(lambda eighths: 8 * eighths))
def test_a_size_is_of_about_as_many_pixels_and_about_its_ratio(
    ratio: AspectRatio, side: int
) -> None:
    width, height = size_of(ratio, side)
    assert width % 8 == height % 8 == 0
    if side >= 512:
        assert width % 64 == height % 64 == 0
    # The worst that steps of an eighth of the side leave: half a step up and half a step down.
    assert abs(log(width * height / side**2)) < 0.2
    wide, high = map(int, ratio.split(":"))
    assert abs(log(width * high / (height * wide))) < 0.2


@given(st.sampled_from(AspectRatio))
def test_a_ratio_and_its_reverse_have_sizes_that_are_each_others_reverse(
    ratio: AspectRatio,
) -> None:
    reverse = AspectRatio(":".join(reversed(ratio.split(":"))))
    assert size_of(ratio, 512) == size_of(reverse, 512)[::-1]


def test_a_pictures_shape_is_the_nearest_ratio() -> None:
    assert nearest(4032, 3024) is AspectRatio.SCREEN
    assert nearest(1, 5000) is AspectRatio.TALL
    assert nearest(100, 101) is AspectRatio.SQUARE
