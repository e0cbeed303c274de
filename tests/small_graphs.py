"""Small graphs for OpenVINO, of layers of torch."""

from collections import Counter

import numpy as np
import openvino as ov
import torch
from torch import nn

from backend.export import quiet_export


def exported(layers: nn.Module, channels: int) -> ov.Model:
    """Return the graph of layers that read x [B, N, channels], of any B and N."""
    with quiet_export():
        model = ov.convert_model(layers.eval(), example_input=torch.zeros(2, 7, channels))
    model.reshape([-1, -1, channels])
    return model


def kinds(model: ov.Model) -> Counter[str]:
    """Return how many operations of each type there are."""
    return Counter(one.get_type_name() for one in model.get_ordered_ops())


def answer(model: ov.Model, prompts: int = 2, pixels: int = 7) -> np.ndarray:
    """Return what a graph, computed in float32, makes of always the same x."""
    channels = model.input(0).get_partial_shape()[2].get_length()
    x = np.random.default_rng(0).standard_normal((prompts, pixels, channels)).astype(np.float32)
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.asarray(compiled([x])[0])
