"""Offices open when they are needed, one for each workspace, and close when the app goes."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest
import structlog
from structlog.testing import LogCapture

from backend.people import Place
from backend.views import DeliveryKind
from bot.calls import Calls, Identity
from bot.delivery import Deliverer
from bot.errors import BotError, BotErrorCode
from bot.installations import Installed, OneInstallation
from bot.office import Office
from bot.offices import Offices, Reception
from bot.receipts import Receipt
from tests.fakes import FakeDebts
from tests.unit.bot.made import make_delivery


class Book:
    """Installations that a test writes down."""

    def __init__(self, *workspaces: str) -> None:
        self.tokens = {one: f"xoxb-{one}" for one in workspaces}
        self.asked = 0

    async def find(self, workspace: str) -> Installed | None:
        self.asked += 1
        await asyncio.sleep(0)
        token = self.tokens.get(workspace)
        return None if token is None else Installed(workspace, "U1", token)

    async def remove(self, workspace: str, before: float) -> bool:
        there = before > 0 and workspace in self.tokens
        await asyncio.sleep(0)
        if there:
            self.tokens.pop(workspace, None)
        return there

    async def workspaces(self) -> tuple[str, ...]:
        return tuple(self.tokens)


class Builder:
    """Makes offices that only remember."""

    def __init__(self) -> None:
        self.made: list[Installed] = []
        self.events: list[str] = []
        self.refused: dict[str, Callable[[], None]] = {}

    def __call__(self, installed: Installed, refused: Callable[[], None]) -> Office:
        self.made.append(installed)
        self.refused[installed.workspace] = refused
        workspace = installed.workspace

        async def stop() -> None:
            self.events.append(f"stop {workspace}")

        async def card(delivery: object) -> Receipt:
            return Receipt(1, f"by {installed.token}")

        office = SimpleNamespace(
            installed=installed,
            start=lambda: self.events.append(f"start {workspace}"),
            stop=stop,
            makers={DeliveryKind.CARD: card},
        )
        return cast("Office", office)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> LogCapture:
    captured = LogCapture()
    logger = structlog.wrap_logger(None, processors=[captured])
    monkeypatch.setattr("bot.offices._log", logger)
    return captured


async def test_many_who_come_at_once_find_one_office() -> None:
    book, build = Book("T1", "T2"), Builder()
    offices = Offices(book, build)
    found = await asyncio.gather(*(offices.of("T1") for _ in range(5)), offices.of("T2"))
    assert len({id(one) for one in found}) == 2
    assert [one.workspace for one in build.made] == ["T1", "T2"]
    assert build.events == ["start T1", "start T2"]
    await offices.stop()
    assert build.events[2:] == ["stop T1", "stop T2"]


async def test_a_workspace_without_the_app_is_told_of_once(log: LogCapture) -> None:
    offices = Offices(Book(), Builder())
    for _ in range(3):
        with pytest.raises(BotError) as raised:
            await offices.of("T1")
        assert raised.value.code is BotErrorCode.NOT_INSTALLED
        assert raised.value.hint
    assert [entry["event"] for entry in log.entries] == ["workspace_not_installed"]


async def test_what_was_removed_is_closed_and_what_is_new_gets_its_own_token() -> None:
    book, build = Book("T1"), Builder()
    offices = Offices(book, build)
    await offices.of("T1")
    await offices.remove("T1", 0)
    assert build.events == ["start T1"], "it was installed anew since then"
    await offices.remove("T1", 1)
    assert build.events == ["start T1", "stop T1"]
    with pytest.raises(BotError):
        await offices.of("T1")
    book.tokens["T1"] = "xoxb-new"
    await offices.renew("T1")
    assert (await offices.of("T1")).installed.token == "xoxb-new"


async def test_an_app_that_goes_and_its_token_that_ends_are_one_departure(log: LogCapture) -> None:
    offices = Offices(Book("T1"), Builder())
    await asyncio.gather(offices.remove("T1", 1.0), offices.remove("T1", 1.0))
    assert [one["event"] for one in log.entries] == ["workspace_left"]


async def test_a_refused_token_closes_its_office_until_there_is_another(log: LogCapture) -> None:
    book, build = Book("T1", "T2"), Builder()
    offices = Offices(book, build)
    await offices.of("T1")
    await offices.of("T2")
    for _ in range(3):
        build.refused["T1"]()
    await asyncio.gather(*offices._closing)
    for _ in range(2):
        with pytest.raises(BotError):
            await offices.of("T1")
    assert build.events[2:] == ["stop T1"]
    assert [entry["event"] for entry in log.entries] == [
        "workspace_token_refused",
        "workspace_not_installed",
    ]
    book.tokens["T1"] = "xoxb-new"
    assert (await offices.of("T1")).installed.token == "xoxb-new"


async def test_a_token_that_slack_takes_again_works_after_a_new_installation() -> None:
    build = Builder()
    offices = Offices(Book("T1"), build)
    await offices.of("T1")
    build.refused["T1"]()
    await asyncio.gather(*offices._closing)
    with pytest.raises(BotError):
        await offices.of("T1")
    await offices.renew("T1")
    assert (await offices.of("T1")).installed.token == "xoxb-T1"


async def test_with_one_token_everything_is_for_its_workspace() -> None:
    class Slack:
        async def who_am_i(self) -> Identity:
            return Identity("U1", "T1", frozenset({"chat:write"}), "B1")

    build = Builder()
    offices = Offices(OneInstallation("xoxb-1", cast("Calls", Slack())), build)
    assert await offices.of("T1") is await offices.of("T-of-a-shared-channel")
    assert build.made == [Installed("T1", "U1", "xoxb-1", "B1", None, frozenset({"chat:write"}))]
    await offices.remove("T1", 9)
    assert build.events == ["start T1"], "only other settings could bring it back"


async def test_a_delivery_is_made_with_the_token_of_its_workspace_or_waits() -> None:
    debts = FakeDebts()
    deliverer = Deliverer(debts, Reception(Offices(Book("T1", "T2"), Builder())).makers())
    for workspace in ("T1", "T2", "T3"):
        place = Place(workspace, "C0TOYS")
        debts.owed.append(make_delivery(DeliveryKind.CARD, "1" * 32, id=workspace, place=place))
    await deliverer.round()
    await deliverer.idle()
    assert debts.receipts == {"T1": (1, "by xoxb-T1"), "T2": (1, "by xoxb-T2")}
    assert [one for one, _ in debts.set_aside] == ["T3"]
    assert debts.put_off == []
