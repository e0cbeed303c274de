"""What cannot be started says so in a sentence, and leaves nothing running."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backend.settings import BackendSettings
from bot.cli.main import app
from bot.errors import BotError, BotErrorCode
from bot.settings import BotSettings, SlackSettings
from bot.wiring import Figment
from cluster.settings import ClusterSettings
from demo.workspace.manifest import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from demo.workspace.server import WorkspaceServer

pytestmark = pytest.mark.slow


@pytest.fixture
async def workspace() -> AsyncIterator[WorkspaceServer]:
    server = WorkspaceServer()
    await server.start()
    yield server
    await server.stop()


async def refusal(data: Path, **slack: object) -> BotError:
    """Start the bot with these settings of Slack, which must fail."""
    figment = Figment(
        SlackSettings.model_validate(slack),
        BotSettings(),
        BackendSettings(data=data, base=str(data), workers=0),
        ClusterSettings(),
    )
    with pytest.raises(BotError) as raised:
        await asyncio.wait_for(figment.start(), 30)
    assert raised.value.hint
    return raised.value


async def test_a_wrong_token_is_named(workspace: WorkspaceServer, tmp_path: Path) -> None:
    url = f"{workspace.url}/api/"
    error = await refusal(
        tmp_path, slack_bot_token="xoxb-wrong", slack_app_token=APP_TOKEN, slack_api_url=url
    )
    assert error.code is BotErrorCode.TOKEN_REFUSED
    assert "SLACK_BOT_TOKEN" in error.hint
    error = await refusal(
        tmp_path, slack_bot_token=BOT_TOKEN, slack_app_token="xapp-wrong", slack_api_url=url
    )
    assert error.code is BotErrorCode.TOKEN_REFUSED
    assert "SLACK_APP_TOKEN" in error.hint


async def test_a_slack_that_does_not_answer(tmp_path: Path, unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}/api/"
    error = await refusal(
        tmp_path, slack_bot_token=BOT_TOKEN, slack_app_token=APP_TOKEN, slack_api_url=url
    )
    assert error.code is BotErrorCode.SLACK_UNREACHABLE


async def test_a_port_that_is_taken(workspace: WorkspaceServer, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        error = await refusal(
            tmp_path,
            slack_bot_token=BOT_TOKEN,
            slack_api_url=f"{workspace.url}/api/",
            slack_signing_secret=SIGNING_SECRET,
            slack_http_host="127.0.0.1",
            slack_http_port=taken.getsockname()[1],
        )
    assert error.code is BotErrorCode.PORT_TAKEN


def test_a_setting_out_of_its_range_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIGMENT_CARD_UPDATES_PER_MINUTE", "-1")
    done = CliRunner().invoke(app, ["serve"])
    assert done.exit_code == 1
    assert "card_updates_per_minute" in done.stderr
    assert "greater than" in done.stderr
    assert "Traceback" not in done.stderr
