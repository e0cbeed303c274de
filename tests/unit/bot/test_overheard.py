"""Plain messages become prompts where that was switched on, and nothing else does."""

from typing import Any

import pytest

from backend.errors import BackendError, ErrorCode
from backend.people import Asker
from backend.views import ConceptView
from bot.asks import Ask
from bot.errors import BotError, BotErrorCode, SlackBusyError
from bot.overheard import Overhearing, from_plain, stays_unsaid
from bot.wishes import Imagine
from tests.unit.bot.made import make_concept

BOT = "U0FIGMENT"


class Listens:
    """Stands for the service, and for who keeps asks."""

    def __init__(
        self,
        on: bool = True,
        trouble: Exception | None = None,
        refusal: BackendError | None = None,
    ) -> None:
        self.on = on
        self.trouble = trouble
        self.refusal = refusal
        self.kept: list[str] = []

    async def listens_in(self, workspace: str, channel: str) -> bool:
        return self.on

    async def concepts(self, workspace: str, asker: Asker | None = None) -> tuple[ConceptView, ...]:
        if asker is not None and self.refusal is not None:
            raise self.refusal
        own = make_concept(token="<secret>", is_private=True)
        mine = asker is not None and asker.person == own.owner
        return (make_concept(), own) if mine else (make_concept(),)

    async def asker(self, ask: Ask) -> Asker:
        if self.trouble is not None:
            raise self.trouble
        return Asker(ask.person, channel=ask.channel)

    async def receive(self, ask: Ask) -> bool:
        new = ask.event_id not in self.kept
        self.kept.append(ask.event_id)
        return new


def event(text: str = "a &lt;dicoo&gt; on the moon", **more: Any) -> dict[str, Any]:
    message = {
        "type": "message",
        "channel": "C1",
        "channel_type": "channel",
        "user": "U0ADA",
        "ts": "1700000000.000100",
        "text": text,
    }
    return {"event_id": "Ev1", "team_id": "T1", "event": message | more}


async def test_a_message_with_a_learned_token_is_drawn_once() -> None:
    listens = Listens()
    hearing = Overhearing(listens, listens, listens, BOT)
    ask = await hearing.receive(event())
    assert ask is not None
    assert ask.wish == Imagine(prompt="a <dicoo> on the moon")
    assert ask.thread == "1700000000.000100"
    assert await hearing.receive(event()) is None, "it came before"


async def test_in_private_channels_and_threads_too() -> None:
    listens = Listens()
    ask = await Overhearing(listens, listens, listens, BOT).receive(
        event(channel_type="group", thread_ts="1.2")
    )
    assert ask is not None
    assert ask.thread == "1.2"


async def test_where_it_was_not_switched_on_nothing_is_kept() -> None:
    listens = Listens(on=False)
    assert await Overhearing(listens, listens, listens, BOT).receive(event()) is None
    assert listens.kept == []


async def test_words_that_nobody_taught_are_only_words() -> None:
    listens = Listens()
    assert (
        await Overhearing(listens, listens, listens, BOT).receive(event("a &lt;robot&gt;")) is None
    )


async def test_a_private_concept_counts_for_who_has_it_and_nobody_else() -> None:
    listens = Listens()
    hearing = Overhearing(listens, listens, listens, BOT)
    assert await hearing.receive(event("a &lt;secret&gt; at home")) is not None
    assert await hearing.receive(event("a &lt;secret&gt; at home", user="U0LIN")) is None


async def test_who_cannot_be_looked_up_said_only_words() -> None:
    listens = Listens(trouble=BotError(BotErrorCode.MISSING_SCOPE, "It may not."))
    hearing = Overhearing(listens, listens, listens, BOT)
    assert await hearing.receive(event("a &lt;secret&gt; at home")) is None
    assert await hearing.receive(event()) is None
    assert listens.kept == []


async def test_the_rules_are_asked_about_who_said_it() -> None:
    listens = Listens(refusal=BackendError(ErrorCode.GUEST, "Guests cannot."))
    assert await Overhearing(listens, listens, listens, BOT).receive(event()) is None
    assert listens.kept == []


@pytest.mark.parametrize("trouble", [SlackBusyError(5), TimeoutError()])
async def test_while_slack_does_not_tell_who_it_is_only_everyones_concepts_count(
    trouble: Exception,
) -> None:
    listens = Listens(trouble=trouble)
    hearing = Overhearing(listens, listens, listens, BOT)
    assert await hearing.receive(event("a &lt;secret&gt; at home")) is None
    assert await hearing.receive(event()) is not None


async def test_what_was_overheard_is_marked_as_such() -> None:
    ask = from_plain(event(), BOT)
    assert ask is not None
    assert ask.is_overheard
    assert stays_unsaid(ask, BackendError(ErrorCode.GUEST, "Guests cannot."))
    assert not stays_unsaid(ask, BackendError(ErrorCode.DRAINING, "Nothing new is taken."))
    said = ask.model_copy(update={"is_overheard": False})
    assert not stays_unsaid(said, BackendError(ErrorCode.GUEST, "Guests cannot."))


@pytest.mark.parametrize(
    "ignored",
    [
        event(bot_id="B1"),
        event(user=BOT),
        event(user=None),
        event(subtype="message_changed", hidden=True),
        event(subtype="bot_message"),
        event(f"<@{BOT}> a &lt;dicoo&gt;"),
        event(f"look, <@{BOT}|figment>: a &lt;dicoo&gt;"),
        event("say `a &lt;dicoo&gt;` to it"),
        event("```\na &lt;dicoo&gt;\n``` is what I said"),
        event("```a &lt;dicoo&gt; that never ends"),
        event("nothing of that kind"),
        event("a &lt;dicoo&gt; --frobnicate"),
        event(channel_type="im"),
        event(channel_type="mpim"),
    ],
)
def test_what_was_not_meant_for_us(ignored: dict[str, Any]) -> None:
    assert from_plain(ignored, BOT) is None
