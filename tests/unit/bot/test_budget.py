"""Calls keep to Slack's rates, by a clock that the test holds."""

import asyncio
from bisect import bisect_left

import pytest

from bot.budget import Budget, Rate, slack_budget
from bot.settings import BotSettings


class Time:
    """Goes on by sleeping only."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def time() -> Time:
    return Time()


def budget(time: Time) -> Budget:
    rates = {"update": Rate(2.0, burst=3), "post": Rate(1.0, by_channel=True)}
    return Budget(rates, time, time.sleep)


async def test_a_burst_then_the_steady_rate(time: Time) -> None:
    calls = budget(time)
    at = []
    for _ in range(6):
        await calls.take("update")
        at.append(time.now - 1000)
    assert at == [0, 0, 0, 2, 4, 6]


async def test_a_rest_fills_the_burst_again_and_no_more(time: Time) -> None:
    calls = budget(time)
    for _ in range(3):
        await calls.take("update")
    time.now += 1000
    at = []
    for _ in range(4):
        await calls.take("update")
        at.append(time.now - 2000)
    assert at == [0, 0, 0, 2]


async def test_channels_do_not_wait_for_each_other(time: Time) -> None:
    calls = budget(time)
    for channel in ("C1", "C2", "C3"):
        await calls.take("post", channel)
    assert time.now == 1000
    await calls.take("post", "C1")
    assert time.now == 1001


async def test_cards_of_all_channels_share_one_budget(time: Time) -> None:
    calls = budget(time)
    for channel in ("C1", "C2", "C3", "C4"):
        await calls.take("update", channel)
    assert time.now == 1002


async def test_slacks_own_pause_counts_for_those_who_wait_already(time: Time) -> None:
    calls = budget(time)
    calls.pause("update", "", 30)
    first = asyncio.create_task(calls.take("update"))
    await asyncio.sleep(0)
    calls.pause("update", "", 60)
    await first
    assert time.now >= 1060
    assert calls.wait("post", "C1") <= 0


async def test_a_method_without_a_rate_waits_for_pauses_only(time: Time) -> None:
    calls = budget(time)
    for _ in range(100):
        await calls.take("files.info")
    assert time.now == 1000
    calls.pause("files.info", "", 5)
    await calls.take("files.info")
    assert time.now == 1005


async def test_those_who_wait_are_served_in_order(time: Time) -> None:
    calls = budget(time)
    order: list[int] = []

    async def call(number: int) -> None:
        await calls.take("post", "C1")
        order.append(number)

    await asyncio.gather(*(call(number) for number in range(5)))
    assert order == [0, 1, 2, 3, 4]
    assert time.now == 1004


@pytest.mark.parametrize("allowed", [1, 2, 7, 50, 6000])
async def test_no_minute_has_more_updates_than_are_allowed(time: Time, allowed: int) -> None:
    calls = slack_budget(BotSettings(card_updates_per_minute=allowed))
    calls._clock, calls._sleep = time, time.sleep
    begun = []
    for _ in range(3 * allowed + 10):
        await calls.take("chat.update")
        begun.append(time.now)
    assert begun == sorted(begun)
    busiest = max(bisect_left(begun, at + 60) - bisect_left(begun, at) for at in begun)
    # Of very few a minute, one more is at once.
    assert busiest <= max(allowed, 2)


async def test_the_settings_make_the_budget() -> None:
    calls = slack_budget(BotSettings(card_updates_per_minute=60, posts_per_second=1))
    for _ in range(5):
        await calls.take("chat.update")
    assert calls.wait("chat.update") > 0
