"""Which pictures somebody means."""

from typing import Any

import pytest

from bot.asks import Ask, FileInfo, Origin
from bot.calls import Calls
from bot.errors import BotError, BotErrorCode
from bot.gathering import Gatherer, pictures_around
from tests.fakes import FakeSlack
from tests.unit.bot.made import NOW

T0 = NOW.timestamp()


def ask(**changes: Any) -> Ask:
    base = Ask(event_id="x", origin=Origin.COMMAND, workspace="T1", user="U1", channel="C1", at=NOW)
    return base.model_copy(update=changes)


def says(slack: FakeSlack, ts: str, user: str, *names: str, thread: str | None = None) -> None:
    files = [{"id": f"F{name}", "name": name, "mimetype": "image/png"} for name in names]
    slack.messages[ts] = {"ts": ts, "user": user, "files": files, "thread_ts": thread}


@pytest.fixture
def gatherer(calls: Calls) -> Gatherer:
    return Gatherer(calls, 30)


def names(files: tuple[FileInfo, ...]) -> list[str | None]:
    return [file.name for file in files]


async def test_what_is_attached_is_meant(gatherer: Gatherer, slack: FakeSlack) -> None:
    attached = (FileInfo(id="F1", name="notes.txt"),)
    assert await gatherer.pictures(ask(files=attached), {"slack:F1"}) == attached
    assert slack.calls == []


async def test_otherwise_the_persons_own_that_nothing_was_taught_from(
    gatherer: Gatherer, slack: FakeSlack
) -> None:
    says(slack, "3.0", "U1", "c.png")
    says(slack, "1.0", "U1", "a.png", "used.png")
    says(slack, "2.0", "U2", "theirs.png")
    slack.messages["4.0"] = {
        "ts": "4.0",
        "user": "U1",
        "files": [{"id": "F4", "name": "notes.txt", "mimetype": "text/plain"}],
    }
    found = await gatherer.pictures(ask(), {"slack:Fused.png"})
    assert names(found) == ["a.png", "c.png"]


async def test_pictures_that_were_taught_from_are_not_called_none(
    gatherer: Gatherer, slack: FakeSlack
) -> None:
    assert await gatherer.pictures(ask(), set()) == ()
    says(slack, "1.0", "U1", "used.png")
    with pytest.raises(BotError) as refused:
        await gatherer.pictures(ask(), {"slack:Fused.png"})
    assert refused.value.code is BotErrorCode.USED_PICTURES
    assert "Attach" in refused.value.hint


async def test_a_picture_that_was_deleted_is_not_among_them(calls: Calls, slack: FakeSlack) -> None:
    says(slack, "1.0", "U1", "a.png", "gone.png", "c.png")
    slack.messages["1.0"]["files"][1] = {"id": "Fgone.png", "mode": "tombstone"}
    assert names(await pictures_around(calls, "C1", None, "1.0", "U1")) == ["a.png", "c.png"]


async def test_two_things_posted_one_after_the_other_are_not_mixed(
    gatherer: Gatherer, slack: FakeSlack
) -> None:
    says(slack, "1.0", "U1", *(f"duck{n}.png" for n in range(5)))
    says(slack, "2.0", "U1", *(f"boat{n}.png" for n in range(5)))
    assert names(await gatherer.pictures(ask(), set())) == [f"boat{n}.png" for n in range(5)]


async def test_a_mention_whose_event_came_without_its_files(
    gatherer: Gatherer, slack: FakeSlack
) -> None:
    says(slack, "1.0", "U1", "old.png")
    says(slack, "2.0", "U1", "a.png")
    mention = ask(origin=Origin.MENTION, message="2.0", thread="2.0")
    assert names(await gatherer.pictures(mention, set())) == ["a.png"]


async def test_in_a_thread_its_pictures_are_meant(gatherer: Gatherer, slack: FakeSlack) -> None:
    says(slack, "1.0", "U2", "root.png")
    says(slack, "2.0", "U1", "mine.png", thread="1.0")
    says(slack, "3.0", "U1", "elsewhere.png")
    reply = ask(origin=Origin.MENTION, message="4.0", thread="1.0")
    assert names(await gatherer.pictures(reply, set())) == ["mine.png"]
    theirs = reply.model_copy(update={"user": "U3"})
    assert names(await gatherer.pictures(theirs, set())) == ["root.png", "mine.png"]


@pytest.mark.parametrize("thread", [None, "1.0"])
async def test_a_form_opened_on_a_message_means_that_message(
    gatherer: Gatherer, slack: FakeSlack, thread: str | None
) -> None:
    says(slack, "2.0", "U2", "a.png", "b.png", thread=thread)
    says(slack, "3.0", "U1", "mine.png", thread=thread)
    form = ask(origin=Origin.FORM, message="2.0", thread=thread)
    assert names(await gatherer.pictures(form, set())) == ["a.png", "b.png"]
