"""An ask is kept until it is dealt with, and dealt with once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import aiohttp
import pytest

from backend.errors import BackendError, ErrorCode
from backend.views import Incoming
from bot.asks import Ask, Origin
from bot.errors import BotError, BotErrorCode, SlackBusyError
from bot.inbox import Inbox
from tests.fakes import FakeDebts
from tests.unit.bot.made import NOW

ASK = Ask(
    event_id="event:1",
    origin=Origin.MENTION,
    workspace="T1",
    user="U1",
    channel="C1",
    at=NOW,
    text="help",
)


class Clerk:
    """Fails as often as it is told to."""

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.served: list[tuple[str, bool]] = []
        self.complaints: list[Exception] = []
        self.complaint_trouble: Exception | None = None

    async def serve(self, ask: Ask, again: bool) -> None:
        self.served.append((ask.event_id, again))
        if self.troubles:
            raise self.troubles.pop(0)

    async def complain(self, ask: Ask, error: Exception) -> None:
        self.complaints.append(error)
        if self.complaint_trouble is not None:
            raise self.complaint_trouble


async def no_sleep(seconds: float) -> None:
    return None


@pytest.fixture
def inbox_of(debts: FakeDebts) -> Callable[[Clerk], Inbox]:
    return lambda clerk: Inbox(debts, clerk, lambda: NOW, no_sleep)


async def deal(inbox: Inbox) -> None:
    inbox.begin(ASK)
    await inbox.idle()


async def test_the_same_event_is_taken_in_once(
    inbox_of: Callable[[Clerk], Inbox], debts: FakeDebts
) -> None:
    inbox = inbox_of(Clerk())
    assert await inbox.receive(ASK)
    assert not await inbox.receive(ASK)
    assert debts.kept["event:1"].body["text"] == "help"


async def test_what_is_dealt_with_is_settled(
    inbox_of: Callable[[Clerk], Inbox], debts: FakeDebts
) -> None:
    clerk = Clerk()
    await deal(inbox_of(clerk))
    assert clerk.served == [("event:1", False)]
    assert debts.settled == ["event:1"]


@pytest.mark.parametrize(
    "error", [BackendError(ErrorCode.EMPTY_PROMPT, "Empty."), RuntimeError("a mistake")]
)
async def test_what_is_refused_is_told_and_settled(
    inbox_of: Callable[[Clerk], Inbox], debts: FakeDebts, error: Exception
) -> None:
    clerk = Clerk(error)
    await deal(inbox_of(clerk))
    assert clerk.complaints == [error]
    assert debts.settled == ["event:1"]


@pytest.mark.parametrize("trouble", [SlackBusyError(30), aiohttp.ClientError(), TimeoutError()])
async def test_while_slack_is_away_it_is_tried_again(
    inbox_of: Callable[[Clerk], Inbox], debts: FakeDebts, trouble: Exception
) -> None:
    clerk = Clerk(trouble)
    await deal(inbox_of(clerk))
    assert clerk.served == [("event:1", False), ("event:1", True)]
    assert clerk.complaints == []
    assert debts.settled == ["event:1"]


async def test_if_slack_stays_away_it_is_left_for_the_next_start(
    inbox_of: Callable[[Clerk], Inbox], debts: FakeDebts
) -> None:
    clerk = Clerk(*[TimeoutError() for _ in range(99)])
    await deal(inbox_of(clerk))
    assert debts.settled == []
    assert len(clerk.served) == 16


async def test_an_outage_of_some_minutes_is_sat_out(
    inbox_of: Callable[[Clerk], Inbox], debts: FakeDebts
) -> None:
    await deal(inbox_of(Clerk(*[TimeoutError() for _ in range(9)])))
    assert debts.settled == ["event:1"]


async def test_an_answer_that_nobody_can_get_does_not_come_back(
    inbox_of: Callable[[Clerk], Inbox], debts: FakeDebts
) -> None:
    clerk = Clerk(RuntimeError("x"))
    clerk.complaint_trouble = RuntimeError("channel is gone")
    await deal(inbox_of(clerk))
    assert debts.settled == ["event:1"]


async def test_a_restart_begins_what_was_left_and_skips_what_it_cannot_read(
    inbox_of: Callable[[Clerk], Inbox], debts: FakeDebts
) -> None:
    clerk = Clerk()
    inbox = inbox_of(clerk)
    rows = (
        Incoming("event:1", "ask", ASK.model_dump(mode="json"), NOW),
        Incoming("event:0", "ask", {"of": "an old version"}, NOW),
        Incoming("status:1", "render_status", {}, NOW),
    )
    await inbox.replay(rows)
    await inbox.idle()
    assert clerk.served == [("event:1", True)]
    assert sorted(debts.settled) == ["event:0", "event:1"]


async def test_a_restart_does_not_do_what_was_asked_for_long_ago_but_says_so(
    inbox_of: Callable[[Clerk], Inbox], debts: FakeDebts
) -> None:
    clerk = Clerk()
    inbox = inbox_of(clerk)
    rows = []
    for hours in (5, 7):
        ask = ASK.model_copy(update={"event_id": f"event:{hours}"})
        at = NOW - timedelta(hours=hours)
        rows.append(Incoming(ask.event_id, "ask", ask.model_dump(mode="json"), at))
    await inbox.replay(rows)
    await inbox.idle()
    assert clerk.served == [("event:5", True)]
    [error] = clerk.complaints
    assert isinstance(error, BotError)
    assert error.code is BotErrorCode.TOO_LATE
    assert sorted(debts.settled) == ["event:5", "event:7"]


class Patient(Clerk):
    """Lets nobody go before it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.free = asyncio.Event()

    async def serve(self, ask: Ask, again: bool) -> None:
        await super().serve(ask, again)
        await self.free.wait()


