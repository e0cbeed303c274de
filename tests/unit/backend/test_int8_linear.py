"""Linear layers as convolutions: the same numbers, with as few transposes as there can be."""

from collections import Counter

import numpy as np
import openvino as ov
import pytest
import torch
from torch import nn

from backend.export import quiet_export
from backend.int8_linear import linear_as_convolutions

IN, HIDDEN, PROMPTS, PIXELS = 6, 10, 2, 7


class Feeding(nn.Module):
    """A feed-forward network with a gate, as of a transformer block."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(IN, 2 * HIDDEN)
        self.second = nn.Linear(HIDDEN, IN)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden, gate = self.first(x).chunk(2, dim=-1)
        out: torch.Tensor = self.second(hidden * nn.functional.gelu(gate))
        return out


class Asking(nn.Module):
    """Two layers that read the same, one without a bias, and one of pictures, which are 4-D."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(IN, IN, bias=False)
        self.key = nn.Linear(IN, IN)
        self.picture = nn.Linear(IN, IN)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores = torch.softmax(self.query(x) @ self.key(x).transpose(1, 2), -1)
        out: torch.Tensor = scores @ x + self.picture(x.unsqueeze(1)).squeeze(1)
        return out


def exported(module: nn.Module) -> ov.Model:
    with quiet_export():
        model = ov.convert_model(module.eval(), example_input=torch.zeros(PROMPTS, PIXELS, IN))
    model.reshape([-1, -1, IN])
    return model


def products(model: ov.Model) -> list[str]:
    return [one.get_friendly_name() for one in model.get_ops() if one.get_type_name() == "MatMul"]


def kinds(model: ov.Model) -> Counter[str]:
    return Counter(one.get_type_name() for one in model.get_ordered_ops())


def answer(model: ov.Model, prompts: int = PROMPTS, pixels: int = PIXELS) -> np.ndarray:
    x = np.random.default_rng(0).standard_normal((prompts, pixels, IN)).astype(np.float32)
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.asarray(compiled([x])[0])


@pytest.mark.parametrize(
    ("module", "changed", "convolutions", "transposes"),
    [
        # The gate and what it gates are apart; only what comes in and goes out is transposed.
        (Feeding, 2, 3, 2),
        # Not the pictures' layer, nor the two products without weights. One transposes its key.
        (Asking, 2, 2, 4),
    ],
)
def test_the_answers_are_the_same_in_batches_and_lines_of_any_length(
    module: type[nn.Module], changed: int, convolutions: int, transposes: int
) -> None:
    torch.manual_seed(0)
    layers = module()
    model, usual = exported(layers), exported(layers)
    assert linear_as_convolutions(model, products(model)) == changed
    found = kinds(model)
    assert (found["Convolution"], found["Transpose"]) == (convolutions, transposes)
    assert found["VariadicSplit"] == 0
    for prompts, pixels in ((PROMPTS, PIXELS), (1, 3)):
        theirs = answer(usual, prompts, pixels)
        # Float32 summed in another order; numbers are around 1.
        assert answer(model, prompts, pixels) == pytest.approx(theirs, abs=1e-5)


def test_layers_of_more_inputs_than_asked_for_stay_products() -> None:
    layers = Feeding()
    model, usual = exported(layers), exported(layers)
    assert linear_as_convolutions(model, products(model), most_inputs=HIDDEN - 1) == 1
    assert kinds(model)["MatMul"] == 1
    assert answer(model) == pytest.approx(answer(usual), abs=1e-5)


def test_other_layers_are_left_alone() -> None:
    model = exported(Feeding())
    before = kinds(model)
    assert linear_as_convolutions(model, ["somebody else's"]) == 0
    assert kinds(model) == before
