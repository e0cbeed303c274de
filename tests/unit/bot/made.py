"""Views as backend gives them, for tests of what is shown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from backend.jobs import JobState, RenderState
from backend.people import Person, Place
from backend.recipe import ConceptRef, Recipe, Sampler
from backend.requests import RequestLimits
from backend.views import (
    ConceptView,
    Delivery,
    DeliveryKind,
    JobView,
    PictureView,
    RenderView,
)
from bot.words import Language, read_sentences
from cluster.spec import LearnableProperty

SENTENCES = read_sentences()
EN, ZH = SENTENCES.of(Language.EN), SENTENCES.of(Language.ZH_HANS)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ADA = Person("T1", "U0ADA")
TOYS = Place("T1", "C0TOYS")
LIMITS = RequestLimits(pictures=8, steps=100)


def make_concept(**changes: Any) -> ConceptView:
    concept = ConceptView(
        token="<dicoo>",
        version=1,
        owner=ADA,
        initializer="toy",
        learnable_property=LearnableProperty.OBJECT,
        base_hash="b" * 64,
        sha256="a" * 64,
        vectors=1,
        embedding=Path("dicoo.safetensors"),
        created_at=NOW,
        improvement=0.03,
        samples=(),
        job_id="1" * 32,
    )
    return replace(concept, **changes)


def make_job(**changes: Any) -> JobView:
    job = JobView(
        id="1" * 32,
        state=JobState.RUNNING,
        token="<dicoo>",
        initializer="toy",
        learnable_property=LearnableProperty.OBJECT,
        owner=ADA,
        place=TOYS,
        pictures=tuple(Path(f"{n}.png") for n in range(5)),
        notes=(),
        queue_position=None,
        step=50,
        max_steps=200,
        loss=0.0612,
        eval_loss=0.0609,
        curve=(0.07, 0.065, 0.0609),
        eta_seconds=90.0,
        preview=None,
        failure=None,
        concept=None,
        attempt=1,
        created_at=NOW,
        started_at=NOW,
        ended_at=None,
        revision=7,
    )
    return replace(job, **changes)


def make_render(count: int = 2, drawn: bool = True, **changes: Any) -> RenderView:
    recipe = Recipe(
        prompt="a <dicoo> at the beach",
        seed=7,
        steps=20,
        sampler=Sampler.DDIM,
        guidance=7.5,
        width=512,
        height=512,
        base_hash="b" * 64,
        concepts=(ConceptRef(token="<dicoo>", version=3, sha256="a" * 64),),
    )
    pictures = tuple(
        PictureView(n, 7 + n, Path(f"{n}.png") if drawn else None, recipe, False)
        for n in range(count)
    )
    render = RenderView(
        id="2" * 32,
        state=RenderState.DONE,
        prompt=recipe.prompt,
        negative_prompt="",
        owner=ADA,
        place=TOYS,
        count=count,
        steps=20,
        guidance=7.5,
        sampler=Sampler.DDIM,
        seed=7,
        width=512,
        height=512,
        done=count,
        pictures=pictures,
        failure=None,
        queue_position=None,
        created_at=NOW,
        started_at=NOW,
        ended_at=NOW + timedelta(seconds=12),
    )
    return replace(render, **changes)


def make_delivery(kind: DeliveryKind, subject: str, **changes: Any) -> Delivery:
    delivery = Delivery(
        id=f"{kind}-{subject[:4]}",
        kind=kind,
        subject=subject,
        place=TOYS,
        key=f"{kind}:{subject}",
        attempt=1,
        revision=1,
        receipt=None,
        note=None,
    )
    return replace(delivery, **changes)
