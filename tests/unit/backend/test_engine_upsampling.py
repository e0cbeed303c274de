"""Doubling and a convolution in one operation: the same numbers, for pictures of any size."""

from collections.abc import Sequence

import numpy as np
import openvino as ov
import pytest
import torch
from openvino import opset15 as ops
from torch import nn

from backend.engine_upsampling import double_by_transposed_convolution
from backend.export import quiet_export
from tests.small_graphs import kinds

CHANNELS = 5


def convolution(kernel: int = 3, padding: int = 1, stride: int = 1) -> nn.Conv2d:
    torch.manual_seed(0)
    return nn.Conv2d(CHANNELS, 4, kernel, stride, padding)


class Doubling(nn.Module):
    """As in a decoder of pictures."""

    def __init__(self, mode: str = "nearest", factor: float = 2.0, **how: int) -> None:
        super().__init__()
        self.mode = mode
        self.factor = factor
        self.convolution = convolution(**how)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        larger = nn.functional.interpolate(x, scale_factor=self.factor, mode=self.mode)
        out: torch.Tensor = self.convolution(larger)
        return out


class ReadTwice(Doubling):
    """What was doubled is also read by something else."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        larger = nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")
        out: torch.Tensor = self.convolution(larger) + larger[:, :1]
        return out


class ToASize(nn.Module):
    """As in a U-Net: as large as something that was kept."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = convolution()

    def forward(self, x: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
        larger = nn.functional.interpolate(x, size=kept.shape[2:], mode="nearest")
        out: torch.Tensor = self.convolution(larger)
        return out


def picture(samples: int, height: int, width: int) -> np.ndarray:
    shape = (samples, CHANNELS, height, width)
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def graph(layers: nn.Module, inputs: int = 1) -> ov.Model:
    examples = [torch.zeros(2, CHANNELS, 4 * (one + 1), 3 * (one + 1)) for one in range(inputs)]
    with quiet_export():
        made = ov.convert_model(layers.eval(), example_input=tuple(examples))
    made.reshape(dict.fromkeys(range(inputs), ov.PartialShape([-1, CHANNELS, -1, -1])))
    return made


def answer(model: ov.Model, given: Sequence[np.ndarray]) -> np.ndarray:
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.asarray(compiled(list(given))[0])


@pytest.mark.parametrize(("samples", "height", "width"), [(2, 4, 4), (1, 3, 7), (3, 1, 2)])
def test_a_decoder_doubles_and_convolves_at_once(samples: int, height: int, width: int) -> None:
    usual, changed = graph(Doubling()), graph(Doubling())
    assert double_by_transposed_convolution(changed) == 1
    found = kinds(changed)
    assert (found["Interpolate"], found["Convolution"]) == (0, 0)
    assert found["ConvolutionBackpropData"] == 1
    given = [picture(samples, height, width)]
    # Float32 summed in another order; numbers are around 1.
    assert answer(changed, given) == pytest.approx(answer(usual, given), abs=1e-5)


def test_a_unet_does_where_it_is_told_the_double() -> None:
    usual, changed = graph(ToASize(), 2), graph(ToASize(), 2)
    assert double_by_transposed_convolution(changed) == 1
    compiled = ov.Core().compile_model(changed, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    for samples, (height, width), size in (
        (2, (4, 3), (8, 6)),
        (1, (4, 3), (7, 6)),
        (2, (4, 3), (8, 5)),
        (2, (4, 3), (7, 5)),
        (3, (1, 1), (1, 1)),
        # After samples went the other way, and in another number.
        (1, (5, 2), (10, 4)),
    ):
        given = [picture(samples, height, width), picture(samples, *size)]
        theirs = answer(usual, given)
        ours = np.asarray(compiled(given)[0])
        assert ours.shape == (samples, 4, *size)
        if size == (2 * height, 2 * width):
            assert ours == pytest.approx(theirs, abs=1e-5)
        else:
            assert np.array_equal(ours, theirs)


@pytest.mark.parametrize(
    "layers",
    [
        Doubling("bilinear"),
        Doubling(factor=3.0),
        Doubling(kernel=5, padding=2),
        Doubling(padding=0),
        Doubling(stride=2),
        ReadTwice(),
    ],
)
def test_others_are_left_alone(layers: nn.Module) -> None:
    model = graph(layers)
    before = kinds(model)
    assert before["Convolution"] == 1
    assert double_by_transposed_convolution(model) == 0
    assert kinds(model) == before


def test_what_the_kernel_is_of_one_pixel() -> None:
    """One pixel of 1 gives the weights added up as the doubled picture meets them."""
    x = ops.parameter([1, 1, 1, 1], np.float32)
    larger = ops.interpolate(
        x,
        ops.constant(np.array([2, 2], np.float32)),
        "nearest",
        "scales",
        axes=ops.constant(np.array([2, 3])),
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )
    weights = np.arange(1, 10, dtype=np.float32).reshape(1, 1, 3, 3)
    ones = [1, 1]
    model = ov.Model([ops.convolution(larger, ops.constant(weights), ones, ones, ones, ones)], [x])
    assert double_by_transposed_convolution(model) == 1
    [[given]] = answer(model, [np.ones((1, 1, 1, 1), np.float32)])
    # Of [[1, 2, 3], [4, 5, 6], [7, 8, 9]]: the two by two that lie on the picture.
    assert given.tolist() == [[5 + 6 + 8 + 9, 4 + 5 + 7 + 8], [2 + 3 + 5 + 6, 1 + 2 + 4 + 5]]
