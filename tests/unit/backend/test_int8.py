"""A U-Net in INT8: made once, told how well it does, used only where it is asked for."""

from pathlib import Path

import numpy as np
import openvino as ov
import pytest
from PIL import Image

from backend.base import load_base
from backend.engine import Engine
from backend.errors import BackendError, ErrorCode
from backend.export import export_folder, int8_folder
from backend.int8 import calibration_prompts, int8_of
from backend.int8_report import psnr, read_report
from backend.recipe import RenderPrecision
from cluster.base import base_hash
from tests.engine_draws import some_draw

INT8, F32 = RenderPrecision.INT8, RenderPrecision.F32
_LONGEST = 70
"""Letters of a prompt that fits even where every letter is a token."""


@pytest.mark.slow
def test_int8_is_made_once_and_drawn_in_only_when_asked_for(
    tiny_base: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    engine = Engine.load(tiny_base, cache)
    asked = some_draw(engine.base_hash, precision=INT8)
    with pytest.raises(BackendError, match="INT8") as caught:
        engine.draw([asked])
    assert caught.value.code is ErrorCode.BASE_MODEL
    assert "figment model prepare --int8" in caught.value.hint

    base = load_base(str(tiny_base))
    prompts = ("a red robot", "a blue boat")
    report = int8_of(base, cache, prompts, steps=4)
    assert (report.calibration_prompts, report.calibration_calls) == (2, 4)
    assert len(report.int8.step_errors) == report.steps == 4
    # An answer of nothing would be off by 1. Measured here, from two prompts: 0.04 to 0.30.
    assert all(0 < error < 0.6 for error in report.int8.step_errors)
    assert report.unet_bytes < report.unet_bytes_before
    target = int8_folder(export_folder(base_hash(tiny_base), cache))
    assert read_report(target) == report
    assert {one.name for one in target.iterdir()} == {"report.json", "unet"}
    assert int8_of(base, cache, prompts, steps=2) == report
    in_8_bits = computed_in_8_bits(target / "unet" / "openvino_model.xml")
    assert "Convolution" in in_8_bits
    assert in_8_bits.isdisjoint({"ScaledDotProductAttention", "MatMul"})

    in_int8, in_f32, again = (
        engine.draw([some_draw(engine.base_hash, precision=one)])[0] for one in (INT8, F32, INT8)
    )
    assert in_int8 is not None
    assert in_f32 is not None
    assert again is not None
    assert (in_int8.recipe.precision, in_f32.recipe.precision) == (INT8, F32)
    assert psnr([in_int8.picture], [again.picture]) is None
    near = psnr([in_int8.picture], [in_f32.picture])
    assert near is not None
    # Measured over the three pictures of the report: 33.
    assert near > 20
    # Another process finds the compiled graphs of all precisions in the cache, each its own.
    later = Engine.load(tiny_base, cache, INT8).draw([some_draw(engine.base_hash)])[0]
    assert later is not None
    assert later.recipe.precision is INT8
    assert psnr([later.picture], [in_int8.picture]) is None


def computed_in_8_bits(unet: Path) -> set[str]:
    """The types of operations that read activations of 8 bits."""
    return {
        reader.get_node().get_type_name()
        for node in ov.Core().read_model(unet).get_ops()
        if node.get_type_name() == "FakeQuantize"
        for reader in node.output(0).get_target_inputs()
    }


def test_the_signal_to_noise_ratio_is_the_textbooks() -> None:
    black, grey = (Image.fromarray(np.full((2, 2, 3), one, np.uint8)) for one in (0, 51))
    assert psnr([black], [black]) is None
    assert psnr([black], [grey]) == pytest.approx(20 * np.log10(255 / 51))
    assert psnr([black, black], [black, grey]) == pytest.approx(
        20 * np.log10(255 / 51) + 10 * np.log10(2)
    )


def test_our_prompts_are_many_and_short_enough_for_any_vocabulary() -> None:
    prompts = calibration_prompts()
    assert len(set(prompts)) == len(prompts) >= 24
    assert max(len(prompt.replace(" ", "")) for prompt in prompts) <= _LONGEST


def test_prompts_of_ones_own_are_a_text_of_lines(tmp_path: Path) -> None:
    file = tmp_path / "prompts"
    file.write_text("a toy\n\n  a boat \n")
    assert calibration_prompts(file) == ("a toy", "a boat")
    file.write_text("\n")
    for bad in (file, tmp_path / "none"):
        with pytest.raises(BackendError):
            calibration_prompts(bad)
