"""Turns linear layers of an exported U-Net into convolutions of one pixel."""

from collections.abc import Collection
from itertools import pairwise

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset15 as ops

_SWAP = (0, 2, 1)
"""[B, N, C], as linear layers have it, to [B, C, N], as convolutions do, and back."""
_ELEMENTWISE = ("Gelu", "Multiply")
"""What stands between the layers of a feed-forward network."""


def linear_as_convolutions(
    unet: ov.Model, names: Collection[str], most_inputs: int | None = None
) -> int:
    """Compute the matrix products of these friendly names as convolutions; return how many.

    Each has to be x [B, N, in] times constant weights [out, in], transposed, which is what torch's
    Linear is exported as, with at most `most_inputs` of `in`; others are left as they are. It is
    the same product: a convolution of one pixel over a line of N. A bias goes with it. Layers
    that feed others come first.

    Processors without instructions for dot products of bytes have fast convolutions in 8 bits in
    OpenVINO, but slow matrix products: on AVX2 the one takes half the time of floats and the other
    more. Transposes cost some of that, as those of a graph of any size are really made (of a graph
    of fixed shapes they are not), so there are as few of them as there can be.
    """
    changed = 0
    for node in unet.get_ordered_ops():
        if node.get_friendly_name() in names and _is_linear(node, most_inputs):
            _replace(node)
            changed += 1
    unet.validate_nodes_and_infer_types()
    return changed


def _is_linear(node: ov.Node, most_inputs: int | None) -> bool:
    if node.get_type_name() != "MatMul":
        return False
    given, weights = node.input_value(0), node.input_value(1)
    turned = node.get_attributes()
    return (
        not turned["transpose_a"]
        and turned["transpose_b"]
        and given.get_partial_shape().rank.get_length() == 3
        and isinstance(weights.get_node(), ov.op.Constant)
        and weights.get_partial_shape().rank.get_length() == 2
        and (most_inputs is None or weights.get_partial_shape()[1].get_length() <= most_inputs)
    )


def _replace(linear: ov.Node) -> None:
    kernel = np.expand_dims(_numbers(linear.input_value(1)), 2)
    last, shift = _bias(linear) or (linear, None)
    lines = _lines(linear.input(0))
    for number, (part, channels) in enumerate(_parts(last)):
        made = ops.convolution(lines, ops.constant(kernel[channels]), [1], [0], [0], [1])
        made.set_friendly_name(f"{linear.get_friendly_name()}/{number}")
        if shift is not None:
            made = ops.add(made, ops.constant(shift[channels].reshape(1, -1, 1)))
        back = _swapped(made.output(0))
        for reader in part.get_target_inputs():
            reader.replace_source_output(back)


def _lines(given: ov.Input) -> ov.Output:
    """Return what comes in at `given`, [B, N, C], as [B, C, N].

    What was turned back before is taken as it was, and so is what elementwise operations make of
    nothing else.
    """
    source = given.get_source_output()
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


def _parts(last: ov.Node) -> list[tuple[ov.Output, slice]]:
    """Return what is read of `last`, [B, N, out], and which of its channels that is.

    Where it is split at once, as a gate and what is gated are, the parts are made apart: they are
    as much work, and need not be taken apart.
    """
    output = last.output(0)
    for reader in output.get_target_inputs():
        split = reader.get_node()
        if split.get_type_name() != "VariadicSplit":
            continue
        widths = [one.get_partial_shape()[2] for one in split.outputs()]
        if all(one.is_static for one in widths):
            ends = np.cumsum([0, *(one.get_length() for one in widths)]).tolist()
            channels = (slice(start, end) for start, end in pairwise(ends))
            return list(zip(split.outputs(), channels, strict=True))
    return [(output, slice(None))]


def _bias(linear: ov.Node) -> tuple[ov.Node, NDArray[np.float32]] | None:
    """Return the addition that alone reads `linear`, and its constant, [out], if there is one."""
    readers = list(linear.output(0).get_target_inputs())
    if len(readers) != 1 or readers[0].get_node().get_type_name() != "Add":
        return None
    added = readers[0].get_node()
    width = linear.output(0).get_partial_shape()[2].get_length()
    for one in added.input_values():
        if isinstance(one.get_node(), ov.op.Constant):
            shift = _numbers(one).reshape(-1)
            return (added, shift) if len(shift) == width else None
    return None


def _numbers(constant: ov.Output) -> NDArray[np.float32]:
    node = constant.get_node()
    assert isinstance(node, ov.op.Constant)  # noqa: S101 - as was asked before
    return np.asarray(node.data, np.float32)
