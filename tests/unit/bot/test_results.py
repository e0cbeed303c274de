"""Pictures arrive once, in the thread they belong to."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from backend.jobs import RenderState
from backend.people import Place
from backend.views import DeliveryKind, RenderView
from bot.calls import Calls
from bot.pictures import PictureShelf
from bot.receipts import NotYetError, Receipt
from bot.results import Results
from bot.shown import Shown
from bot.statuses import Status, Statuses
from bot.watch import Watch
from tests.fakes import FakeClock, FakeDebts, FakeSlack, slack_error
from tests.unit.bot.made import EN, NOW, make_delivery, make_render

RENDER = "2" * 32


@pytest.fixture
def results(
    debts: FakeDebts,
    calls: Calls,
    shelf: PictureShelf,
    statuses: Statuses,
    clock: FakeClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Results:
    monkeypatch.chdir(tmp_path)
    for picture in make_render().pictures:
        if picture.path is not None:
            picture.path.touch()
    clock.now = NOW + timedelta(seconds=5)
    return Results(debts, calls, shelf, statuses, EN, clock)


WAITING = "2 pictures, waiting, 1st in line"


async def posted_status(slack: FakeSlack, statuses: Statuses, line: str = WAITING) -> str:
    ts = str((await slack.chat_postMessage(channel="C0TOYS", text="asked"))["ts"])
    await statuses.remember(Status(render_id=RENDER, channel="C0TOYS", ts=ts, line=line))
    slack.calls.clear()
    return ts


async def deliver(results: Results, attempt: int = 1) -> Receipt:
    return await results.deliver(make_delivery(DeliveryKind.PICTURES, RENDER, attempt=attempt))


def shown(receipt: Receipt) -> Shown:
    return Shown.read(receipt.ts or "")


async def test_pictures_go_under_the_message_that_asked(
    results: Results, debts: FakeDebts, slack: FakeSlack, statuses: Statuses
) -> None:
    debts.views[RENDER] = make_render()
    root = await posted_status(slack, statuses)
    receipt = await deliver(results)
    message = slack.messages[shown(receipt).ts]
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
    assert slack.messages[shown(receipt).ts]["thread_ts"] == "7.7"


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
    assert shown(receipt).ts in slack.messages
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
    assert (pictures["ts"], pictures["thread_ts"]) == (shown(receipt).ts, root["ts"])


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
    assert after.of(RENDER) == Status(render_id=RENDER, channel="C0TOYS", ts=ts, line=WAITING)


def shown_line(slack: FakeSlack, ts: str) -> str:
    return str(slack.messages[ts]["blocks"][1].to_dict()["elements"][0]["text"])


def being_drawn(done: int = 0, step: int = 0) -> RenderView:
    pictures = make_render(drawn=False).pictures
    return make_render(
        state=RenderState.DRAWING,
        done=done,
        ended_at=None,
        pictures=(*pictures[:-1], replace(pictures[-1], step=step)),
    )


async def test_the_message_follows_the_render_while_it_is_open(
    debts: FakeDebts, slack: FakeSlack, statuses: Statuses, calls: Calls
) -> None:
    ts = await posted_status(slack, statuses, "2 pictures, drawing, 0 of 2 done")
    watch = Watch(debts, calls, statuses, EN)
    for done in (0, 0, 1, 1):
        debts.views[RENDER] = being_drawn(done)
        await watch.round()
    assert slack.calls == ["chat.update"]
    assert "1 of 2" in shown_line(slack, ts)
    debts.views[RENDER] = make_render()
    await watch.round()
    assert slack.calls == ["chat.update"]


@pytest.mark.parametrize("line", [WAITING, ""])
async def test_a_message_that_says_waiting_is_mended_at_the_first_look(
    debts: FakeDebts, slack: FakeSlack, statuses: Statuses, calls: Calls, line: str
) -> None:
    ts = await posted_status(slack, statuses, line)
    debts.views[RENDER] = being_drawn()
    await Watch(debts, calls, statuses, EN).round()
    assert shown_line(slack, ts) == "2 pictures, drawing, 0 of 2 done"


async def test_steps_are_told_now_and_then_and_a_finished_picture_at_once(
    debts: FakeDebts, slack: FakeSlack, statuses: Statuses, calls: Calls, clock: FakeClock
) -> None:
    ts = await posted_status(slack, statuses)
    watch = Watch(debts, calls, statuses, EN, lambda: clock.now.timestamp())
    shown = []
    for wait, done, step in ((0, 0, 0), (2, 0, 5), (2, 0, 9), (3, 0, 14), (2, 1, 0), (7, 1, 12)):
        clock.go_on(wait)
        debts.views[RENDER] = being_drawn(done, step)
        await watch.round()
        shown.append(shown_line(slack, ts).removeprefix("2 pictures, drawing, "))
    assert shown == [
        "0 of 2 done",
        "0 of 2 done",
        "0 of 2 done",
        "0 of 2 done, step 14 of 20",
        "1 of 2 done",
        "1 of 2 done, step 12 of 20",
    ]


async def test_an_old_state_is_not_written_over_the_end(
    results: Results,
    debts: FakeDebts,
    slack: FakeSlack,
    statuses: Statuses,
    calls: Calls,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ts = await posted_status(slack, statuses)
    update, under_way, go_on = slack.chat_update, asyncio.Event(), asyncio.Event()

    async def slow_at_first(**sent: Any) -> dict[str, Any]:
        if not under_way.is_set():
            under_way.set()
            await go_on.wait()
        return await update(**sent)

    monkeypatch.setattr(slack, "chat_update", slow_at_first)
    debts.views[RENDER] = being_drawn()
    looking = asyncio.create_task(Watch(debts, calls, statuses, EN).round())
    await under_way.wait()
    debts.views[RENDER] = make_render()
    telling = asyncio.create_task(deliver(results))
    for _ in range(20):
        await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(looking, telling)
    assert shown_line(slack, ts).startswith("2 pictures, done")
    assert statuses.all() == ()


async def test_who_comes_too_late_with_an_old_state_writes_nothing(
    debts: FakeDebts, slack: FakeSlack, statuses: Statuses, calls: Calls
) -> None:
    await posted_status(slack, statuses)
    debts.views[RENDER] = being_drawn()
    async with statuses.turn(RENDER):
        looking = asyncio.create_task(Watch(debts, calls, statuses, EN).round())
        for _ in range(20):
            await asyncio.sleep(0)
        await statuses.forget(RENDER)
    await looking
    assert slack.calls == []


@pytest.mark.parametrize(
    "code", ["message_not_found", "cant_update_message", "not_in_channel", "channel_not_found"]
)
async def test_a_message_that_is_gone_is_tried_once(
    debts: FakeDebts,
    slack: FakeSlack,
    statuses: Statuses,
    calls: Calls,
    code: str,
) -> None:
    await posted_status(slack, statuses)
    slack.troubles["chat.update"] = [slack_error(code)]
    watch = Watch(debts, calls, statuses, EN)
    for done in (0, 1, 1, 2):
        debts.views[RENDER] = being_drawn(done)
        await watch.round()
    assert slack.calls == ["chat.update"]
    assert len(statuses.all()) == 1, "its pictures belong beneath it"


async def test_a_message_that_slack_may_take_later_is_tried_again(
    debts: FakeDebts, slack: FakeSlack, statuses: Statuses, calls: Calls
) -> None:
    ts = await posted_status(slack, statuses)
    slack.troubles["chat.update"] = [slack_error("internal_error")]
    debts.views[RENDER] = being_drawn()
    watch = Watch(debts, calls, statuses, EN)
    for _ in range(2):
        await watch.round()
    assert shown_line(slack, ts) == "2 pictures, drawing, 0 of 2 done"


async def test_the_message_of_what_ended_long_ago_is_no_longer_watched(
    debts: FakeDebts, slack: FakeSlack, statuses: Statuses, calls: Calls, clock: FakeClock
) -> None:
    await posted_status(slack, statuses)
    debts.views[RENDER] = make_render()
    watch = Watch(debts, calls, statuses, EN, today=clock)
    clock.now = NOW + timedelta(minutes=59)
    await watch.round()
    assert len(statuses.all()) == 1, "its pictures may still come"
    clock.now = NOW + timedelta(minutes=62)
    await watch.round()
    assert statuses.all() == ()


async def test_a_render_that_is_no_more_is_no_longer_watched(
    debts: FakeDebts, slack: FakeSlack, statuses: Statuses, calls: Calls
) -> None:
    await posted_status(slack, statuses)
    await Watch(debts, calls, statuses, EN).round()
    assert statuses.all() == ()


async def test_pictures_that_slack_does_not_take_are_told_of(
    results: Results, debts: FakeDebts, slack: FakeSlack, statuses: Statuses
) -> None:
    debts.views[RENDER] = make_render()
    root = await posted_status(slack, statuses)
    slack.troubles["files.upload"] = [slack_error("file_uploads_disabled")] * 2
    receipt = shown(await deliver(results))
    said = str([block.to_dict() for block in slack.messages[receipt.ts]["blocks"]])
    assert "Slack does not take them (file_uploads_disabled)" in said
    assert "gone" not in said
    assert shown_line(slack, root).startswith("2 pictures, done")


async def test_what_slack_may_take_later_is_tried_again(
    results: Results, debts: FakeDebts, slack: FakeSlack, statuses: Statuses
) -> None:
    debts.views[RENDER] = make_render()
    root = await posted_status(slack, statuses)
    slack.troubles["files.upload"] = [slack_error("internal_error")] * 2
    with pytest.raises(SlackApiError):
        await deliver(results)
    assert list(slack.messages) == [root]


async def test_what_was_deleted_before_it_was_delivered_is_owned_up_to(
    results: Results, debts: FakeDebts, slack: FakeSlack, statuses: Statuses
) -> None:
    debts.views[RENDER] = render = make_render()
    first = render.pictures[0].path
    assert first is not None
    first.unlink()
    await posted_status(slack, statuses)
    receipt = shown(await deliver(results))
    assert receipt.files == ((1, "F1"),)
    said = [block.to_dict() for block in slack.messages[receipt.ts]["blocks"]]
    assert "file of 1 picture is gone" in str(said)
