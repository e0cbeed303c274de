"""A hundred concepts in one process: what the engine is for."""

import gc
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
import psutil
import pytest
from safetensors.numpy import load_file

from backend.engine import Engine
from backend.engine_draws import Draw, LoadedConcept
from backend.recipe import RenderPrecision, Sampler
from tests.by_diffusers import EXPECTED_WARNINGS, Diffusers, one, pixels
from tests.engine_draws import some_draw

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("one_torch_thread"),
    *map(pytest.mark.filterwarnings, EXPECTED_WARNINGS),
]

TOYBOX = Path(__file__).parents[3] / "demo" / "toybox" / "model"
CONCEPTS = 100
BATCH = 10
SIDE = 64
"""Half the toybox's own, for the time that it takes."""
LARGEST_DIFFERENCE = 1
MEAN_DIFFERENCE = 0.01
"""Of 255. Over the ten pictures below the largest was 1, as single values are rounded up and
down, and the mean 0.001 at most."""
MOST_GROWTH = 1e6
"""Bytes. Memory grew in the first hundred, by what each kind of batch takes once, and by nothing
at all in the second. Where other tests have used the process before, it once grew by 1.2 MB in the
second as well: so it is the last hundred that counts."""
HUNDREDS = 3


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The toybox's engine; computes in f32."""
    return Engine.load(TOYBOX, tmp_path_factory.mktemp("toybox"), RenderPrecision.F32)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What OpenVINO was asked to compile, from here on."""
    names: list[str] = []
    compile_model = ov.Core.compile_model

    def counting(core: ov.Core, model: Any, *more: Any) -> ov.CompiledModel:
        names.append(str(model))
        return compile_model(core, model, *more)

    monkeypatch.setattr(ov.Core, "compile_model", counting)
    return names


def some_concepts(seed: int) -> list[LoadedConcept]:
    """Rows near those of words, as learned ones are; every fifth concept has two to four."""
    table = load_file(TOYBOX / "text_encoder" / "model.safetensors")[
        "text_model.embeddings.token_embedding.weight"
    ].astype(np.float32)
    random = np.random.default_rng(seed)
    concepts = []
    for number in range(CONCEPTS):
        vectors = int(random.integers(2, 5)) if number % 5 == 0 else 1
        words = table[random.integers(0, len(table), vectors)]
        rows = (words + random.normal(0, 0.3 * table.std(), words.shape)).astype(np.float32)
        digest = hashlib.sha256(rows.tobytes()).hexdigest()
        concepts.append(LoadedConcept(f"<thing-{number}>", rows, digest))
    return concepts


def drawing(engine: Engine, number: int, concepts: list[LoadedConcept], steps: int = 3) -> Draw:
    """A picture of a concept; every fourth has a second one, and samplers take turns."""
    named = [concepts[number]]
    prompt = f"a red <thing-{number}> at the beach"
    if number % 4 == 0:
        named.append(concepts[(number + 37) % CONCEPTS])
        prompt += f" with a {named[1].token}"
    return some_draw(
        engine.base_hash,
        *named,
        prompt=prompt,
        negative_prompt="snow" if number % 3 == 0 else "",
        sampler=list(Sampler)[number % len(Sampler)],
        steps=steps,
        seed=number,
        width=SIDE,
        height=SIDE,
    )


def growth_in_a_hundred(engine: Engine, others: list[LoadedConcept]) -> int:
    """Draw all of them, and return by how many bytes that made this process grow."""
    gc.collect()
    memory = psutil.Process().memory_info().rss
    for start in range(BATCH):
        numbers = range(CONCEPTS)[start::BATCH]
        engine.draw([drawing(engine, number, others, steps=1) for number in numbers])
    gc.collect()
    return psutil.Process().memory_info().rss - memory


def test_a_hundred_concepts_in_mixed_batches(
    engine: Engine, compiled: list[str], tmp_path: Path
) -> None:
    concepts = some_concepts(seed=5)
    draws = [drawing(engine, number, concepts) for number in range(CONCEPTS)]
    batches = [draws[start::BATCH] for start in range(BATCH)]
    drawn = [engine.draw(batches[0])]
    assert compiled, "or the count would count nothing"
    before = len(compiled)
    drawn += [engine.draw(batch) for batch in batches[1:]]

    grown = [growth_in_a_hundred(engine, some_concepts(seed=6 + more)) for more in range(HUNDREDS)]
    assert grown[-1] < MOST_GROWTH, f"{grown} bytes"
    assert len(compiled) == before

    for batch, pictures in zip(batches, drawn, strict=True):
        for draw, picture in zip(batch, pictures, strict=True):
            assert (pixels(picture) == one(engine, draw)).all(), draw.recipe.prompt
    assert len({pixels(picture).tobytes() for batch in drawn for picture in batch}) == CONCEPTS

    theirs = Diffusers(TOYBOX, tmp_path)
    theirs.learn(*{one.token: one for draw in batches[3] for one in draw.concepts}.values())
    for draw, picture in zip(batches[3], drawn[3], strict=True):
        expected = theirs.draw(draw.recipe)
        difference = np.abs(pixels(picture).astype(int) - expected.astype(int))
        assert difference.max() <= LARGEST_DIFFERENCE, draw.recipe.prompt
        assert difference.mean() < MEAN_DIFFERENCE, draw.recipe.prompt
        assert expected.std() > 10, "a flat picture compares equal to everything"
