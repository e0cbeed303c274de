"""What the engine does when numbers run out of range."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.engine import Engine
from backend.engine_draws import Drawn
from backend.engine_graphs import Floats, Graphs, Inputs, compiled_folder
from backend.errors import BackendError, ErrorCode
from backend.export import exported
from backend.prompts import PromptReader
from backend.recipe import RenderPrecision
from backend.samplers import Samplers
from cluster.base import base_hash
from tests.engine_draws import some_draw
from tests.tiny_base import TINY_HIDDEN

pytestmark = pytest.mark.slow

BF16, F32 = RenderPrecision.BF16, RenderPrecision.F32


class BadGraphs:
    """Real graphs whose U-Net or decoder goes wrong over the first picture in some precisions.

    They claim a CPU with bf16 wherever they run, but compute in f32.
    """

    def __init__(self, real: Graphs) -> None:
        self._real = real
        self.bad_unet: tuple[RenderPrecision, ...] = ()
        self.bad_decoder: tuple[RenderPrecision, ...] = ()
        self.asked: list[tuple[RenderPrecision, int]] = []

    def settle(self, precision: RenderPrecision) -> RenderPrecision:
        return BF16 if precision is RenderPrecision.AUTO else precision

    def streams(self, precision: RenderPrecision) -> int:
        return self._real.streams(F32)

    def encode(self, ids: NDArray[np.int64], rows: Floats) -> Floats:
        return self._real.encode(ids, rows)

    def predict(self, calls: Sequence[Inputs], precision: RenderPrecision) -> list[Floats]:
        self.asked.append((precision, len(calls)))
        answers = self._real.predict(calls, F32)
        if precision in self.bad_unet and self.asked.count(self.asked[-1]) == 2:
            answers[0][:, 0, 0, 0] = np.nan
        return answers

    def decode(self, latents: Sequence[Floats], precision: RenderPrecision) -> list[Floats]:
        pictures = self._real.decode(latents, F32)
        if precision in self.bad_decoder:
            pictures[0][..., 5] = np.inf
        return pictures


@pytest.fixture
def graphs(tiny_base: Path, openvino_cache: Path) -> BadGraphs:
    folder = exported(tiny_base, base_hash(tiny_base), openvino_cache)
    return BadGraphs(Graphs(folder, compiled_folder(openvino_cache)))


@pytest.fixture
def engine(tiny_base: Path, graphs: BadGraphs) -> Engine:
    return Engine(
        graphs=graphs,
        prompts=PromptReader.load(tiny_base, table_rows=2000, length=77),
        samplers=Samplers.load(tiny_base),
        base_hash="tiny",
        hidden=TINY_HIDDEN,
        reduction=8,
        latent_scale=0.18215,
    )


def both(engine: Engine) -> tuple[Drawn, Drawn]:
    first, second = engine.draw([some_draw("tiny", seed=seed) for seed in (1, 2)])
    assert first is not None
    assert second is not None
    return first, second


def test_a_picture_that_goes_wrong_in_bf16_is_drawn_again_in_f32(
    engine: Engine, graphs: BadGraphs
) -> None:
    expected = both(engine)
    graphs.asked.clear()
    graphs.bad_unet = (BF16,)
    first, second = both(engine)
    assert graphs.asked == [(BF16, 2), (BF16, 2), (BF16, 1)] + [(F32, 1)] * 3
    assert (first.recipe.precision, second.recipe.precision) == (F32, BF16)
    for picture, wanted in zip((first, second), expected, strict=True):
        assert (np.asarray(picture.picture) == np.asarray(wanted.picture)).all()


def test_a_decoder_that_goes_wrong_in_bf16_counts_too(engine: Engine, graphs: BadGraphs) -> None:
    graphs.bad_decoder = (BF16,)
    first, second = both(engine)
    assert (first.recipe.precision, second.recipe.precision) == (F32, BF16)


@pytest.mark.parametrize("part", ["bad_unet", "bad_decoder"])
def test_a_picture_that_goes_wrong_in_f32_too_is_an_error(
    engine: Engine, graphs: BadGraphs, part: str
) -> None:
    setattr(graphs, part, (BF16, F32))
    with pytest.raises(BackendError) as caught:
        both(engine)
    assert caught.value.code is ErrorCode.CANNOT_DRAW


def test_f32_is_not_tried_twice(engine: Engine, graphs: BadGraphs) -> None:
    graphs.bad_unet = (F32,)
    with pytest.raises(BackendError):
        engine.draw([some_draw("tiny", precision=F32)])
    assert graphs.asked == [(F32, 1)] * 2
