"""Weights, long prompts, first pictures and variations, against diffusers and themselves."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from backend.base import load_base
from backend.engine import Engine
from backend.engine_draws import Draw, LoadedPicture
from backend.errors import BackendError, ErrorCode
from backend.noise import turned
from backend.prompts import PromptReader
from backend.recipe import RenderPrecision, Sampler
from tests.by_diffusers import (
    EXPECTED_WARNINGS,
    Diffusers,
    Pixels,
    assert_same_picture,
    one,
    pixels,
)
from tests.engine_draws import some_concept, some_draw
from tests.toy_pictures import write_toy_pictures

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("one_torch_thread"),
    *map(pytest.mark.filterwarnings, EXPECTED_WARNINGS),
]

DICOO = some_concept("<dicoo>", vectors=3, seed=1)
ZIG = some_concept("<zig>", seed=2)


@pytest.fixture(scope="module")
def engine(tiny_base: Path, openvino_cache: Path) -> Engine:
    """An engine that computes in f32."""
    return Engine.load(tiny_base, openvino_cache, RenderPrecision.F32)


@pytest.fixture(scope="module")
def reader(tiny_base: Path) -> PromptReader:
    return PromptReader.load(tiny_base, table_rows=2000, length=77)


@pytest.fixture
def diffusers(tiny_base: Path, tmp_path: Path) -> Diffusers:
    return Diffusers(tiny_base, tmp_path)


Weighed = Sequence[tuple[str, float]]


def states(diffusers: Diffusers, *blocks: Weighed) -> torch.Tensor:
    """A prompt as it should reach the U-Net: words and weights, block by block."""
    pipeline = diffusers.pipeline
    found = []
    for block in blocks:
        ids, weights = [pipeline.tokenizer.bos_token_id], [1.0]
        for words, weight in block:
            text = pipeline.maybe_convert_prompt(words, pipeline.tokenizer)
            new = pipeline.tokenizer(text, add_special_tokens=False).input_ids
            ids += new
            weights += [weight] * len(new)
        ids.append(pipeline.tokenizer.eos_token_id)
        assert len(ids) <= 77
        ids += [pipeline.tokenizer.pad_token_id] * (77 - len(ids))
        weights += [1.0] * (77 - len(weights))
        with torch.no_grad():
            plain = pipeline.text_encoder(torch.tensor([ids]))[0]
        loud = plain * torch.tensor(weights)[None, :, None]
        found.append(loud * (plain.square().mean() / loud.square().mean()).sqrt())
    return torch.cat(found, dim=1)


def by_states(
    diffusers: Diffusers, draw: Draw, prompt: Sequence[Weighed], negative: Sequence[Weighed]
) -> Pixels:
    return diffusers.draw(
        draw.recipe,
        prompt=None,
        negative_prompt=None,
        prompt_embeds=states(diffusers, *prompt),
        negative_prompt_embeds=states(diffusers, *negative),
    )


def test_weights_are_applied_to_the_states_of_their_words(
    engine: Engine, diffusers: Diffusers
) -> None:
    draw = some_draw(
        engine.base_hash,
        DICOO,
        prompt="a (red:1.5) <dicoo> at the [beach]",
        negative_prompt="(snow:0.5)",
    )
    diffusers.learn(DICOO)
    expected = by_states(
        diffusers,
        draw,
        [[("a", 1), ("red", 1.5), ("<dicoo> at the", 1), ("beach", 1 / 1.1)]],
        [[("snow", 0.5)]],
    )
    ours = one(engine, draw)
    assert_same_picture(ours, expected)
    plain = some_draw(
        engine.base_hash, DICOO, prompt="a red <dicoo> at the beach", negative_prompt="snow"
    )
    assert (ours != one(engine, plain)).any()


def test_all_rows_of_a_concept_are_weighed(engine: Engine, diffusers: Diffusers) -> None:
    draw = some_draw(engine.base_hash, DICOO, prompt="a (<dicoo>:1.4) boat")
    diffusers.learn(DICOO)
    expected = by_states(diffusers, draw, [[("a", 1), ("<dicoo>", 1.4), ("boat", 1)]], [[]])
    assert_same_picture(one(engine, draw), expected)


@pytest.mark.parametrize(
    "prompt", ["a (red:1.0) robot at the beach", "a re(d:1) robot at the [(beach:1.1)]"]
)
def test_a_weight_of_one_changes_no_bit(engine: Engine, prompt: str) -> None:
    # 1.1 / 1.1 is a bit off 1, so the last one is not expected to be the same.
    weighed = one(engine, some_draw(engine.base_hash, prompt=prompt))
    plain = one(engine, some_draw(engine.base_hash, prompt="a red robot at the beach"))
    difference = np.abs(weighed.astype(int) - plain.astype(int)).max()
    assert difference == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_characters="()[]\\<>"), max_size=60))
def test_a_prompt_without_weights_is_read_as_the_tokenizer_reads_it(
    reader: PromptReader, tiny_base: Path, prompt: str
) -> None:
    read = reader.read(prompt, ())
    assert (read.weights == 1).all()
    again = reader.read(f"({prompt}:1)", ())
    assert (again.weights == 1).all()
    if prompt == prompt.rstrip() and not prompt.endswith("\\"):
        assert (again.ids == read.ids).all()


def test_a_long_prompt_is_read_in_blocks_with_its_negative_prompt_as_long(
    engine: Engine, diffusers: Diffusers
) -> None:
    draw = some_draw(
        engine.base_hash,
        prompt="red " * 74 + "robot " + "at the beach",
        negative_prompt="a dark photo",
    )
    expected = by_states(
        diffusers,
        draw,
        [[("red " * 74 + "robot", 1)], [("at the beach", 1)]],
        [[("a dark photo", 1)], []],
    )
    assert_same_picture(one(engine, draw), expected)


def test_a_concept_is_not_cut_in_two_by_the_end_of_a_block(
    engine: Engine, diffusers: Diffusers
) -> None:
    draw = some_draw(
        engine.base_hash, DICOO, prompt="red " * 73 + "(<dicoo>:1.2) boat", negative_prompt=""
    )
    diffusers.learn(DICOO)
    expected = by_states(
        diffusers, draw, [[("red " * 73, 1)], [("<dicoo>", 1.2), ("boat", 1)]], [[], []]
    )
    assert_same_picture(one(engine, draw), expected)


def test_a_long_prompt_is_the_same_alone_and_beside_short_ones(engine: Engine) -> None:
    draws = [
        some_draw(engine.base_hash, prompt="a boat"),
        some_draw(engine.base_hash, prompt="red " * 299 + "boat"),
        some_draw(engine.base_hash, prompt="a boat", negative_prompt="(snow:1.2) " * 80),
    ]
    for draw, drawn in zip(draws, engine.draw(draws), strict=True):
        assert (pixels(drawn) == one(engine, draw)).all()


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "a boat",
        "red " * 75,
        "red " * 76,
        "red " * 74 + "<dicoo>",
        "(<dicoo> " * 30,
        "red " * 300,
    ],
)
def test_what_is_checked_before_counts_as_the_engine_does(
    reader: PromptReader, tiny_base: Path, prompt: str
) -> None:
    length = load_base(str(tiny_base)).prompt_length
    try:
        expected = len(reader.read(prompt, (DICOO,)).ids)
    except BackendError as error:
        with pytest.raises(BackendError, match="weigh"):
            length.blocks(prompt, {"<dicoo>": 3})
        assert "weigh" in error.message  # noqa: PT017
        return
    assert length.blocks(prompt, {"<dicoo>": 3}) == expected


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> LoadedPicture:
    """A picture of a toy, of the tiny base's size."""
    [path] = write_toy_pictures(tmp_path_factory.mktemp("toys"), 1)
    with Image.open(path) as picture:
        small = picture.convert("RGB").resize((64, 64), Image.Resampling.LANCZOS)
    return LoadedPicture(small, hashlib.sha256(path.read_bytes()).hexdigest())


