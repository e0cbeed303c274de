"""Turns linear layers of an exported U-Net into convolutions of one pixel."""

from collections.abc import Collection

import numpy as np
import openvino as ov
from openvino import opset15 as ops

from backend.graph_linear import Linear, linear_of

_SWAP = (0, 2, 1)
"""[B, N, C], as linear layers have it, to [B, C, N], as convolutions do, and back."""
_ELEMENTWISE = ("Gelu", "Multiply")
"""What stands between the layers of a feed-forward network."""


def linear_as_convolutions(
    unet: ov.Model, names: Collection[str], most_inputs: int | None = None
) -> int:
    """Compute the matrix products of these friendly names as convolutions; return how many.

    Those of linear layers with at most `most_inputs` of `in`, that is; others are left as they are.
    It is the same product: a convolution of one pixel over a line of N. The bias goes with it.
    Layers that feed others come first.

    Processors without instructions for dot products of bytes have fast convolutions in 8 bits in
    OpenVINO, but slow matrix products: on AVX2 the one takes half the time of floats and the other
    more. Transposes cost some of that, as those of a graph of any size are really made (of a graph
    of fixed shapes they are not), so there are as few of them as there can be.
    """
    changed = 0
    for node in unet.get_ordered_ops():
        if node.get_friendly_name() not in names or (linear := linear_of(node)) is None:
            continue
        if most_inputs is None or linear.weights.shape[1] <= most_inputs:
            _replace(linear)
            changed += 1
    unet.validate_nodes_and_infer_types()
    return changed


def _replace(linear: Linear) -> None:
    name = linear.product.get_friendly_name()
    kernel = ops.constant(np.expand_dims(linear.weights, 2))
    made = ops.convolution(_lines(linear.product.input(0)), kernel, [1], [0], [0], [1])
    # No two operations may have one name.
    linear.product.set_friendly_name(f"{name}/replaced")
    made.set_friendly_name(name)
    if linear.bias is not None:
        made = ops.add(made, ops.constant(linear.bias.reshape(1, -1, 1)))
    back = _swapped(made.output(0))
    for reader in linear.result.get_target_inputs():
        reader.replace_source_output(back)


def _lines(given: ov.Input) -> ov.Output:
    """Return what comes in at `given`, [B, N, C], as [B, C, N].

    What another layer reads is read by this one too. What was turned back before is taken as it
    was, and so is what elementwise operations make of nothing else.
    """
    source = given.get_source_output()
    for reader in source.get_target_inputs():
        if _is_swapped(reader.get_node()):
            return reader.get_node().output(0)
    if not _can_be_lines(source):
        return _swapped(source)
    node = source.get_node()
    if _is_swapped(node):
        return node.input_value(0)
    for one in node.inputs():
        one.replace_source_output(_lines(one))
    node.validate_and_infer_types()
    return source


def _can_be_lines(output: ov.Output) -> bool:
    node = output.get_node()
    return _is_swapped(node) or (
        node.get_type_name() in _ELEMENTWISE
        and len(output.get_target_inputs()) == 1
        and all(_can_be_lines(one) for one in node.input_values())
    )


def _swapped(output: ov.Output) -> ov.Output:
    return ops.transpose(output, np.array(_SWAP, np.int64)).output(0)


def _is_swapped(node: ov.Node) -> bool:
    if node.get_type_name() != "Transpose":
        return False
    order = node.input_value(1).get_node()
    return isinstance(order, ov.op.Constant) and tuple(order.data) == _SWAP
