"""The engine against diffusers' own pipeline, and what it promises about batches."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from backend.engine import Engine
from backend.engine_draws import Draw, LoadedConcept
from backend.errors import BackendError, ErrorCode
from backend.recipe import ConceptRef, RenderPrecision, Sampler
from tests.by_diffusers import (
    EXPECTED_WARNINGS,
    assert_same_picture,
    by_diffusers,
    one,
    pixels,
)
from tests.engine_draws import some_concept, some_draw

DICOO = some_concept("<dicoo>", vectors=2, seed=1)
ZIG = some_concept("<zig-zag>", seed=2)

pytestmark = [pytest.mark.slow, *map(pytest.mark.filterwarnings, EXPECTED_WARNINGS)]


@pytest.fixture(autouse=True)
def one_torch_thread() -> Iterator[None]:
    """So small a model is drawn many times faster by one thread than by two."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def engine(tiny_base: Path, openvino_cache: Path) -> Engine:
    """An engine that computes in f32."""
    return Engine.load(tiny_base, openvino_cache, RenderPrecision.F32)


@pytest.fixture(scope="module")
def natural_engine(tiny_base: Path, openvino_cache: Path) -> Engine:
    """An engine that computes in what the CPU is good at."""
    return Engine.load(tiny_base, openvino_cache)


@pytest.mark.parametrize("sampler", Sampler)
def test_draws_what_diffusers_draws(
    engine: Engine, tiny_base: Path, tmp_path: Path, sampler: Sampler
) -> None:
    draw = some_draw(
        engine.base_hash,
        ZIG,
        prompt="a blue <zig-zag> boat in the snow",
        negative_prompt="a dark photo",
        sampler=sampler,
        steps=5,
    )
    assert_same_picture(one(engine, draw), by_diffusers(tiny_base, draw, tmp_path))


@pytest.mark.parametrize("guidance", [1.0, 3.5])
def test_draws_what_diffusers_draws_in_odd_sizes_and_with_any_guidance(
    engine: Engine, tiny_base: Path, tmp_path: Path, guidance: float
) -> None:
    draw = some_draw(engine.base_hash, width=72, height=104, guidance=guidance)
    assert_same_picture(one(engine, draw), by_diffusers(tiny_base, draw, tmp_path))


def test_two_concepts_in_one_prompt_one_of_two_rows(
    engine: Engine, tiny_base: Path, tmp_path: Path
) -> None:
    draw = some_draw(
        engine.base_hash,
        DICOO,
        ZIG,
        prompt="a <dicoo> in the style of <zig-zag>, <dicoo>s everywhere",
        negative_prompt="<zig-zag> at the beach",
    )
    ours = one(engine, draw)
    assert_same_picture(ours, by_diffusers(tiny_base, draw, tmp_path))
    other = some_concept("<dicoo>", vectors=2, seed=9)
    prompts = {"prompt": draw.recipe.prompt, "negative_prompt": draw.recipe.negative_prompt}
    assert (ours != one(engine, some_draw(engine.base_hash, other, ZIG, **prompts))).any()


def test_a_picture_is_the_same_alone_and_in_any_company(natural_engine: Engine) -> None:
    base = natural_engine.base_hash
    namesake = some_concept("<dicoo>", seed=5)
    draws = [
        some_draw(base, DICOO, prompt="a <dicoo> boat", sampler=Sampler.EULER_A, seed=1),
        some_draw(base, namesake, prompt="a <dicoo> boat", sampler=Sampler.EULER_A, seed=1),
        some_draw(base, prompt="a castle", negative_prompt="a boat", guidance=1, seed=2),
        some_draw(base, prompt="a castle", width=96, sampler=Sampler.DPMPP_2M, seed=2),
    ]
    together = natural_engine.draw(draws)
    reverse = natural_engine.draw(draws[::-1])[::-1]
    for draw, first, second in zip(draws, together, reverse, strict=True):
        alone = one(natural_engine, draw)
        assert (pixels(first) == alone).all()
        assert (pixels(second) == alone).all()
    assert (pixels(together[0]) != pixels(together[1])).any()