def begun_from(engine: Engine, toy: LoadedPicture, strength: float, **wanted: object) -> Draw:
    start = {"sha256": toy.sha256, "strength": strength}
    return Draw(some_draw(engine.base_hash, start=start, **wanted).recipe, (), toy)


@pytest.mark.parametrize("sampler", Sampler)
def test_a_picture_begun_from_another(
    engine: Engine, diffusers: Diffusers, toy: LoadedPicture, sampler: Sampler
) -> None:
    draw = begun_from(engine, toy, 0.6, sampler=sampler, steps=8)
    theirs = diffusers.draw(draw.recipe, image=toy.picture, strength=0.6)
    assert_same_picture(one(engine, draw), theirs)


@pytest.mark.parametrize(("strength", "taken"), [(0.01, 1), (0.5, 4), (0.99, 7), (1.0, 8)])
def test_the_less_strength_the_fewer_steps_but_never_none(
    engine: Engine, toy: LoadedPicture, strength: float, taken: int
) -> None:
    steps: list[tuple[int, int]] = []
    draw = begun_from(engine, toy, strength, steps=8)
    engine.draw([draw], lambda step, of: steps.append((step, of)))
    assert steps == [(step, taken) for step in range(1, taken + 1)]


def test_a_start_of_another_size_is_cut_to_the_recipes(engine: Engine, toy: LoadedPicture) -> None:
    draw = begun_from(engine, toy, 0.5, width=96, height=72)
    assert one(engine, draw).shape == (72, 96, 3)


