"""People and requests for tests of the backend, and short ways to bring a store to a state."""

from datetime import timedelta
from pathlib import Path

from backend.job_rows import NewJob, Upload
from backend.notes import Note
from backend.people import Person, Place
from backend.recipe import ConceptRef, Recipe, Sampler
from backend.render_rows import NewRender
from backend.store import Store
from backend.store_concepts import NewConcept
from backend.views import JobView, RenderView
from cluster.spec import LearnableProperty
from cluster.told import Told
from tests.fakes import START

ADA, LIN, MAX = (Person("T", name) for name in ("ada", "lin", "max"))
TOYS = Place("T", "toys")
LEASE = timedelta(seconds=60)


A_NOTE = Note(
    "2.png shows the same as 1.png.",
    Told("bad_pictures", "near-duplicate", {"name": "2.png", "twin": "1.png"}),
)


def new_job(token: str, by: Person = ADA, job_id: str | None = None) -> NewJob:
    """Return a checked teach request, with two pictures."""
    name = token.strip("<>")
    uploads = tuple(
        Upload(f"{n}.png", Path(f"/elsewhere/{name}-{n}.png"), f"file-{name}-{n}") for n in (0, 1)
    )
    return NewJob(
        id=job_id or f"job-{by.workspace}-{name}",
        key=f"key-{job_id or ''}-{by.workspace}-{name}",
        token=token,
        initializer="toy",
        learnable_property=LearnableProperty.OBJECT,
        by=by,
        place=Place(by.workspace, "toys"),
        uploads=uploads,
        notes=(A_NOTE,),
        max_steps=100,
    )


async def teach(store: Store, token: str, by: Person = ADA, after: float = 0) -> JobView:
    """Queue a job, `after` seconds from the start."""
    return await store.jobs.add(new_job(token, by), START + timedelta(seconds=after))


async def learn(store: Store, token: str, by: Person = ADA, base_hash: str = "base") -> JobView:
    """Bring a job through to its concept."""
    await teach(store, token, by)
    taken = await store.jobs.take("d", START, LEASE, slots=100)
    assert taken is not None
    assert taken.token == token
    await store.jobs.launched(taken.id, 100, START)
    ready = await store.jobs.succeeded(taken.id, learned(store, taken, base_hash), START)
    assert ready is not None
    return ready


def learned(store: Store, job: JobView, base_hash: str = "base", version: int = 1) -> NewConcept:
    """Return what a run of `job` may have learned."""
    workspace = job.owner.workspace
    return NewConcept(
        version=version,
        base_hash=base_hash,
        embedding=store.folder.embedding(workspace, job.token, version),
        sha256="ab" * 32,
        vectors=1,
        improvement=0.25,
        samples=(store.folder.sample(workspace, job.token, version, 0),),
    )


def new_render(
    name: str, by: Person = ADA, count: int = 2, steps: int = 20, concepts: tuple[str, ...] = ()
) -> NewRender:
    """Return a checked imagine request."""
    recipes = tuple(
        Recipe(
            prompt=f"a toy {name}",
            seed=10 + index,
            steps=steps,
            sampler=Sampler.DDIM,
            guidance=7.5,
            width=64,
            height=64,
            base_hash="base",
            concepts=tuple(
                ConceptRef(token=token, version=1, sha256="ab" * 32) for token in concepts
            ),
        )
        for index in range(count)
    )
    return NewRender(f"render-{name}", f"key-{name}", by, Place(by.workspace, "toys"), recipes)


async def imagine(
    store: Store,
    name: str,
    by: Person = ADA,
    count: int = 2,
    steps: int = 20,
    after: float = 0,
    concepts: tuple[str, ...] = (),
) -> RenderView:
    """Queue a render, `after` seconds from the start."""
    render = new_render(name, by, count, steps, concepts)
    return await store.renders.add(render, START + timedelta(seconds=after))
