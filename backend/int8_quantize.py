"""Rewrites the graph of a U-Net so that most of its work is done in 8 bits."""

import contextlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import openvino as ov

from backend.engine_graphs import Inputs
from backend.int8_linear import linear_as_convolutions
from cluster.cpu import int8_flags

_SENSITIVE = ("conv_in", "conv_out", "conv_shortcut")
"""Parts of the names of convolutions that 8 bits are too few for: 3 % of the work, and on the
toybox half of the error (of the last step's answer, 8.4 % with and 5.1 % without them)."""
_DOUBLING = "upsamplers"
"""A part of the names of convolutions that are as fast in floats, as transposed ones. What they do
for other sizes is in floats too: there are no ranges of what no call goes through."""
_LINEAR = ("ff.net.0", "attn1.to_q", "attn1.to_k", "attn1.to_v", "attn2.to_q")
"""Parts of the names of linear layers that are computed in 8 bits: those with much work."""
_SECOND = "ff.net.2"
"""The second layer of a feed-forward network, for whose input 8 bits are too few: with it the error
of the last step's answer was 7.4 % on the toybox instead of 4.9, and pictures 28.3 dB instead of
30.0 from those in f32. Smoothed (SmoothQuant, into the layer before) still 6.1 % and 29.0 dB, for
4 % of the time."""
_IN_FLOATS = (_SECOND, "to_out")
"""Parts of the names of linear layers whose weights are not in 8 bits either, as they are computed
faster in floats. That `to_out` reads floats also is faster: attention took a fifth longer where it
had to round what comes out of it."""
_MOST_INPUTS = 2560
"""Of a convolution in floats: with 5,120 it took three times as long as a matrix product."""


def quantize(
    unet: Path,
    calls: Sequence[Inputs],
    out: Path,
    *,
    exact: bool = True,
    fast_products: bool | None = None,
) -> None:
    """Write the U-Net in `unet` (an .xml) in INT8 to `out`.

    Most convolutions and most linear layers of attention get 8-bit weights and activations. Other
    matrix products with weights get 8-bit weights only, as in optimum-intel's hybrid quantization,
    https://huggingface.co/docs/optimum-intel/openvino/optimization#hybrid-quantization, or stay in
    floats. So does attention itself, as OpenVINO computes it in one piece only if it does: in 8
    bits it goes over all scores three times, which took twice the time.

    `calls` are what it is asked, for the ranges of its activations. `exact` False leaves out what
    takes long and makes it exact, but not fast: the correction of biases. `fast_products` says
    whether the CPU has instructions for dot products of bytes (None: as this one has). Without
    them, matrix products in 8 bits are slower than in floats, but convolutions are not: linear
    layers become such. Raises OSError, RuntimeError, ValueError.
    """
    import nncf

    nncf.set_log_level(logging.ERROR)
    out.parent.mkdir(parents=True)
    model = ov.Core().read_model(unet)
    linear = _named(model, "MatMul", _LINEAR)
    if not (bool(int8_flags()) if fast_products is None else fast_products):
        # With what stands behind them: it would have to be transposed between the two.
        linear_as_convolutions(model, linear)
        linear_as_convolutions(model, _named(model, "MatMul", (_SECOND,)), _MOST_INPUTS)
        linear = []
    in_floats = [
        *(name for name in _named(model, "MatMul") if name not in linear),
        *_named(model, "ScaledDotProductAttention"),
        *_named(model, "Convolution", (*_SENSITIVE, _SECOND, _DOUBLING)),
        *_named(model, "ConvolutionBackpropData"),
        *_named(model, "Interpolate"),
    ]
    not_by_weights = [
        *linear,
        *_named(model, "MatMul", _IN_FLOATS),
        *_named(model, "Convolution"),
        *_named(model, "ConvolutionBackpropData"),
    ]
    parameters = nncf.AdvancedQuantizationParameters(
        disable_bias_correction=not exact,
        smooth_quant_alphas=nncf.AdvancedSmoothQuantParameters(convolution=-1, matmul=-1),
    )
    # NNCF draws progress bars on standard output, which may be somebody's JSON.
    with contextlib.redirect_stdout(sys.stderr):
        compressed = nncf.compress_weights(
            model,
            mode=nncf.CompressWeightsMode.INT8_ASYM,
            ignored_scope=nncf.IgnoredScope(names=not_by_weights),
        )
        quantized = nncf.quantize(
            compressed,
            nncf.Dataset(list(calls)),
            subset_size=len(calls),
            model_type=nncf.ModelType.TRANSFORMER,
            ignored_scope=nncf.IgnoredScope(names=in_floats),
            advanced_parameters=parameters,
        )
    ov.save_model(quantized, out, compress_to_fp16=False)


def _named(unet: ov.Model, kind: str, parts: Sequence[str] = ("",)) -> list[str]:
    """Return the names of operations of a kind that have one of `parts` in their names."""
    return [
        node.get_friendly_name()
        for node in unet.get_ops()
        if node.get_type_name() == kind and any(part in node.get_friendly_name() for part in parts)
    ]
