"""What came in and what is owed: the inbox and the outbox."""

import asyncio
from datetime import timedelta

from pydantic import JsonValue
from sqlalchemy import select

from backend.models import IncomingRow
from backend.outbox import owe_note
from backend.people import Place
from backend.policy import MOST_DELIVERY_ATTEMPTS, Progress
from backend.service import Service
from backend.store import Store
from backend.views import DeliveryKind, Incoming
from tests.backend_story import ADA, LEASE, LIN, TOYS, imagine, teach
from tests.fakes import START, FakeClock


def _incoming(event_id: str, after: float = 0) -> Incoming:
    body: dict[str, JsonValue] = {
        "text": "teach &lt;dicoo&gt; \ud83d \0 ü",
        "files": [{"id": "F1"}],
        "n": None,
    }
    return Incoming(event_id, "command", body, START + timedelta(seconds=after))


async def test_a_command_is_received_once_however_often_it_comes(service: Service) -> None:
    came = await asyncio.gather(*(service.receive(_incoming("e1")) for _ in range(4)))
    assert sorted(came) == [False, False, False, True]
    assert await service.receive(_incoming("e1", after=99)) is False


async def test_commands_are_kept_as_they_came_until_they_are_settled(service: Service) -> None:
    await service.receive(_incoming("later", after=5))
    await service.receive(_incoming("first"))
    assert await service.unsettled() == (_incoming("first"), _incoming("later", after=5))
    await service.settle("first")
    assert [one.event_id for one in await service.unsettled()] == ["later"]
    assert await service.receive(_incoming("first")) is False
    await service.settle("never came")


async def test_what_was_settled_is_not_kept_and_forgotten_after_a_week(
    service: Service, store: Store, clock: FakeClock
) -> None:
    await service.receive(_incoming("dealt with"))
    await service.receive(_incoming("still open"))
    await service.settle("dealt with")
    async with store.database.reading() as session:
        found = await session.execute(select(IncomingRow.event_id, IncomingRow.body))
        bodies = {row.event_id: row.body for row in found}
    assert bodies["dealt with"] == {}
    assert bodies["still open"] == _incoming("still open").body
    clock.go_on(7 * 24 * 3600)
    assert await store.inbox.sweep(clock()) == 0
    assert await service.receive(_incoming("dealt with")) is False, "it came already"
    clock.go_on(1)
    assert await store.inbox.sweep(clock()) == 1
    assert [one.event_id for one in await service.unsettled()] == ["still open"]


async def test_a_card_is_owed_once_however_often_its_job_changes(
    service: Service, store: Store, clock: FakeClock
) -> None:
    job = await teach(store, "<dicoo>")
    await store.jobs.take("d", START, LEASE, slots=1)
    await store.jobs.launched(job.id, 100, START)
    for step in (10, 20, 30):
        await store.jobs.progressed(job.id, Progress(step=step, max_steps=100), START)
    now = await service.job(job.id)
    [card] = await service.claim_deliveries(9, 60)
    assert (card.kind, card.subject, card.key) == (DeliveryKind.CARD, job.id, f"card:{job.id}")
    assert (card.revision, card.attempt, card.receipt) == (now.revision, 1, None)
    await service.delivered(card.id, card.revision, "ts-1")
    assert await service.claim_deliveries(9, 60) == ()


async def test_a_change_while_a_card_is_being_delivered_is_owed_afterwards(
    service: Service, store: Store
) -> None:
    job = await teach(store, "<dicoo>")
    [card] = await service.claim_deliveries(9, 60)
    await store.jobs.take("d", START, LEASE, slots=1)
    assert await service.claim_deliveries(9, 60) == ()
    await service.delivered(card.id, card.revision, "ts-1")
    [again] = await service.claim_deliveries(9, 60)
    assert (again.id, again.receipt, again.attempt) == (card.id, "ts-1", 1)
    assert again.revision == (await service.job(job.id)).revision > card.revision
    await service.delivered(again.id, again.revision, None)
    assert await service.claim_deliveries(9, 60) == ()


async def test_a_late_word_of_an_older_revision_changes_nothing(
    service: Service, store: Store
) -> None:
    await teach(store, "<dicoo>")
    [old] = await service.claim_deliveries(9, 60)
    await store.jobs.take("d", START, LEASE, slots=1)
    await service.delivered(old.id, old.revision, "ts-1")
    [new] = await service.claim_deliveries(9, 60)
    await service.delivered(new.id, new.revision, "ts-2")
    await service.delivered(old.id, old.revision, "ts-1")
    assert await service.claim_deliveries(9, 60) == ()


async def test_a_delivery_whose_claimer_died_comes_again(
    service: Service, store: Store, clock: FakeClock
) -> None:
    await teach(store, "<dicoo>")
    [card] = await service.claim_deliveries(9, 60)
    clock.go_on(60)
    assert await service.claim_deliveries(9, 60) == ()
    clock.go_on(1)
    [again] = await service.claim_deliveries(9, 60)
    assert (again.id, again.attempt) == (card.id, 2)


async def test_one_delivery_is_claimed_by_one(service: Service, store: Store) -> None:
    for name in "abcdef":
        await service.note(TOYS, f"note {name}", name)
    claims = await asyncio.gather(*(service.claim_deliveries(2, 60) for _ in range(5)))
    ids = [delivery.id for batch in claims for delivery in batch]
    assert len(set(ids)) == len(ids)
    ids += [delivery.id for delivery in await service.claim_deliveries(9, 60)]
    assert len(set(ids)) == 6


