"""Every sampler at every length, and guidance that ends early, against diffusers itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from backend.engine import Engine
from backend.engine_graphs import Floats, Graphs, compiled_folder
from backend.errors import BackendError, ErrorCode
from backend.export import exported
from backend.prompts import PromptReader
from backend.recipe import RenderPrecision, Sampler
from backend.samplers import Samplers
from cluster.base import base_hash
from tests.by_diffusers import (
    EXPECTED_WARNINGS,
    Diffusers,
    assert_same_picture,
    one,
    pixels,
)
from tests.engine_draws import some_draw
from tests.tiny_base import TINY_HIDDEN

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("one_torch_thread"),
    *map(pytest.mark.filterwarnings, EXPECTED_WARNINGS),
]


class CountingGraphs(Graphs):
    """Graphs that keep how many prompts each call of the U-Net had."""

    prompts: list[int]

    def predict(self, calls: Any, precision: RenderPrecision) -> list[Floats]:
        self.prompts += [len(call["encoder_hidden_states"]) for call in calls]
        return super().predict(calls, precision)


@pytest.fixture(scope="module")
def graphs(tiny_base: Path, openvino_cache: Path) -> CountingGraphs:
    folder = exported(tiny_base, base_hash(tiny_base), openvino_cache)
    graphs = CountingGraphs(folder, compiled_folder(openvino_cache))
    graphs.prompts = []
    return graphs


def engine_of(base: Path, graphs: Graphs, **schedule: Any) -> Engine:
    """An engine that computes in f32, of a base whose schedule may say something else."""
    written = json.loads((base / "scheduler" / "scheduler_config.json").read_text())
    return Engine(
        graphs=graphs,
        prompts=PromptReader.load(base, table_rows=2000, length=77),
        samplers=Samplers({**written, **schedule}),
        base_hash="tiny",
        hidden=TINY_HIDDEN,
        reduction=8,
        latent_scale=0.18215,
        precision=RenderPrecision.F32,
    )


@pytest.fixture(scope="module")
def engine(tiny_base: Path, graphs: CountingGraphs) -> Engine:
    return engine_of(tiny_base, graphs)


@pytest.fixture(scope="module")
def diffusers(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Diffusers:
    return Diffusers(tiny_base, tmp_path_factory.mktemp("concepts"))


@pytest.mark.parametrize("sampler", Sampler)
@pytest.mark.parametrize("steps", [1, 2, 13])
def test_any_number_of_steps(
    engine: Engine, diffusers: Diffusers, sampler: Sampler, steps: int
) -> None:
    draw = some_draw("tiny", sampler=sampler, steps=steps)
    assert_same_picture(one(engine, draw), diffusers.draw(draw.recipe))


def test_pndm_takes_the_step_more_that_its_schedule_has(
    engine: Engine, graphs: CountingGraphs
) -> None:
    graphs.prompts.clear()
    engine.draw([some_draw("tiny", sampler=Sampler.PNDM, steps=4)])
    assert graphs.prompts == [2] * 5


@pytest.mark.parametrize("sampler", Sampler)
def test_a_base_that_predicts_velocity(
    tiny_base: Path, graphs: CountingGraphs, tmp_path: Path, sampler: Sampler
) -> None:
    schedule = {"prediction_type": "v_prediction"}
    draw = some_draw("tiny", sampler=sampler, steps=6)
    ours = one(engine_of(tiny_base, graphs, **schedule), draw)
    assert_same_picture(ours, Diffusers(tiny_base, tmp_path, **schedule).draw(draw.recipe))
    assert (ours != one(engine_of(tiny_base, graphs), draw)).any()


def unguided_from(turn: int) -> Any:
    """The callback by which diffusers' documentation ends guidance early."""

    def end(pipeline: Any, step: int, time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        if step + 1 == turn:
            pipeline._guidance_scale = 0.0
            tensors["prompt_embeds"] = tensors["prompt_embeds"].chunk(2)[-1]
        return tensors

    return end


@pytest.mark.parametrize("sampler", Sampler)
def test_guidance_that_ends_half_way(
    engine: Engine, graphs: CountingGraphs, diffusers: Diffusers, sampler: Sampler
) -> None:
    draw = some_draw("tiny", sampler=sampler, steps=8, guidance_until=0.5)
    graphs.prompts.clear()
    ours = one(engine, draw)
    assert graphs.prompts == [2] * 4 + [1] * (5 if sampler is Sampler.PNDM else 4)
    theirs = diffusers.draw(
        draw.recipe,
        callback_on_step_end=unguided_from(4),
        callback_on_step_end_tensor_inputs=["latents", "prompt_embeds"],
    )
    assert_same_picture(ours, theirs)
    assert (ours != one(engine, some_draw("tiny", sampler=sampler, steps=8))).any()


def test_guidance_may_end_at_once_or_never(engine: Engine) -> None:
    whole = some_draw("tiny", steps=4)
    never = one(engine, some_draw("tiny", steps=4, guidance_until=1.0))
    assert (never == one(engine, whole)).all()
    at_once = one(engine, some_draw("tiny", steps=4, guidance_until=0.0))
    assert (at_once == one(engine, some_draw("tiny", steps=4, guidance=1.0))).all()


def test_mixed_guidance_in_one_batch(engine: Engine) -> None:
    draws = [
        some_draw("tiny", sampler=sampler, steps=steps, guidance=guidance, guidance_until=until)
        for sampler, steps, guidance, until in (
            (Sampler.DPMPP_2M, 6, 7.5, 0.5),
            (Sampler.DPMPP_2M, 6, 7.5, 1.0),
            (Sampler.UNIPC, 6, 3.0, 0.34),
            (Sampler.PNDM, 6, 7.5, 0.5),
            (Sampler.LCM, 3, 1.0, 0.5),
            (Sampler.EULER_A, 5, 7.5, 0.0),
        )
    ]
    for draw, drawn in zip(draws, engine.draw(draws), strict=True):
        assert (pixels(drawn) == one(engine, draw)).all()


def test_more_steps_than_lcm_was_made_of_are_refused(engine: Engine) -> None:
    with pytest.raises(BackendError) as caught:
        engine.check(some_draw("tiny", sampler=Sampler.LCM, steps=51))
    assert caught.value.code is ErrorCode.BAD_NUMBER
    assert "50" in caught.value.message
