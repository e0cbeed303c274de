"""What the bot says to somebody who has just done something."""

from collections.abc import Awaitable, Callable

from demo.person import Person, words_of


async def answer_to(
    person: Person, act: Callable[[], Awaitable[object]], seconds: float = 300
) -> str:
    """The words of the bot's first message after `act`."""
    before = {message["ts"] for message in await person.all_messages()}
    await act()
    message = await person.wait_for(
        lambda m: bool(m.get("bot_id")) and m["ts"] not in before, seconds, "an answer"
    )
    words = words_of(message)
    assert "Traceback" not in words
    return words


async def told(
    person: Person, act: Callable[[], Awaitable[object]], part: str, seconds: float = 120
) -> str:
    """The words of the bot's first message after `act` with `part` in it, whatever else it says."""
    before = {message["ts"] for message in await person.all_messages()}
    await act()
    message = await person.wait_for(
        lambda m: bool(m.get("bot_id")) and m["ts"] not in before and part in words_of(m),
        seconds,
        f"“{part}”",
    )
    return words_of(message)
