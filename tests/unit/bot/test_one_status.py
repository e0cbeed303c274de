"""A render has one message that says how it stands, however slow Slack is and who is faster."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from backend.jobs import RenderState
from backend.people import Person, Standing
from backend.requests import ImagineRequest
from backend.service import Service
from backend.views import DeliveryKind, RenderView
from bot.answers import Answers
from bot.asks import Ask, FileInfo, Origin
from bot.calls import Calls
from bot.drawing import Drawing
from bot.errors import SlackBusyError
from bot.files import PictureFetcher
from bot.pictures import PictureShelf
from bot.receipts import NotYetError
from bot.results import Results
from bot.standings import Standings
from bot.statuses import Statuses
from bot.wishes import Imagine
from tests.fakes import FakeClock, FakeDebts, FakeSlack, slack_error
from tests.unit.bot.made import ADA, EN, NOW, make_delivery, make_render

RENDER = "2" * 32
ASK = Ask(
    event_id="e1", origin=Origin.COMMAND, workspace="T1", user=ADA.user, channel="C0TOYS", at=NOW
)
WAITING = make_render(drawn=False, state=RenderState.QUEUED, ended_at=None, queue_position=1)
WISH = Imagine(prompt=WAITING.prompt)


class Backend:
    """Queues one render, however often it is asked for it."""

    def __init__(self, debts: FakeDebts) -> None:
        self._debts = debts
        debts.views[RENDER] = WAITING

    async def imagine(self, request: ImagineRequest) -> RenderView:
        return await self._debts.render(RENDER)

    async def render(self, render_id: str) -> RenderView:
        return await self._debts.render(render_id)

    async def fetch(self, files: Sequence[FileInfo], folder: Path) -> SimpleNamespace:
        return SimpleNamespace(pictures=(), problems=())

    async def of(self, person: Person, channel: str) -> Standing:
        return Standing()


@pytest.fixture
def drawing(debts: FakeDebts, calls: Calls, statuses: Statuses) -> Drawing:
    backend = Backend(debts)
    return Drawing(
        cast("Service", backend),
        calls,
        cast("Answers", SimpleNamespace(channel_words=EN)),
        cast("PictureFetcher", backend),
        statuses,
        cast("Standings", backend),
    )


@pytest.fixture
def deliver(
    debts: FakeDebts, calls: Calls, shelf: PictureShelf, statuses: Statuses, clock: FakeClock
) -> Callable[[], Any]:
    results = Results(debts, calls, shelf, statuses, EN, clock)
    return lambda: results.deliver(make_delivery(DeliveryKind.PICTURES, RENDER))


def end(debts: FakeDebts, clock: FakeClock) -> None:
    """Draw it, and let the time pass that its pictures wait for their message."""
    debts.views[RENDER] = make_render()
    clock.now = NOW + timedelta(seconds=60)


def statuses_in(slack: FakeSlack) -> list[str]:
    """The lines of all messages about how it stands; its pictures are replies."""
    return [
        str(message["blocks"][1].to_dict()["elements"][0]["text"])
        for message in slack.messages.values()
        if not message["thread_ts"]
    ]


@asynccontextmanager
async def posting_slowly(
    drawing: Drawing, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """Ask for pictures, and have Slack keep their message waiting for a while."""
    post, go_on = slack.chat_postMessage, asyncio.Event()

    async def slowly(**sent: Any) -> dict[str, Any]:
        await go_on.wait()
        return await post(**sent)

    with monkeypatch.context() as patch:
        patch.setattr(slack, "chat_postMessage", slowly)
        asking = asyncio.create_task(drawing.imagine(ASK, WISH, again=False))
        for _ in range(20):
            await asyncio.sleep(0)
        yield
        go_on.set()
        await asking


async def test_what_is_cancelled_before_its_message_is_there_says_so_then(
    drawing: Drawing,
    deliver: Callable[[], Any],
    debts: FakeDebts,
    slack: FakeSlack,
    statuses: Statuses,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with posting_slowly(drawing, slack, monkeypatch):
        debts.views[RENDER] = make_render(drawn=False, state=RenderState.CANCELLED, done=0)
        with pytest.raises(NotYetError):
            await deliver()
    await deliver()
    [line] = statuses_in(slack)
    assert "cancelled" in line
    assert statuses.all() == ()


async def test_pictures_wait_while_their_message_waits_for_slack(
    drawing: Drawing,
    deliver: Callable[[], Any],
    debts: FakeDebts,
    slack: FakeSlack,
    statuses: Statuses,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with posting_slowly(drawing, slack, monkeypatch):
        end(debts, clock)
        with pytest.raises(NotYetError):
            await deliver()
    await deliver()
    [line] = statuses_in(slack)
    assert line.startswith("2 pictures, done")
    assert statuses.all() == ()


async def test_who_comes_back_after_the_end_posts_and_remembers_nothing(
    drawing: Drawing,
    deliver: Callable[[], Any],
    debts: FakeDebts,
    slack: FakeSlack,
    statuses: Statuses,
    clock: FakeClock,
) -> None:
    slack.troubles["chat.postMessage"] = [slack_error("ratelimited", 90)]
    with pytest.raises(SlackBusyError):
        await drawing.imagine(ASK, WISH, again=False)
    end(debts, clock)
    await deliver()
    await drawing.imagine(ASK, WISH, again=True)
    [line] = statuses_in(slack)
    assert line.startswith("2 pictures, done")
    assert statuses.all() == ()


async def test_who_comes_back_while_pictures_are_delivered_finds_their_message(
    drawing: Drawing,
    deliver: Callable[[], Any],
    debts: FakeDebts,
    slack: FakeSlack,
    statuses: Statuses,
    clock: FakeClock,
) -> None:
    end(debts, clock)
    slack.troubles["files.upload"] = [slack_error("internal_error")]
    slack.lost_answers.add("chat.postMessage")
    with pytest.raises(TimeoutError):
        await deliver()
    await drawing.imagine(ASK, WISH, again=True)
    await deliver()
    [line] = statuses_in(slack)
    assert line.startswith("2 pictures, done")
    assert statuses.all() == ()
