"""The compiled graphs, and what OpenVINO keeps of them."""

import gc
import weakref
from pathlib import Path

import numpy as np
import openvino as ov
import pytest

from backend.engine_graphs import CompiledGraph, Floats, Graphs
from backend.export import exported
from backend.recipe import RenderPrecision
from cluster.base import base_hash
from tests.tiny_base import TINY_HIDDEN, TINY_SIDE

pytestmark = pytest.mark.slow

BF16, F32 = RenderPrecision.BF16, RenderPrecision.F32


@pytest.fixture(scope="module")
def folder(tiny_base: Path, openvino_cache: Path) -> Path:
    return exported(tiny_base, base_hash(tiny_base), openvino_cache)


def question() -> dict[str, Floats]:
    """One sample of fixed noise and two prompts."""
    random = np.random.default_rng(0)
    sample = random.standard_normal((1, 4, TINY_SIDE // 8, TINY_SIDE // 8), np.float32)
    states = random.standard_normal((2, 77, TINY_HIDDEN), np.float32)
    return {
        "sample": sample,
        "timestep": np.full(1, 500, np.float32),
        "encoder_hidden_states": states,
    }


def answer(graphs: Graphs, precision: RenderPrecision) -> Floats:
    """What U-Net and decoder make of the question, one after the other: float32 [n]."""
    call = question()
    predicted = graphs.predict([call], precision)[0]
    return np.concatenate(
        [predicted.ravel(), graphs.decode([call["sample"]], precision)[0].ravel()]
    )


def test_the_unet_works_once_on_what_its_prompts_share(folder: Path, tmp_path: Path) -> None:
    call = question()
    graphs = Graphs(folder, tmp_path)
    [once] = graphs.predict([call], F32)
    twice = {
        **call,
        "sample": call["sample"].repeat(2, axis=0),
        "timestep": np.full(2, 500.0, np.float32),
    }
    assert np.array_equal(once, graphs.predict([twice], F32)[0])
    assert not np.array_equal(once[0], once[1])
    # Repeated only later: the first to read the sample is a convolution.
    unet = ov.Core().read_model(folder / "unet" / "openvino_model.xml")
    readers = {one.get_node().get_type_name() for one in unet.input("sample").get_target_inputs()}
    assert "Convolution" in readers
    assert "Broadcast" not in readers


@pytest.mark.parametrize("order", [(F32, BF16), (BF16, F32)])
def test_what_was_compiled_for_one_precision_is_not_taken_for_another(
    folder: Path, tmp_path: Path, order: tuple[RenderPrecision, ...]
) -> None:
    alone = {one: answer(Graphs(folder, tmp_path / one), one) for one in order}
    together = tmp_path / "together"
    for attempt in ("compiled", "from the cache"):
        graphs = Graphs(folder, together)
        for precision in order:
            found = answer(graphs, precision)
            assert np.isfinite(found).all(), (attempt, precision)
            assert np.array_equal(found, alone[precision]), (attempt, precision)


def test_one_unet_is_kept_however_many_precisions_are_asked_for(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive: list[weakref.ref[CompiledGraph]] = []
    compile_part = Graphs._compile

    def noted(graphs: Graphs, part: str, precision: RenderPrecision) -> CompiledGraph:
        compiled = compile_part(graphs, part, precision)
        if part == "unet":
            alive.append(weakref.ref(compiled))
        return compiled

    monkeypatch.setattr(Graphs, "_compile", noted)
    graphs = Graphs(folder, tmp_path)
    first = answer(graphs, F32)
    answer(graphs, BF16)
    assert graphs.streams(F32) == graphs.streams(BF16)
    assert np.array_equal(answer(graphs, F32), first)
    assert np.array_equal(answer(graphs, F32), first)
    gc.collect()
    assert [one() is not None for one in alive] == [False, False, True]
