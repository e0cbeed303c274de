"""Clicks that come to nothing are answered, wherever they were made, over the wire."""

import pytest
import structlog
from structlog.testing import LogCapture

from bot.action_ids import Action
from tests.contract.workspace_kit import eventually
from tests.unit.bot.test_figment import Team, serving, team
from tests.unit.bot.test_picture_buttons import press, the_new
from tests.unit.bot.test_scopes import in_direct_channel, open_home, taught

__all__ = ["team"]  # The fixture.

pytestmark = pytest.mark.slow


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> LogCapture:
    """What the bot writes about errors of listeners."""
    captured = LogCapture()
    logger = structlog.wrap_logger(None, processors=[captured])
    monkeypatch.setattr("bot.app._log", logger)
    return captured


async def test_a_click_at_home_that_fails_is_answered_in_the_direct_channel(team: Team) -> None:
    async with serving(team):
        await taught(team)
        home = await open_home(team)
        [block] = [one for one in home["blocks"] if one.get("block_id") == "concept.<dicoo>"]
        await team.page.command("/concept", "delete <dicoo>")
        await press(team, await team.wait_for(Action.CONCEPT_DELETE), Action.CONCEPT_DELETE)
        await team.wait_for("&lt;dicoo&gt; is deleted")
        where = {"view_id": home["id"], "block_id": block["block_id"]}
        await team.page.post("/page/actions", action_id=Action.JOB_TRY, **where)
        await in_direct_channel(team, "Nobody has taught &lt;dicoo&gt; here")


async def test_where_nobody_can_be_told_either_that_is_logged(team: Team, log: LogCapture) -> None:
    async with serving(team):
        await team.page.command("/imagine", "a toy --n 1")
        first = await the_new(team, 1)
        for method in ("views.open", "chat.postEphemeral"):
            limit = {"method": method, "times": 1, "retry_after": 600}
            await team.page.control(ratelimit=limit)
        await press(team, first, Action.RENDER_EDIT)

        async def written() -> list[str]:
            return [one["error"] for one in log.entries if one["event"] == "error_not_told"]

        [error] = await eventually(written)
        assert "SlackBusyError" in error


async def test_a_busy_slack_is_no_mistake_of_ours(team: Team, log: LogCapture) -> None:
    async with serving(team):
        await team.page.command("/imagine", "a toy --n 1")
        first = await the_new(team, 1)
        limit = {"method": "views.open", "times": 1, "retry_after": 600}
        await team.page.control(ratelimit=limit)
        await press(team, first, Action.RENDER_EDIT)
        await team.wait_for("Slack takes nothing more from me", "try again in a minute")
        assert [one["event"] for one in log.entries] == ["refused"]
