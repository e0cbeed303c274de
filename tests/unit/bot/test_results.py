"""Pictures arrive once, in the thread they belong to."""

from datetime import timedelta

import pytest

from backend.jobs import RenderState
from backend.people import Place
from backend.views import DeliveryKind
from bot.calls import Calls
from bot.pictures import PictureShelf
from bot.receipts import NotYetError, Receipt
from bot.results import Results
from bot.statuses import Status, Statuses
from bot.watch import Watch
from tests.fakes import FakeClock, FakeDebts, FakeSlack
from tests.unit.bot.made import NOW, make_delivery, make_render

RENDER = "2" * 32


@pytest.fixture
def results(
    debts: FakeDebts, calls: Calls, shelf: PictureShelf, statuses: Statuses, clock: FakeClock
) -> Results:
    clock.now = NOW + timedelta(seconds=5)
    return Results(debts, calls, shelf, statuses, clock)


async def posted_status(slack: FakeSlack, statuses: Statuses) -> str:
    ts = str((await slack.chat_postMessage(channel="C0TOYS", text="asked"))["ts"])
    await statuses.remember(Status(render_id=RENDER, channel="C0TOYS", ts=ts))
    slack.calls.clear()
    return ts


async def deliver(results: Results, attempt: int = 1) -> Receipt:
    return await results.deliver(make_delivery(DeliveryKind.PICTURES, RENDER, attempt=attempt))


async def test_pictures_go_under_the_message_that_asked(
    results: Results, debts: FakeDebts, slack: FakeSlack, statuses: Statuses
) -> None:
    debts.views[RENDER] = make_render()
    root = await posted_status(slack, statuses)
    receipt = await deliver(results)
    message = slack.messages[str(receipt.ts)]
    assert message["thread_ts"] == root
    assert [b.type for b in message["blocks"]].count("image") == 2
    assert (
        slack.messages[root]["blocks"][1]
        .to_dict()["elements"][0]["text"]
        .startswith("2 pictures, done in 12 s")
    )
    assert statuses.all() == ()
    assert debts.settled == [f"status:{RENDER}"]


async def test_pictures_asked_for_in_a_thread_stay_there(
    results: Results, debts: FakeDebts, slack: FakeSlack, statuses: Statuses
) -> None:
    debts.views[RENDER] = make_render(place=Place("T1", "C0TOYS", "7.7"))
    await posted_status(slack, statuses)
    receipt = await deliver(results)
    assert slack.messages[str(receipt.ts)]["thread_ts"] == "7.7"


async def test_pictures_are_not_posted_twice_after_a_crash(
    results: Results, debts: FakeDebts, slack: FakeSlack, statuses: Statuses
) -> None:
    debts.views[RENDER] = make_render()
    await posted_status(slack, statuses)
    slack.lost_answers.add("chat.postMessage")
    with pytest.raises(TimeoutError):
        await deliver(results)
    receipt = await deliver(results, attempt=2)
    assert len(slack.messages) == 2
    assert receipt.ts in slack.messages
    assert len(slack.files) == 2


async def test_pictures_that_are_faster_than_their_message_wait_for_it(
    results: Results, debts: FakeDebts, slack: FakeSlack, clock: FakeClock
) -> None:
    debts.views[RENDER] = make_render()
    with pytest.raises(NotYetError):
        await deliver(results)
    assert slack.messages == {}
    clock.go_on(60)
    receipt = await deliver(results)
    root, pictures = slack.messages.values()
    assert (pictures["ts"], pictures["thread_ts"]) == (receipt.ts, root["ts"])


async def test_nothing_is_posted_for_what_was_cancelled_before_it_began(
    results: Results, debts: FakeDebts, slack: FakeSlack
) -> None:
    debts.views[RENDER] = make_render(drawn=False, state=RenderState.CANCELLED, done=0)
    assert (await deliver(results)).ts is None
    assert slack.messages == {}


async def test_a_restart_knows_the_messages_of_open_renders(
    debts: FakeDebts, slack: FakeSlack, statuses: Statuses, clock: FakeClock
) -> None:
    ts = await posted_status(slack, statuses)
    after = Statuses(debts, clock)
    after.restore(tuple(debts.kept.values()))
    assert after.of(RENDER) == Status(render_id=RENDER, channel="C0TOYS", ts=ts)


async def test_the_message_follows_the_render_while_it_is_open(
    debts: FakeDebts, slack: FakeSlack, statuses: Statuses, calls: Calls
) -> None:
    ts = await posted_status(slack, statuses)
    watch = Watch(debts, calls, statuses)
    for done in (0, 0, 1, 1):
        debts.views[RENDER] = make_render(state=RenderState.DRAWING, done=done, ended_at=None)
        await watch.round()
    assert slack.calls == ["chat.update"]
    assert "1 of 2" in slack.messages[ts]["blocks"][1].to_dict()["elements"][0]["text"]
    debts.views[RENDER] = make_render()
    await watch.round()
    assert slack.calls == ["chat.update"]


async def test_a_render_that_is_no_more_is_no_longer_watched(
    debts: FakeDebts, slack: FakeSlack, statuses: Statuses, calls: Calls
) -> None:
    await posted_status(slack, statuses)
    await Watch(debts, calls, statuses).round()
    assert statuses.all() == ()