def test_the_recipe_of_the_result_says_what_it_was_computed_in(
    engine: Engine, natural_engine: Engine
) -> None:
    draw = some_draw(engine.base_hash)
    in_f32 = engine.draw([draw])[0]
    assert in_f32 is not None
    assert in_f32.recipe == draw.recipe.model_copy(update={"precision": RenderPrecision.F32})
    natural = natural_engine.draw([draw])[0]
    assert natural is not None
    assert natural.recipe.precision is not RenderPrecision.AUTO
    again = some_draw(engine.base_hash, precision=natural.recipe.precision)
    assert (one(engine, again) == pixels(natural)).all()
    assert not natural.held_back


def test_a_cancelled_picture_is_dropped_between_steps_and_the_others_stay_the_same(
    engine: Engine,
) -> None:
    draws = [some_draw(engine.base_hash, seed=seed, steps=6) for seed in range(3)]
    steps: list[tuple[int, int]] = []

    def on_step(step: int, number: int) -> None:
        steps.append((step, number))

    def cancelled() -> frozenset[int]:
        return frozenset({1}) if len(steps) >= 2 else frozenset()

    drawn = engine.draw(draws, on_step, cancelled)
    assert drawn[1] is None
    assert (pixels(drawn[0]) == one(engine, draws[0])).all()
    assert (pixels(drawn[2]) == one(engine, draws[2])).all()
    assert steps == [(step, 6) for step in range(1, 7)]


def test_nothing_is_computed_once_everything_is_cancelled(engine: Engine) -> None:
    steps: list[int] = []

    def on_step(step: int, _number: int) -> None:
        steps.append(step)

    def cancelled() -> frozenset[int]:
        return frozenset({0, 1}) if steps else frozenset()

    draws = [some_draw(engine.base_hash, steps=50)] * 2
    assert engine.draw(draws, on_step, cancelled) == (None, None)
    assert steps == [1]


def refused(engine: Engine, draw: Draw) -> ErrorCode:
    with pytest.raises(BackendError) as caught:
        engine.draw([draw])
    return caught.value.code


def test_refuses_what_would_silently_be_another_picture(engine: Engine) -> None:
    base = engine.base_hash
    wide = LoadedConcept("<wide>", np.zeros((1, 8), np.float32), "0")
    unnamed = some_draw(base, prompt="a <dicoo> boat")
    refusals: Sequence[tuple[Draw, ErrorCode]] = [
        (unnamed, ErrorCode.UNKNOWN_TOKEN),
        (some_draw(base, prompt="red " * 301), ErrorCode.PROMPT_TOO_LONG),
        (some_draw(base, DICOO, prompt="<dicoo> " * 149), ErrorCode.PROMPT_TOO_LONG),
        (some_draw(base, wide, prompt="a <wide> boat"), ErrorCode.BAD_CONCEPT),
        (Draw(unnamed.recipe, (DICOO,)), ErrorCode.BAD_CONCEPT),
        (some_draw("another", DICOO), ErrorCode.BASE_MODEL),
    ]
    for draw, code in refusals:
        assert refused(engine, draw) is code
    changed = ConceptRef(token="<dicoo>", version=1, sha256="00")
    recipe = unnamed.recipe.model_copy(update={"concepts": (changed,)})
    assert refused(engine, Draw(recipe, (DICOO,))) is ErrorCode.BAD_CONCEPT


def test_a_prompt_of_exactly_the_encoders_length_is_drawn(
    engine: Engine, tiny_base: Path, tmp_path: Path
) -> None:
    draw = some_draw(engine.base_hash, prompt="red " * 74 + "boat")
    assert_same_picture(one(engine, draw), by_diffusers(tiny_base, draw, tmp_path))


def test_pictures_of_different_length_are_drawn_together_and_stay_the_same(
    engine: Engine,
) -> None:
    draws = [some_draw(engine.base_hash, steps=steps) for steps in (2, 4)]
    steps: list[tuple[int, int]] = []
    together = engine.draw(draws, lambda step, number: steps.append((step, number)))
    assert steps == [(step, 4) for step in range(1, 5)]
    for draw, drawn in zip(draws, together, strict=True):
        assert (pixels(drawn) == one(engine, draw)).all()


def test_pictures_of_different_precision_are_not_drawn_together(engine: Engine) -> None:
    draws = [some_draw(engine.base_hash, precision=one) for one in ("f32", "auto")]
    with pytest.raises(ValueError, match="same precision"):
        engine.draw(draws)


def test_warming_up_leaves_pictures_as_they_are(engine: Engine) -> None:
    draw = some_draw(engine.base_hash)
    before = one(engine, draw)
    engine.warm_up(64, 96)
    assert (one(engine, draw) == before).all()