async def test_deliveries_come_oldest_first(
    service: Service, store: Store, clock: FakeClock
) -> None:
    await service.note(TOYS, "one", "z")
    clock.go_on(1)
    await service.note(TOYS, "two", "a")
    found = [await service.claim_deliveries(1, 60), await service.claim_deliveries(1, 60)]
    assert [delivery.note for [delivery] in found] == ["one", "two"]


async def test_pauses_after_failures_grow_and_end(
    service: Service, store: Store, clock: FakeClock
) -> None:
    await service.note(TOYS, "hello", "k")
    for pause in (1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300):
        [note] = await service.claim_deliveries(9, 60)
        await service.delivery_failed(note.id, "timeout", None)
        clock.go_on(pause - 1)
        assert await service.claim_deliveries(9, 60) == ()
        clock.go_on(1)
    [note] = await service.claim_deliveries(9, 60)
    assert note.attempt == MOST_DELIVERY_ATTEMPTS
    await service.delivery_failed(note.id, "timeout", None)
    clock.go_on(10**7)
    assert await service.claim_deliveries(9, 60) == ()


async def test_a_card_that_was_given_up_is_owed_again_when_its_job_changes(
    service: Service, store: Store, clock: FakeClock
) -> None:
    await teach(store, "<dicoo>")
    for _ in range(MOST_DELIVERY_ATTEMPTS):
        clock.go_on(301)
        [card] = await service.claim_deliveries(9, 60)
        await service.delivery_failed(card.id, "channel_not_found", None)
    clock.go_on(10**6)
    assert await service.claim_deliveries(9, 60) == ()
    await store.jobs.take("d", clock(), LEASE, slots=1)
    [card] = await service.claim_deliveries(9, 60)
    assert card.attempt == 1


async def test_to_be_told_when_to_come_back_is_no_failure(
    service: Service, store: Store, clock: FakeClock
) -> None:
    await service.note(TOYS, "hello", "k")
    for _ in range(2 * MOST_DELIVERY_ATTEMPTS):
        [note] = await service.claim_deliveries(9, 60)
        await service.delivery_failed(note.id, "ratelimited", clock() + timedelta(seconds=30))
        assert await service.claim_deliveries(9, 60) == ()
        clock.go_on(30)
    [note] = await service.claim_deliveries(9, 60)
    assert note.attempt == 2, "whoever comes next looks whether the first attempt got through"
    await service.delivery_failed("unknown", "timeout", None)


async def test_a_note_is_owed_once_for_each_key(service: Service, clock: FakeClock) -> None:
    await service.note(TOYS, "hello", "k")
    [note] = await service.claim_deliveries(9, 60)
    assert (note.kind, note.note, note.place) == (DeliveryKind.NOTE, "hello", TOYS)
    await service.delivered(note.id, note.revision, "ts")
    await service.note(TOYS, "hello again", "k")
    clock.go_on(999)
    assert await service.claim_deliveries(9, 60) == ()


async def test_what_is_owed_is_undone_with_the_change_that_caused_it(store: Store) -> None:
    database = store.outbox._database
    try:
        async with database.writing() as session:
            assert await owe_note(session, TOYS, "hello", "k", START)
            raise RuntimeError("the change failed")
    except RuntimeError:
        pass
    assert await store.outbox.claim(9, START, LEASE) == ()


async def test_everybody_whose_place_in_the_queue_changed_is_told(
    service: Service, store: Store, clock: FakeClock
) -> None:
    first, second = await teach(store, "<a>"), await teach(store, "<b>", LIN, after=1)
    clock.go_on(1)
    for card in await service.claim_deliveries(9, 60):
        await service.delivered(card.id, card.revision, card.key)
    await store.jobs.ask_to_cancel(first.id, START)
    cards = await service.claim_deliveries(9, 60)
    assert {card.subject for card in cards} == {first.id, second.id}
    assert (await service.job(second.id)).queue_position == 1


async def test_results_are_owed_where_the_request_came_from(service: Service, store: Store) -> None:
    render = await imagine(store, "one", LIN, count=1)
    [claim] = await store.claim_pictures("w", 1, START, LEASE)
    assert await service.claim_deliveries(9, 60) == ()
    await store.finish_picture(claim, claim.out, claim.recipe, held_back=False)
    [owed] = await service.claim_deliveries(9, 60)
    assert (owed.kind, owed.subject, owed.place) == (DeliveryKind.PICTURES, render.id, render.place)
    assert ADA.workspace == owed.place.workspace


async def test_workspaces_that_have_their_share_are_passed_over(
    service: Service, clock: FakeClock
) -> None:
    elsewhere = Place("T2", "C")
    for number in range(3):
        await service.note(TOYS, f"note {number}", f"a{number}")
        clock.go_on(1)
    await service.note(elsewhere, "the last", "b")
    [one] = await service.claim_deliveries(1, 60, (TOYS.workspace,))
    assert one.place == elsewhere
    assert await service.claim_deliveries(9, 60, (TOYS.workspace, "T2")) == ()
    assert len(await service.claim_deliveries(9, 60)) == 3