async def test_hundreds_at_once_are_dealt_with_a_few_at_a_time_in_their_order(
    inbox_of: Callable[[Clerk], Inbox], debts: FakeDebts
) -> None:
    clerk = Patient()
    inbox = inbox_of(clerk)
    asks = [
        ASK.model_copy(update={"event_id": f"event:{number}", "channel": f"C{number}"})
        for number in range(300)
    ]
    for ask in asks:
        inbox.begin(ask)
    for _ in range(10):
        await asyncio.sleep(0)
    assert len(clerk.served) == 8
    clerk.free.set()
    await inbox.idle()
    assert clerk.served == [(ask.event_id, False) for ask in asks]
    assert len(debts.settled) == 300


@pytest.mark.parametrize(
    "elsewhere", [{"channel": "C2"}, {"workspace": "T2"}, {"channel": "", "user": "U2"}], ids=str
)
async def test_a_busy_channel_keeps_no_other_waiting(
    inbox_of: Callable[[Clerk], Inbox], debts: FakeDebts, elsewhere: dict[str, str]
) -> None:
    clerk = Patient()
    inbox = inbox_of(clerk)
    asks = [ASK.model_copy(update={"event_id": f"event:{number}"}) for number in range(100)]
    for ask in (*asks, ASK.model_copy(update={"event_id": "event:other", **elsewhere})):
        inbox.begin(ask)
    for _ in range(10):
        await asyncio.sleep(0)
    begun = [event for event, _ in clerk.served]
    assert begun == ["event:0", "event:1", "event:2", "event:other"]
    clerk.free.set()
    await inbox.idle()
    in_order = [event for event, _ in clerk.served if event != "event:other"]
    assert in_order == [ask.event_id for ask in asks]
    assert len(debts.settled) == 101


async def test_who_waits_for_slack_keeps_nobody_waiting(
    debts: FakeDebts,
) -> None:
    asleep, clerk = asyncio.Event(), Clerk(*[SlackBusyError(30)] * 20)

    async def sleep(seconds: float) -> None:
        await asleep.wait()

    inbox = Inbox(debts, clerk, lambda: NOW, sleep)
    for number in range(21):
        inbox.begin(ASK.model_copy(update={"event_id": f"event:{number}"}))
    for _ in range(60):
        await asyncio.sleep(0)
    assert debts.settled == ["event:20"]
    asleep.set()
    await inbox.idle()
    assert len(debts.settled) == 21
