"""Lets the U-Net work once on what guidance would have it do twice."""

from collections.abc import Iterable
from enum import Enum

import numpy as np
import openvino as ov
import structlog
from openvino import opset15 as ops

_log = structlog.get_logger(__name__)

_STATES = "encoder_hidden_states"
_BROADCASTING = frozenset({"Add", "Subtract", "Multiply", "Divide"})
_TAKING_SAMPLES = frozenset({"ScaledDotProductAttention", "MatMul", "Concat"})


class _Meeting(Enum):
    """What comes to an operation that a prompt reaches from where none does."""

    SAMPLES = "samples"
    """One sample, where it has to be as many as there are prompts."""
    SHAPE = "shape"
    """The shape to give to something, whose first number is that of samples."""
    AS_IS = "as is"
    """One sample that the operation takes beside several, or a size of pictures."""
    UNKNOWN = "unknown"


def share_until_prompts_differ(unet: ov.Model) -> None:
    """Let the U-Net read one sample, [1, 4, h, w], and timestep, [1], for all of its prompts.

    Guidance asks about the same latents twice, with the prompt and without it. Up to the first
    attention to the prompt both are the same computation: the first convolutions and the first
    self-attention, which is over all pixels, so a few percent of the work. What had B samples
    before is told to have as many as there are hidden states, [B, L, H], where the two meet. Graphs
    that meet them in a way not known here repeat the sample at once, which saves nothing.
    """
    batch = _batch(unet.input(_STATES).get_node().output(0))
    edges = _meetings(unet)
    if any(_meeting(edge) is _Meeting.UNKNOWN for edge in edges):
        _log.warning("guidance_not_shared", nodes=[edge.get_node().get_name() for edge in edges])
        sample = unet.input("sample").get_node().output(0)
        _repeat(sample, sample.get_target_inputs(), batch)
        edges = []
    for edge in edges:
        source = edge.get_source_output()
        match _meeting(edge):
            case _Meeting.SAMPLES:
                _repeat(source, [edge], batch)
            case _Meeting.SHAPE:
                rest = ops.slice(source, _ints(1), _ints(2**31 - 1), _ints(1), _ints(0))
                edge.replace_source_output(ops.concat([batch, rest], axis=0).output(0))
            case _:
                pass
    unet.validate_nodes_and_infer_types()


def _meetings(unet: ov.Model) -> list[ov.Input]:
    """Return where something that no prompt reaches is an input of something that one does."""
    reached: set[str] = set()
    free: set[str] = set()
    found: list[ov.Input] = []
    for node in unet.get_ordered_ops():
        name = node.get_friendly_name()
        inputs = node.inputs()
        sources = [one.get_source_output().get_node().get_friendly_name() for one in inputs]
        if node.get_type_name() == "Parameter":
            (reached if _STATES in node.output(0).get_names() else free).add(name)
        elif any(source in reached for source in sources):
            reached.add(name)
            found += [one for one, source in zip(inputs, sources, strict=True) if source in free]
        elif any(source in free for source in sources):
            free.add(name)
    return found


def _meeting(edge: ov.Input) -> _Meeting:
    kind = edge.get_node().get_type_name()
    if kind in _BROADCASTING:
        return _Meeting.AS_IS
    if kind in _TAKING_SAMPLES and edge.get_element_type().is_real():
        return _Meeting.SAMPLES
    if kind == "Reshape" and edge.get_index() == 1:
        return _Meeting.SHAPE
    if kind == "Interpolate" and edge.get_index() > 0 and _is_height_and_width(edge):
        return _Meeting.AS_IS
    return _Meeting.UNKNOWN


def _is_height_and_width(edge: ov.Input) -> bool:
    shape = edge.get_partial_shape()
    return shape.is_static and list(shape.to_shape()) == [2]


def _repeat(source: ov.Output, consumers: Iterable[ov.Input], batch: ov.Output) -> None:
    """Have `consumers` read `source`, [1, ...], as often as `batch`, int64 [1], says."""
    rank = source.get_partial_shape().rank.get_length()
    ones = ops.constant(np.ones(rank - 1, np.int64))
    target = ops.concat([batch, ones], axis=0)
    repeated = ops.broadcast(source, target, broadcast_spec="BIDIRECTIONAL").output(0)
    for one in list(consumers):
        one.replace_source_output(repeated)


def _batch(states: ov.Output) -> ov.Output:
    """Return how many hidden states there are, int64 [1], as a part of the graph."""
    shape = ops.shape_of(states, output_type="i64")
    return ops.gather(shape, _ints(0), ops.constant(np.int64(0))).output(0)


def _ints(*values: int) -> ov.Node:
    return ops.constant(np.array(values, np.int64))
