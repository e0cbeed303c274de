"""Gates made by layers of their own: the same bits."""

import numpy as np
import pytest
import torch
from torch import nn

from backend.engine_gates import make_gates_apart
from tests.small_graphs import answer, exported, kinds

IN, HIDDEN = 16, 32


class Gated(nn.Module):
    """One layer that makes a gate and what it gates."""

    def __init__(self, bias: bool) -> None:
        super().__init__()
        self.both = nn.Linear(IN, 2 * HIDDEN, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden, gate = self.both(x).chunk(2, dim=-1)
        out: torch.Tensor = hidden * nn.functional.gelu(gate)
        return out


class InTwoLines(nn.Module):
    """A layer whose answer is split too, but not into channels."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(IN, IN)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first, second = torch.split(self.layer(x), [3, 4], dim=1)
        out: torch.Tensor = first.sum(1) + second.sum(1)
        return out


@pytest.mark.parametrize("bias", [True, False])
def test_a_gate_is_a_layer_of_its_own(bias: bool) -> None:
    torch.manual_seed(0)
    layers = Gated(bias)
    model, usual = exported(layers, IN), exported(layers, IN)
    assert kinds(model)["VariadicSplit"] == 1
    assert make_gates_apart(model) == 1
    assert (kinds(model)["VariadicSplit"], kinds(model)["MatMul"]) == (0, 2)
    assert np.array_equal(answer(model), answer(usual))


def test_what_is_split_otherwise_is_left_alone() -> None:
    model = exported(InTwoLines(), IN)
    assert kinds(model)["VariadicSplit"] == 1
    assert make_gates_apart(model) == 0
    assert kinds(model)["VariadicSplit"] == 1
