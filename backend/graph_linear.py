"""Linear layers in an exported graph."""

from dataclasses import dataclass

import numpy as np
import openvino as ov
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Linear:
    """What torch's Linear is exported as: x [B, N, in] times constant weights, plus a bias."""

    product: ov.Node
    """The matrix product."""
    weights: NDArray[np.float32]
    """[out, in]."""
    bias: NDArray[np.float32] | None
    """[out]."""
    result: ov.Output
    """[B, N, out], the bias added."""


def linear_of(node: ov.Node) -> Linear | None:
    """Return the layer whose matrix product `node` is; None where it is of none."""
    if node.get_type_name() != "MatMul":
        return None
    turned = node.get_attributes()
    given, weights = node.input_value(0), _constant(node.input_value(1))
    if (
        turned["transpose_a"]
        or not turned["transpose_b"]
        or given.get_partial_shape().rank.get_length() != 3
        or weights is None
        or weights.ndim != 2
    ):
        return None
    bias, result = _bias(node, len(weights))
    return Linear(node, weights, bias, result)


def _bias(product: ov.Node, width: int) -> tuple[NDArray[np.float32] | None, ov.Output]:
    """Return the constant, [out], that is added to what nothing else reads, and the sum."""
    output = product.output(0)
    readers = list(output.get_target_inputs())
    if len(readers) == 1 and readers[0].get_node().get_type_name() == "Add":
        added = readers[0].get_node()
        for one in added.input_values():
            bias = _constant(one)
            if bias is not None and bias.size == width:
                return bias.reshape(-1), added.output(0)
    return None, output


def _constant(output: ov.Output) -> NDArray[np.float32] | None:
    node = output.get_node()
    return np.asarray(node.data, np.float32) if isinstance(node, ov.op.Constant) else None
