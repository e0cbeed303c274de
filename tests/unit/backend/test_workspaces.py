"""Two workspaces on one Figment: nothing of one can be seen, used or changed from the other."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from backend.base import BaseShelf
from backend.defaults import Defaults
from backend.errors import BackendError, ErrorCode
from backend.people import Asker, Person, Place, Standing
from backend.redraws import Redraw, RedrawRequest
from backend.requests import ImagineRequest, RetrainRequest
from backend.roles import Rules, Who
from backend.service import Service
from backend.settings import BackendSettings
from backend.store import Store
from backend.views import Delivery, DeliveryKind, JobView, RenderView, Share, ShareKind
from tests.backend_story import ADA, LEASE, imagine, learn, teach
from tests.fakes import START, FakeClock

NAMESAKE = Person("T2", ADA.user)
"""Slack's ids of people are of one workspace: the same one elsewhere is somebody else."""
BOSS = Asker(NAMESAKE, Standing(is_admin=True), "toys")
THERE = Place("T2", "toys")

About = Callable[[Service, JobView, RenderView], Awaitable[object]]


def _redraws(change: Redraw) -> About:
    return lambda s, _, render: s.redraw(
        RedrawRequest(render.id, 0, change, BOSS.person, THERE, "k", standing=BOSS.standing)
    )


BY_ID: dict[str, About] = {
    "keep": lambda s, job, _: s.keep(job.id, BOSS),
    "retry": lambda s, job, _: s.retry(job.id, BOSS),
    "longer": lambda s, job, _: s.train_longer(job.id, BOSS, THERE, "k"),
    "checkpoints": lambda s, job, _: s.checkpoints(job.id, BOSS),
    "checkpoint": lambda s, job, _: s.choose_checkpoint(job.id, 10, BOSS),
    "cancel a job": lambda s, job, _: s.cancel(job.id, BOSS.person, BOSS.standing),
    "cancel a render": lambda s, _, render: s.cancel(render.id, BOSS.person, BOSS.standing),
    "remove": lambda s, _, render: s.remove_pictures(render.id, BOSS),
    **{f"redraw {change}": _redraws(change) for change in Redraw},
}
BY_NAME: dict[str, Callable[[Service], Awaitable[object]]] = {
    "show": lambda s: s.concept("T2", "<dicoo>", BOSS),
    "versions": lambda s: s.versions(BOSS, "<dicoo>"),
    "use": lambda s: s.use_version(BOSS, "<dicoo>", 1),
    "rename": lambda s: s.rename(BOSS, "<dicoo>", "<mine>"),
    "share": lambda s: s.share(BOSS, "<dicoo>", Share(ShareKind.PERSON, "ada")),
    "make private": lambda s: s.make_private(BOSS, "<dicoo>"),
    "delete": lambda s: s.delete(BOSS, "<dicoo>"),
    "retrain": lambda s: s.retrain(
        RetrainRequest("<dicoo>", BOSS.person, THERE, "k", BOSS.standing)
    ),
    "draw with": lambda s: s.imagine(ImagineRequest("a <dicoo>", BOSS.person, THERE, "k")),
}


async def refused(asked: Awaitable[object]) -> ErrorCode:
    with pytest.raises(BackendError) as caught:
        await asked
    return caught.value.code


@pytest.mark.parametrize("asked", BY_ID)
async def test_an_id_is_worth_nothing_elsewhere(store: Store, service: Service, asked: str) -> None:
    job = await learn(store, "<dicoo>")
    render = await imagine(store, "one", concepts=("<dicoo>",))
    assert await refused(BY_ID[asked](service, job, render)) is ErrorCode.NOT_FOUND
    assert await service.job(job.id) == job
    assert await service.render(render.id) == render


@pytest.mark.parametrize("asked", BY_NAME)
async def test_a_name_is_unknown_elsewhere(
    store: Store, service: Service, settings: BackendSettings, asked: str
) -> None:
    base = await BaseShelf(settings.base).get()
    await learn(store, "<dicoo>", base_hash=base.hash)
    before = await service.concepts("T")
    assert await refused(BY_NAME[asked](service)) is ErrorCode.UNKNOWN_TOKEN
    assert await service.concepts("T") == before


async def test_what_is_listed_is_of_one_workspace(store: Store, service: Service) -> None:
    await learn(store, "<dicoo>")
    await teach(store, "<next>", after=1)
    await imagine(store, "one")
    assert await service.concepts("T2", BOSS) == ()
    queue = await service.queue("T2", BOSS)
    assert (queue.jobs, queue.renders) == ((), ())
    assert await service.recent(NAMESAKE, 5) == ()
    assert await service.sources_used("T2") == frozenset()


async def test_rules_and_defaults_are_of_one_workspace(service: Service) -> None:
    strict = Rules(who_teaches=Who.ADMINS)
    await service.set_rules(BOSS, strict)
    await service.set_defaults(NAMESAKE, Defaults(steps=7))
    assert await service.rules(Asker(ADA, Standing(is_admin=True))) == Rules()
    assert (await service.defaults(ADA)).steps is None
    assert await service.rules(BOSS) == strict


async def owed(store: Store, workspace: str, name: str) -> Delivery:
    """A card that is claimed."""
    await teach(store, f"<{name}>", by=Person(workspace, "ada"))
    [delivery] = await store.outbox.claim(9, START, LEASE)
    return delivery


async def test_what_is_set_aside_waits_for_its_workspace_and_no_other(
    store: Store, clock: FakeClock, service: Service
) -> None:
    first, other = await owed(store, "T", "one"), await owed(store, "T2", "two")
    for delivery in (first, other):
        await service.set_delivery_aside(delivery.id, "nobody is there")
    clock.go_on(86_400)
    assert await service.claim_deliveries(9, 60) == ()
    await service.resume_deliveries("T2")
    [found] = await service.claim_deliveries(9, 60)
    assert (found.id, found.kind) == (other.id, DeliveryKind.CARD)
    # Whoever makes it looks first whether an earlier attempt has come so far.
    assert found.attempt == 2
    await service.delivered(found.id, found.revision, "1.1")
    await service.resume_deliveries("T2")
    assert await service.claim_deliveries(9, 60) == ()


async def test_what_changes_is_tried_once_more(store: Store, service: Service) -> None:
    delivery = await owed(store, "T", "one")
    await service.set_delivery_aside(delivery.id, "nobody is there")
    await service.cancel(delivery.subject, ADA)
    [again] = await store.outbox.claim(9, START + timedelta(seconds=1), LEASE)
    assert again.id == delivery.id
    assert again.revision > delivery.revision