def test_a_recipe_that_names_another_picture_is_refused(engine: Engine, toy: LoadedPicture) -> None:
    draw = begun_from(engine, toy, 0.5)
    for wrong in (
        Draw(draw.recipe, ()),
        Draw(draw.recipe, (), LoadedPicture(toy.picture, "0" * 64)),
        Draw(some_draw(engine.base_hash).recipe, (), toy),
    ):
        with pytest.raises(BackendError) as caught:
            engine.draw([wrong])
        assert caught.value.code is ErrorCode.BAD_PICTURES


def test_a_variation_lies_between_two_seeds(engine: Engine) -> None:
    def varied(strength: float) -> Pixels:
        return one(
            engine,
            some_draw(engine.base_hash, seed=7, variation={"seed": 8, "strength": strength}),
        )

    first, second = (one(engine, some_draw(engine.base_hash, seed=seed)) for seed in (7, 8))
    assert (varied(0) == first).all()
    assert np.abs(varied(1).astype(int) - second.astype(int)).max() <= 1
    between = varied(0.1)
    assert (between != first).any()
    assert (
        np.abs(between.astype(float) - first).mean() < np.abs(second.astype(float) - first).mean()
    )


def test_a_variation_of_a_variation_goes_on_from_it(engine: Engine) -> None:
    once = {"seed": 8, "strength": 0.3}
    varied = one(engine, some_draw(engine.base_hash, seed=7, variation=once))
    still = some_draw(
        engine.base_hash, seed=7, varied_before=[once], variation={"seed": 9, "strength": 0}
    )
    assert (one(engine, still) == varied).all()
    further = some_draw(
        engine.base_hash, seed=7, varied_before=[once], variation={"seed": 9, "strength": 0.3}
    )
    assert (one(engine, further) != varied).any()


def test_turned_noise_stays_as_strong_as_noise() -> None:
    random = np.random.default_rng(0)
    one, two = random.standard_normal((2, 1, 4, 64, 64)).astype(np.float32)
    for share in (0.0, 0.3, 0.5, 1.0):
        # 16384 values: the standard deviation of their deviation is 0.006.
        assert turned(one, two, share).std() == pytest.approx(1, abs=0.03)
    assert (turned(one, one, 0.5) == one).all()
    plain_mean = (one + two) / 2
    assert plain_mean.std() < 0.75, "what would be wrong"


def test_upscaling_doubles_the_size_and_keeps_what_is_shown(engine: Engine) -> None:
    small = one(engine, some_draw(engine.base_hash))
    large = one(engine, some_draw(engine.base_hash, upscale="lanczos"))
    assert large.shape == (128, 128, 3)
    halved = large.reshape(64, 2, 64, 2, 3).mean(axis=(1, 3))
    # The mean of four pixels of a Lanczos enlargement is not quite the pixel they came from.
    assert np.abs(halved - small).mean() < 5
