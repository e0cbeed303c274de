"""What is done again and again."""

import asyncio

from bot.rounds import Rounds


async def test_a_round_follows_a_round_until_it_is_stopped() -> None:
    done = 0
    thrice = asyncio.Event()

    async def one_round() -> float:
        nonlocal done
        done += 1
        if done == 3:
            thrice.set()
        return 0

    rounds = Rounds("counting", one_round, 1)
    rounds.start()
    await thrice.wait()
    await rounds.stop()
    after = done
    await asyncio.sleep(0)
    assert done == after >= 3


async def test_a_stop_lets_the_round_in_hand_finish_and_does_not_wait_for_the_next() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    finished = 0

    async def one_round() -> float:
        nonlocal finished
        begun.set()
        await go_on.wait()
        finished += 1
        return 3600

    rounds = Rounds("slow", one_round, 1)
    rounds.start()
    await begun.wait()
    stopping = asyncio.create_task(rounds.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping
    assert finished == 1


async def test_a_round_that_fails_is_not_the_last() -> None:
    tries = 0
    again = asyncio.Event()

    async def one_round() -> float:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise RuntimeError("the database is away")
        again.set()
        return 3600

    rounds = Rounds("failing", one_round, 0)
    rounds.start()
    await again.wait()
    await rounds.stop()
    assert tries == 2


async def test_stopping_what_never_began_does_nothing() -> None:
    async def one_round() -> float:
        raise AssertionError("never called")

    await Rounds("idle", one_round, 1).stop()
