"""Linear layers as convolutions: the same numbers, with as few transposes as there can be."""

import openvino as ov
import pytest
import torch
from torch import nn

from backend.engine_gates import make_gates_apart
from backend.int8_linear import linear_as_convolutions
from tests.small_graphs import answer, exported, kinds

IN, HIDDEN = 6, 10


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


def gates_apart(layers: nn.Module) -> ov.Model:
    model = exported(layers, IN)
    make_gates_apart(model)
    return model


def products(model: ov.Model) -> list[str]:
    return [one.get_friendly_name() for one in model.get_ops() if one.get_type_name() == "MatMul"]


@pytest.mark.parametrize(
    ("module", "changed", "convolutions", "transposes"),
    [
        # What comes in is transposed, and what goes out; nothing in between.
        (Feeding, 3, 3, 2),
        # Not the pictures' layer, nor the two products without weights.
        (Asking, 2, 2, 3),
    ],
)
def test_the_answers_are_the_same_in_batches_and_lines_of_any_length(
    module: type[nn.Module], changed: int, convolutions: int, transposes: int
) -> None:
    torch.manual_seed(0)
    layers = module()
    model, usual = gates_apart(layers), exported(layers, IN)
    assert linear_as_convolutions(model, products(model)) == changed
    found = kinds(model)
    assert (found["Convolution"], found["Transpose"]) == (convolutions, transposes)
    for prompts, pixels in ((2, 7), (1, 3)):
        theirs = answer(usual, prompts, pixels)
        # Float32 summed in another order; numbers are around 1.
        assert answer(model, prompts, pixels) == pytest.approx(theirs, abs=1e-5)


def test_layers_of_more_inputs_than_asked_for_stay_products() -> None:
    layers = Feeding()
    model, usual = gates_apart(layers), exported(layers, IN)
    assert linear_as_convolutions(model, products(model), most_inputs=HIDDEN - 1) == 2
    assert kinds(model)["MatMul"] == 1
    assert answer(model) == pytest.approx(answer(usual), abs=1e-5)


def test_other_layers_are_left_alone() -> None:
    model = exported(Feeding(), IN)
    before = kinds(model)
    assert linear_as_convolutions(model, ["somebody else's"]) == 0
    assert kinds(model) == before
