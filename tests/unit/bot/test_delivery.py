"""What is owed is delivered, put off, or recorded as failed."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest
import structlog
from structlog.testing import LogCapture

from backend.errors import BackendError, ErrorCode
from backend.people import Place
from backend.policy import LONGEST_DELIVERY_PAUSE, MOST_DELIVERY_ATTEMPTS
from backend.views import Delivery, DeliveryKind
from bot.calls import Calls
from bot.delivery import Deliverer, Notes
from bot.errors import BotError, BotErrorCode, SlackBusyError
from bot.receipts import NotYetError, Receipt
from tests.fakes import FakeClock, FakeDebts, FakeSlack, slack_error
from tests.unit.bot.made import make_delivery

NOTE = make_delivery(DeliveryKind.NOTE, "", id="n1", note="Hello &lt;dicoo&gt;", key="note:1")


@pytest.fixture
def deliverer(debts: FakeDebts, calls: Calls, clock: FakeClock) -> Deliverer:
    return Deliverer(debts, {DeliveryKind.NOTE: Notes(calls).deliver}, clock)


async def run(deliverer: Deliverer) -> None:
    await deliverer.round()
    await deliverer.idle()


async def test_a_note_is_posted_as_it_is(
    deliverer: Deliverer, debts: FakeDebts, slack: FakeSlack
) -> None:
    debts.owed = [NOTE]
    await run(deliverer)
    [message] = slack.messages.values()
    assert message["text"] == "Hello &lt;dicoo&gt;"
    assert debts.receipts == {"n1": (1, message["ts"])}


async def test_an_earlier_attempt_that_did_post_is_found(
    deliverer: Deliverer, debts: FakeDebts, slack: FakeSlack
) -> None:
    slack.lost_answers.add("chat.postMessage")
    debts.owed = [NOTE]
    await run(deliverer)
    assert debts.put_off[0][0] == "n1"
    debts.owed = [make_delivery(DeliveryKind.NOTE, "", id="n1", key="note:1", attempt=2)]
    await run(deliverer)
    assert len(slack.messages) == 1
    assert "n1" in debts.receipts


async def test_a_short_pause_of_slack_is_waited_for(
    deliverer: Deliverer, debts: FakeDebts, slack: FakeSlack, clock: FakeClock
) -> None:
    began = clock.now
    slack.troubles["chat.postMessage"] = [slack_error("ratelimited", 3)] * 2
    debts.owed = [NOTE]
    await run(deliverer)
    assert "n1" in debts.receipts
    assert clock.now - began >= timedelta(seconds=6)


async def test_a_long_one_is_put_off_until_it_is_over(
    deliverer: Deliverer, debts: FakeDebts, slack: FakeSlack, clock: FakeClock
) -> None:
    slack.troubles["chat.postMessage"] = [slack_error("ratelimited", 90)]
    debts.owed = [NOTE]
    await run(deliverer)
    [(_, _, retry_at)] = debts.put_off
    assert retry_at == clock.now + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("trouble", "seconds"),
    [
        (SlackBusyError(40), 40),
        (NotYetError(2), 2),
        (slack_error("internal_error"), None),
        (TimeoutError(), None),
        (OSError("disk"), None),
        (KeyError("a mistake"), None),
        (BackendError(ErrorCode.BASE_MODEL, "Gone."), None),
    ],
)
async def test_what_cannot_be_delivered_is_given_back(
    debts: FakeDebts, clock: FakeClock, trouble: Exception, seconds: float | None
) -> None:
    async def make(delivery: Delivery) -> Receipt:
        raise trouble

    debts.owed = [NOTE]
    await run(Deliverer(debts, {DeliveryKind.NOTE: make}, clock))
    [(delivery_id, _, retry_at)] = debts.put_off
    assert delivery_id == "n1"
    assert retry_at == (None if seconds is None else clock.now + timedelta(seconds=seconds))
    assert debts.receipts == {}


@pytest.mark.parametrize(
    "trouble",
    [
        aiohttp.ClientError("no route"),
        TimeoutError(),
        ConnectionResetError(),
        BotError(BotErrorCode.TOKEN_REFUSED, "Refused."),
    ],
)
async def test_however_long_slack_is_away_nothing_is_given_up(
    debts: FakeDebts, clock: FakeClock, trouble: Exception
) -> None:
    async def make(delivery: Delivery) -> Receipt:
        raise trouble

    debts.owed = [make_delivery(DeliveryKind.NOTE, "", attempt=MOST_DELIVERY_ATTEMPTS)]
    await run(Deliverer(debts, {DeliveryKind.NOTE: make}, clock))
    [(_, _, retry_at)] = debts.put_off
    assert retry_at == clock.now + LONGEST_DELIVERY_PAUSE


@pytest.mark.parametrize("trouble", [slack_error("msg_too_long"), KeyError("a mistake")])
async def test_what_slack_goes_on_refusing_is_given_up_aloud(
    debts: FakeDebts, clock: FakeClock, trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def make(delivery: Delivery) -> Receipt:
        raise trouble

    log = LogCapture()
    monkeypatch.setattr("bot.delivery._log", structlog.wrap_logger(None, processors=[log]))
    debts.owed = [make_delivery(DeliveryKind.NOTE, "", attempt=MOST_DELIVERY_ATTEMPTS)]
    await run(Deliverer(debts, {DeliveryKind.NOTE: make}, clock))
    [(_, _, retry_at)] = debts.put_off
    assert retry_at is None
    assert log.entries[-1]["event"] == "delivery_given_up"
    assert log.entries[-1]["error"]


async def test_what_is_about_nothing_any_more_is_done_with(
    debts: FakeDebts, clock: FakeClock
) -> None:
    async def make(delivery: Delivery) -> Receipt:
        raise BackendError(ErrorCode.NOT_FOUND, "Gone.")

    debts.owed = [NOTE]
    await run(Deliverer(debts, {DeliveryKind.NOTE: make}, clock))
    assert debts.receipts == {"n1": (1, None)}


async def test_what_is_still_in_hand_is_not_begun_twice(debts: FakeDebts, clock: FakeClock) -> None:
    begun: list[str] = []
    go_on = asyncio.Event()

    async def make(delivery: Delivery) -> Receipt:
        begun.append(delivery.id)
        await go_on.wait()
        return Receipt(1, "1.1")

    deliverer = Deliverer(debts, {DeliveryKind.NOTE: make}, clock)
    debts.owed = [NOTE]
    await deliverer.round()
    debts.owed = [NOTE]
    assert await deliverer.round() == 0
    await asyncio.sleep(0)
    go_on.set()
    await deliverer.idle()
    assert begun == ["n1"]


async def test_a_slow_one_holds_nobody_up(debts: FakeDebts, clock: FakeClock) -> None:
    go_on = asyncio.Event()

    async def make(delivery: Delivery) -> Receipt:
        if delivery.id == "slow":
            await go_on.wait()
        return Receipt(1, "1.1")

    deliverer = Deliverer(debts, {DeliveryKind.NOTE: make}, clock)
    debts.owed = [make_delivery(DeliveryKind.NOTE, "", id=name) for name in ("slow", "quick")]
    await deliverer.round()
    await debts.something_delivered.wait()
    assert list(debts.receipts) == ["quick"]
    go_on.set()
    await deliverer.idle()


async def test_it_goes_on_by_itself_until_it_is_stopped(
    deliverer: Deliverer, debts: FakeDebts
) -> None:
    debts.owed = [NOTE]
    deliverer.start()
    await debts.something_delivered.wait()
    await deliverer.stop()
    assert "n1" in debts.receipts


async def test_a_workspace_that_waits_for_its_limits_keeps_no_other_waiting(
    debts: FakeDebts, clock: FakeClock
) -> None:
    free = asyncio.Event()
    delivered: list[str] = []

    async def deliver(delivery: Delivery) -> Receipt:
        if delivery.place.workspace == "T1":
            await free.wait()
        delivered.append(delivery.id)
        return Receipt(delivery.revision, "1.1")

    deliverer = Deliverer(debts, {DeliveryKind.NOTE: deliver}, clock)
    of_one = [
        make_delivery(DeliveryKind.NOTE, "", id=f"a{n}", key=f"a{n}", place=Place("T1", "C"))
        for n in range(40)
    ]
    other = make_delivery(DeliveryKind.NOTE, "", id="b", key="b", place=Place("T2", "C"))
    debts.owed = [*of_one, other]
    for _ in range(10):
        await deliverer.round()
        await asyncio.sleep(0)
    assert delivered == ["b"]
    assert len(debts.owed) > 24, "there is room for more of others"
    free.set()
    await deliverer.idle()
    while await deliverer.round():
        await deliverer.idle()
    assert len(delivered) == 41
