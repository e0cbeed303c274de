"""The rendering worker with the real engine, and the files of concepts that it reads."""

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from backend.drawer import engine_cache
from backend.engine import Engine
from backend.engine_draws import Draw, LoadedConcept
from backend.errors import BackendError, ErrorCode
from backend.jobs import RenderState
from backend.recipe import RenderPrecision
from backend.render_rows import NewRender
from backend.settings import BackendSettings
from backend.store import Store
from backend.views import RenderView
from backend.worker import run_worker
from cluster.base import base_hash
from cluster.embedding_file import EmbeddingFile, write_embedding
from tests.backend_story import ADA, LEASE, TOYS, learned, teach
from tests.engine_draws import some_concept, some_draw
from tests.fakes import START

pytestmark = pytest.mark.slow

DICOO = some_concept("<dicoo>", vectors=2)


@pytest.fixture
def drawing_settings(
    settings: BackendSettings, tiny_base: Path, openvino_cache: Path
) -> BackendSettings:
    """Settings with a base model that can be drawn with, exported before."""
    mine = settings.model_copy(update={"base": str(tiny_base), "tick_seconds": 0.02})
    engine_cache(mine).parent.mkdir(exist_ok=True)
    engine_cache(mine).symlink_to(openvino_cache)
    return mine


async def know(store: Store, concept: LoadedConcept, base: str) -> Path:
    """Let the workspace have learned `concept`; return its file."""
    job = await teach(store, concept.token)
    assert await store.jobs.take("d", START, LEASE, slots=9) is not None
    await store.jobs.launched(job.id, 100, START)
    new = replace(learned(store, job, base), sha256=concept.sha256, vectors=len(concept.rows))
    await store.jobs.succeeded(job.id, new, START)
    new.embedding.parent.mkdir(parents=True, exist_ok=True)
    write_embedding(new.embedding, EmbeddingFile(concept.token, concept.rows))
    return new.embedding


async def drawn(store: Store, settings: BackendSettings, *draws: Draw) -> RenderView:
    """Have a worker draw a render of `draws`; return how it ended."""
    recipes = tuple(draw.recipe for draw in draws)
    render = NewRender("render", "key", ADA, TOYS, recipes)
    await store.renders.add(render, START)
    stop = asyncio.Event()
    async with asyncio.timeout(120), asyncio.TaskGroup() as group:
        group.create_task(run_worker(store, settings, stop))
        while True:
            view = await store.renders.get(render.id)
            assert view is not None
            if view.ended_at is not None:
                stop.set()
                return view
            await asyncio.sleep(0.02)


def pixels(path: Path | None) -> NDArray[np.uint8]:
    assert path is not None
    with Image.open(path) as picture:
        return np.asarray(picture)


async def test_draws_a_concept_as_the_engine_alone_does(
    store: Store, drawing_settings: BackendSettings, tiny_base: Path, openvino_cache: Path
) -> None:
    base = base_hash(tiny_base)
    await know(store, DICOO, base)
    draws = [some_draw(base, DICOO, prompt="a <dicoo> boat", seed=seed) for seed in (1, 2)]
    render = await drawn(store, drawing_settings, *draws)
    assert render.state is RenderState.DONE
    alone = Engine.load(tiny_base, openvino_cache).draw(draws)
    for picture, wanted in zip(render.pictures, alone, strict=True):
        assert wanted is not None
        assert picture.recipe == wanted.recipe
        assert picture.recipe.precision is not RenderPrecision.AUTO
        assert (pixels(picture.path) == np.asarray(wanted.picture)).all()


@pytest.mark.parametrize("harm", ["missing", "truncated", "replaced"])
async def test_a_harmed_file_of_a_concept_fails_the_render_in_clear_words(
    store: Store, drawing_settings: BackendSettings, tiny_base: Path, harm: str
) -> None:
    base = base_hash(tiny_base)
    file = await know(store, DICOO, base)
    if harm == "missing":
        file.unlink()
    elif harm == "truncated":
        file.write_bytes(file.read_bytes()[:-9])
    else:
        other = some_concept("<dicoo>", seed=4)
        write_embedding(file, EmbeddingFile(other.token, other.rows))
    render = await drawn(store, drawing_settings, some_draw(base, DICOO, prompt="a <dicoo> boat"))
    assert render.state is RenderState.FAILED
    assert render.failure is not None
    assert render.failure.reason == ErrorCode.BAD_CONCEPT
    assert "<dicoo>" in render.failure.message
    assert render.failure.hint


async def test_a_concept_of_another_width_fails_the_render(
    store: Store, drawing_settings: BackendSettings, tiny_base: Path
) -> None:
    base = base_hash(tiny_base)
    wide = some_concept("<wide>", width=768)
    await know(store, wide, base)
    render = await drawn(store, drawing_settings, some_draw(base, wide, prompt="a <wide> boat"))
    assert render.failure is not None
    assert render.failure.reason == ErrorCode.BAD_CONCEPT
    assert "another base model" in render.failure.message


async def test_a_base_model_that_is_not_there_ends_the_worker(
    store: Store, settings: BackendSettings, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    nowhere = settings.model_copy(update={"base": str(tmp_path / "empty")})
    with pytest.raises(BackendError) as caught:
        await run_worker(store, nowhere, asyncio.Event())
    assert caught.value.code is ErrorCode.BASE_MODEL
