"""People who ask for many small pictures and look at each, and what must be true in the end."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from PIL import Image
from sqlalchemy import func, select

from backend.database import Database, open_engine
from backend.jobs import RenderState
from backend.models import OutboxRow
from backend.people import Person, Place
from backend.picture_file import read_recipe
from backend.recipe import Recipe, Sampler
from backend.render_rows import NewRender
from backend.settings import BackendSettings
from backend.store import Store
from backend.views import DeliveryKind, RenderView
from tests.worker_processes import PATIENCE, Pool, WorkerProcess

SIDE = 64


def some_render(
    number: int, base_hash: str, random: Random, steps: int = 4, side: int = SIDE
) -> NewRender:
    """Return one of many different requests: of one of five people, for one to four pictures."""
    by = Person("T", f"person{random.randrange(5)}")
    recipes = tuple(
        Recipe(
            prompt=f"a {random.choice(['red', 'blue', 'green'])} robot",
            seed=1000 * number + index,
            steps=steps + random.randrange(2),
            sampler=Sampler.DDIM,
            guidance=4.5,
            width=side,
            height=side,
            base_hash=base_hash,
        )
        for index in range(random.randint(1, 4))
    )
    # One number of steps within a request, as people ask.
    recipes = tuple(one.model_copy(update={"steps": recipes[0].steps}) for one in recipes)
    return NewRender(f"render{number:04}", f"key{number}", by, Place("T", "toys"), recipes)


@dataclass
class Crowd:
    """People who keep asking, and who look at every picture the moment it is there."""

    store: Store
    base_hash: str
    random: Random
    steps: int = 4
    side: int = SIDE
    asked: list[str] = field(default_factory=list)
    looked_at: set[tuple[str, int]] = field(default_factory=set)

    async def ask(self, count: int) -> None:
        """Ask for `count` more renders."""
        for _ in range(count):
            new = some_render(len(self.asked), self.base_hash, self.random, self.steps, self.side)
            await self.store.renders.add(new, datetime.now(UTC))
            self.asked.append(new.id)

    async def look(self) -> tuple[RenderView, ...]:
        """Look at what is new: each picture that is said to be there must be there, and whole."""
        renders = []
        for render_id in self.asked:
            render = await self.store.renders.get(render_id)
            assert render is not None
            renders.append(render)
            for picture in render.pictures:
                if picture.path is not None and (render_id, picture.index) not in self.looked_at:
                    self.looked_at.add((render_id, picture.index))
                    with Image.open(picture.path) as image:
                        image.load()
                        assert image.size == (self.side, self.side)
                    assert read_recipe(picture.path) == picture.recipe
        return tuple(renders)

    async def sees(self, so: Callable[[RenderView], bool]) -> None:
        """Wait until the first render is so."""
        async with asyncio.timeout(PATIENCE):
            while not so((await self.look())[0]):  # noqa: ASYNC110 - a database sets no event
                await asyncio.sleep(0.1)

    async def all_ended(self) -> tuple[RenderView, ...]:
        """Wait until every render has ended."""
        async with asyncio.timeout(PATIENCE):
            while True:
                renders = await self.look()
                if all(render.ended_at is not None for render in renders):
                    return renders
                await asyncio.sleep(0.2)


async def kill_at_random(pool: Pool, crowd: Crowd, kills: int) -> None:
    """Kill workers that draw, at random moments, while people keep asking and looking.

    Two have to be ready, so that one goes on: else a slow machine would kill each
    over its first picture, and a picture is given to a few workers only.
    """
    for _ in range(kills):
        ready = await pool.ready(2)
        if await crowd.store.pictures.waiting() < 20:
            await crowd.ask(10)
        await crowd.look()
        await asyncio.sleep(crowd.random.uniform(0, 2))
        pool.kill(crowd.random.choice(ready))


async def check_all_drawn_once(
    crowd: Crowd, settings: BackendSettings, workers: Iterable[WorkerProcess]
) -> None:
    """Check that every picture was drawn, handed in and delivered once, and nothing is left."""
    renders = await crowd.look()
    assert {render.state for render in renders} == {RenderState.DONE}
    wanted = {(render.id, n) for render in renders for n in range(render.count)}
    assert crowd.looked_at == wanted
    pictures = settings.data / "pictures"
    files = sorted(path.relative_to(pictures) for path in pictures.rglob("*") if path.is_file())
    assert files == sorted(Path(render_id) / f"{n}.png" for render_id, n in wanted)
    handed_in = Counter(
        (event["render"], event["index"])
        for worker in workers
        for event in worker.events()
        if event["event"] in ("picture_drawn", "picture_found") and event["kept"]
    )
    assert set(handed_in) <= wanted
    assert max(handed_in.values()) == 1
    owed = await _owed(settings)
    assert owed == {render.id: 1 for render in renders}


async def _owed(settings: BackendSettings) -> Mapping[str, int]:
    database = Database(open_engine(settings.url))
    try:
        async with database.reading() as session:
            found = await session.execute(
                select(OutboxRow.subject, func.count().label("times"))
                .where(OutboxRow.kind == DeliveryKind.PICTURES)
                .group_by(OutboxRow.subject)
            )
            return {row.subject: row.times for row in found}
    finally:
        await database.close()
