"""The U-Net that reads one sample for all prompts."""

from collections.abc import Callable

import numpy as np
import openvino as ov
import pytest
from openvino import opset15 as ops
from structlog.testing import capture_logs

from backend.engine_guidance import share_until_prompts_differ

HIDDEN = 6
PIXELS = 5


def pieces() -> tuple[ov.Node, ov.Node]:
    """The inputs of a U-Net: sample [?, 5, 6] and hidden states [?, ?, 6]."""
    made = []
    for name, shape in (
        ("sample", [-1, PIXELS, HIDDEN]),
        ("encoder_hidden_states", [-1, -1, HIDDEN]),
    ):
        parameter = ops.parameter(ov.PartialShape(shape), ov.Type.f32, name=name)
        parameter.output(0).get_tensor().set_names({name})
        made.append(parameter)
    return made[0], made[1]


def attended(sample: ov.Node, states: ov.Node) -> ov.Node:
    return ops.softmax(ops.matmul(sample, states, False, True), axis=-1)


def summed(sample: ov.Node, states: ov.Node) -> ov.Node:
    """A product with the prompts [B, 5, L], a residual, and a reshape by the sample's own shape."""
    values = ops.matmul(attended(ops.exp(sample), states), states, False, False)
    shape = ops.gather(ops.shape_of(sample), np.array([0, 2, 1]), np.int64(0))
    return ops.reshape(ops.add(values, sample), shape, special_zero=False)


def joined(sample: ov.Node, states: ov.Node) -> ov.Node:
    return ops.concat([ops.matmul(attended(sample, states), states, False, False), sample], axis=1)


def enlarged(sample: ov.Node, states: ov.Node) -> ov.Node:
    """What depends on prompts, brought to the height and width of what does not."""
    size = ops.gather(ops.shape_of(sample), np.array([1, 2]), np.int64(0))
    pixels = ops.unsqueeze(states, np.int64(1))
    return ops.interpolate(
        pixels, size, "nearest", "sizes", axes=np.array([2, 3]), nearest_mode="floor"
    )


def chosen(sample: ov.Node, states: ov.Node) -> ov.Node:
    """Operations that are not known to take one sample for several."""
    return ops.maximum(ops.reduce_max(states, np.int64(1), keep_dims=True), sample)


def answer(model: ov.Model, sample: np.ndarray, states: np.ndarray) -> np.ndarray:
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    found: np.ndarray = compiled({"sample": sample, "encoder_hidden_states": states})[0]
    return found


@pytest.mark.parametrize("prompts", [1, 2, 3])
@pytest.mark.parametrize(
    ("make", "is_shared"), [(summed, True), (joined, True), (enlarged, True), (chosen, False)]
)
def test_one_sample_gives_what_the_same_sample_for_each_prompt_gave(
    make: Callable[[ov.Node, ov.Node], ov.Node], is_shared: bool, prompts: int
) -> None:
    random = np.random.default_rng(0)
    sample = random.standard_normal((1, PIXELS, HIDDEN), np.float32)
    states = random.standard_normal((prompts, 7, HIDDEN), np.float32)
    inputs = pieces()
    model = ov.Model([make(*inputs)], list(inputs))
    before = answer(model, sample.repeat(prompts, axis=0), states)
    with capture_logs() as logs:
        share_until_prompts_differ(model)
    assert [one["event"] for one in logs] == ([] if is_shared else ["guidance_not_shared"])
    after = answer(model, sample, states)
    assert after.shape == before.shape
    assert np.array_equal(after, before)
    # Whoever still brings as many samples as prompts is answered as well.
    assert np.array_equal(answer(model, sample.repeat(prompts, axis=0), states), before)
