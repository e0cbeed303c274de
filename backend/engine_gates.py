"""Has the U-Net make gates by layers of their own."""

from itertools import pairwise

import numpy as np
import openvino as ov
from openvino import opset15 as ops

from backend.graph_linear import Linear, linear_of


def make_gates_apart(unet: ov.Model) -> int:
    """Make a gate and what it gates by two layers, not by one that is split; return how many.

    In a transformer's feed-forward network (GEGLU, https://arxiv.org/abs/2002.05202) one layer
    makes both. They are as much work apart and the same numbers, to the bit; but OpenVINO splits a
    graph of any size by copying, and so also goes over the gate once more for its nonlinearity.
    """
    changed = 0
    for node in unet.get_ordered_ops():
        linear = linear_of(node)
        parts = _parts(linear.result) if linear is not None else []
        if linear is None or not parts:
            continue
        for number, (part, channels) in enumerate(parts):
            made = _layer(linear, channels, number)
            for reader in part.get_target_inputs():
                reader.replace_source_output(made.output(0))
        changed += 1
    unet.validate_nodes_and_infer_types()
    return changed


def _parts(whole: ov.Output) -> list[tuple[ov.Output, slice]]:
    """Return what [B, N, out] is split into, and which channels each is; nothing if it is not."""
    for reader in whole.get_target_inputs():
        split = reader.get_node()
        if split.get_type_name() != "VariadicSplit":
            continue
        widths = [one.get_partial_shape()[2] for one in split.outputs()]
        if not all(one.is_static for one in widths):
            continue
        ends = np.cumsum([0, *(one.get_length() for one in widths)]).tolist()
        if whole.get_partial_shape()[2] == ends[-1]:
            channels = (slice(start, end) for start, end in pairwise(ends))
            return list(zip(split.outputs(), channels, strict=True))
    return []


def _layer(linear: Linear, channels: slice, number: int) -> ov.Node:
    weights = ops.constant(linear.weights[channels])
    made = ops.matmul(linear.product.input_value(0), weights, False, True)
    made.set_friendly_name(f"{linear.product.get_friendly_name()}/{number}")
    if linear.bias is None:
        return made
    return ops.add(made, ops.constant(linear.bias[channels].reshape(1, 1, -1)))
