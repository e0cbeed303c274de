"""The bot's own parts around a Slack and a backend that only remember."""

import asyncio
from typing import cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.budget import Budget
from bot.calls import Calls
from bot.pictures import PictureShelf
from bot.statuses import Statuses
from tests.fakes import FakeClock, FakeDebts, FakeSlack


@pytest.fixture
def slack() -> FakeSlack:
    return FakeSlack()


@pytest.fixture
def debts() -> FakeDebts:
    return FakeDebts()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def calls(slack: FakeSlack, clock: FakeClock) -> Calls:
    """Calls without rates, whose waiting moves the clock."""

    async def sleep(seconds: float) -> None:
        clock.go_on(seconds)
        await asyncio.sleep(0)

    budget = Budget({}, lambda: clock.now.timestamp(), sleep)
    return Calls(cast("AsyncWebClient", slack), budget)


@pytest.fixture
def shelf(calls: Calls) -> PictureShelf:
    return PictureShelf(calls)


@pytest.fixture
def statuses(debts: FakeDebts, clock: FakeClock) -> Statuses:
    return Statuses(debts, clock)
