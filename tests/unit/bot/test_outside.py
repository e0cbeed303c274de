"""In channels that the bot is not in: forms from there, and channels that are chosen in forms."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.store import Store
from backend.views import Incoming
from bot.asks import Ask, Origin
from bot.calls import LOOK_SECONDS
from bot.wishes import Teach
from demo.workspace.socket_mode import Patience
from tests.contract.workspace_kit import eventually
from tests.unit.bot.test_figment import Message, Team, serving, team
from tests.unit.bot.test_scopes import in_direct_channel, taught

__all__ = ["team"]  # The fixture.

pytestmark = pytest.mark.slow

ELSEWHERE = "C0GENERAL"


async def submit(team: Team, view: Message, **typed: dict[str, Any]) -> dict[str, Any]:
    values = {name: {name: given} for name, given in typed.items()}
    answer: dict[str, Any] = await team.page.post(f"/page/views/{view['id']}/submit", values=values)
    return answer


async def shown(team: Team, *words: str) -> Message:
    async def look() -> Message | None:
        view = await team.page.modal()
        return view if all(word in json.dumps(view) for word in words) else None

    return await eventually(look) or {}


@pytest.mark.parametrize("shortcut", ["imagine_with_picture", "teach_from_message"])
async def test_a_shortcut_on_a_message_that_the_bot_cannot_see_says_so(
    team: Team, shortcut: str
) -> None:
    sent = await team.page.upload("look", *team.pictures, channel=ELSEWHERE)
    await team.page.control(leave_channels=[ELSEWHERE])
    async with serving(team):
        called = {"callback_id": shortcut, "channel": ELSEWHERE, "message_ts": sent["ts"]}
        await team.page.post("/page/shortcuts", **called)
        view = await shown(team, "not a member of this channel", "/invite @figment")
        assert view["submit"] is None


def test_looking_first_leaves_time_to_open_a_form() -> None:
    assert Patience().trigger / 2 >= LOOK_SECONDS


@pytest.mark.parametrize("retry_after", [20, 600])
@pytest.mark.parametrize(
    ("shortcut", "method", "said"),
    [
        ("imagine_with_picture", "conversations.history", "prompt"),
        ("teach_from_message", "conversations.replies", "3 files of the message"),
    ],
)
async def test_a_shortcut_does_not_wait_until_slack_opens_no_form_any_more(
    team: Team, shortcut: str, method: str, said: str, retry_after: int
) -> None:
    sent = await team.page.upload("look", *team.pictures)
    async with serving(team):
        limit = {"method": method, "times": 5, "retry_after": retry_after}
        await team.page.control(ratelimit=limit)
        called = {"callback_id": shortcut, "channel": "C0TOYS", "message_ts": sent["ts"]}
        await team.page.post("/page/shortcuts", **called)
        assert (await shown(team, said))["submit"] is not None


async def test_files_that_there_was_no_time_to_count_are_taught_all_the_same(team: Team) -> None:
    root = await team.page.say("this toy")
    await team.page.upload("here", *team.pictures, thread_ts=root)
    async with serving(team):
        limit = {"method": "conversations.replies", "times": 1, "retry_after": 2}
        await team.page.control(ratelimit=limit)
        called = {"callback_id": "teach_from_message", "channel": "C0TOYS", "message_ts": root}
        await team.page.post("/page/shortcuts", **called)
        view = await shown(team, "The files of the message or thread are used")
        typed = {"name": {"value": "<dicoo>"}, "word": {"value": "toy"}}
        assert await submit(team, view, **typed) == {"ok": True}
        await team.wait_for("<dicoo> is ready", "job.try", "3 pictures")


async def test_a_file_that_slack_tells_nothing_of_is_named_and_the_others_are_taught_with(
    team: Team,
) -> None:
    await team.page.control(file_stubs=True)
    words = "<@U0FIGMENT> teach <dicoo> as toy"
    upload = await team.page.upload(words, *team.pictures, team.pictures[0])
    await team.page.control(delete_files=upload["files"][:1])
    async with serving(team):
        asked = await team.wait_for("was deleted or is hidden", "draft.teach")
        await team.press(asked, "draft.teach")
        await team.wait_for("<dicoo> is ready")


async def test_a_concept_is_not_trained_anew_for_a_channel_without_the_bot(team: Team) -> None:
    async with serving(team):
        await taught(team)
        await team.page.control(leave_channels=["C0TOYS"])
        await team.page.command("/concept", "retrain <dicoo>")
        await team.wait_for("not a member of this channel")
        assert len(list(team.backend.data.glob("runs/*"))) == 1


async def test_nothing_is_trained_for_a_chosen_channel_that_the_bot_has_left(team: Team) -> None:
    async with serving(team):
        pass
    kept = await team.page.upload("", *team.pictures, path="/page/uploads")
    left = Ask(
        event_id="form:V1",
        origin=Origin.FORM,
        workspace="T0TOYBOX",
        user="U0ADA",
        channel=ELSEWHERE,
        at=datetime.now(UTC),
        wish=Teach(name="<dicoo>", word="toy"),
        files=[{"id": one["id"], "name": one["name"]} for one in kept["files"]],
    )
    store = Store.open(team.backend)
    assert await store.inbox.receive(
        Incoming(left.event_id, "ask", left.model_dump(mode="json"), left.at)
    )
    await store.close()
    await team.page.control(leave_channels=[ELSEWHERE])
    async with serving(team):
        await in_direct_channel(team, "not a member of the channel that you chose")
        await team.page.command("/concept", "queue")
        await team.wait_for("The queue is empty")
    assert not list(team.backend.data.glob("uploads/*"))
