"""One bot in two workspaces, installed over the wire: nothing of one shows in the other."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
import structlog
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import func, select
from structlog.testing import LogCapture
from yarl import URL

from backend.database import Database, open_engine
from backend.models import OutboxRow
from backend.settings import BackendSettings
from backend.store import Store
from backend.worker import run_worker
from bot.installation_tables import InstallationTables
from bot.settings import BotSettings, SlackSettings
from bot.wiring import Figment
from cluster.base import base_hash
from cluster.settings import ClusterSettings
from demo.workspace.controls import Controls
from demo.workspace.manifest import APP_TOKEN, CLIENT_ID, CLIENT_SECRET, SIGNING_SECRET
from demo.workspace.server import WorkspaceServer
from tests.contract.workspace_kit import UNHURRIED, Page, eventually
from tests.fakes import FakeDrawer
from tests.toy_pictures import write_toy_pictures
from tests.unit.bot.test_figment import Team, learn_at_once

pytestmark = pytest.mark.slow

TOYBOX, ATTIC = "T0TOYBOX", "T0ATTIC"


@dataclass
class Visitor:
    """A browser at the bot's page to install, with its cookies."""

    bot: str
    session: aiohttp.ClientSession

    async def begin(self) -> str:
        """Open the page to install; return the address of its only link."""
        async with self.session.get(f"{self.bot}/slack/install") as page:
            assert page.status == 200
            (link,) = re.findall(r'<a href="([^"]*)"', await page.text())
        return unescape(link)

    async def consent(self, link: str, team: str, answer: str = "allow") -> str:
        """Answer Slack's question; return where that leads."""
        async with self.session.get(link) as page:
            assert page.status == 200, await page.text()
            fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', await page.text())
        sent = {name: unescape(value) for name, value in fields} | {"team": team, "answer": answer}
        url = link.partition("?")[0]
        async with self.session.post(url, data=sent, allow_redirects=False) as led:
            assert led.status == 302, await led.text()
            return led.headers["Location"]

    async def come_back(self, link: str) -> tuple[int, str]:
        async with self.session.get(link) as page:
            return page.status, unescape(await page.text())

    async def install(self, team: str, answer: str = "allow") -> tuple[int, str]:
        return await self.come_back(await self.consent(await self.begin(), team, answer))


@dataclass
class Town:
    """Two workspaces, and one bot that both may install."""

    toybox: Team
    attic: Team
    visitor: Visitor
    server: WorkspaceServer
    start: Callable[..., Figment]

    async def installed(self) -> tuple[str, ...]:
        database = Database(open_engine(self.toybox.backend.url))
        try:
            return await InstallationTables(CLIENT_ID, database).workspaces()
        finally:
            await database.close()

    async def install_both(self) -> None:
        for team in (TOYBOX, ATTIC):
            status, page = await self.visitor.install(team)
            assert status == 200, page


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> LogCapture:
    captured = LogCapture()
    for module in ("bot.offices", "bot.installing", "bot.delivery", "bot.wiring"):
        logger = structlog.wrap_logger(None, processors=[captured])
        monkeypatch.setattr(f"{module}._log", logger)
    return captured


def logged(log: LogCapture, event: str) -> list[Any]:
    return [entry.get("workspace") for entry in log.entries if entry["event"] == event]


@pytest.fixture
async def town(
    paper_base: Path, migrated_data: Path, tmp_path: Path, unused_tcp_port: int
) -> AsyncIterator[Town]:
    server = WorkspaceServer(patience=UNHURRIED, controls=Controls.without_the_app())
    await server.start()
    backend = BackendSettings(
        data=migrated_data, base=str(paper_base), workers=0, tick_seconds=0.2, pictures=2
    )
    bot = f"http://127.0.0.1:{unused_tcp_port}"

    def start(**more: object) -> Figment:
        slack = SlackSettings.model_validate(
            {
                "slack_bot_token": "",
                "slack_app_token": APP_TOKEN,
                "slack_client_id": CLIENT_ID,
                "slack_client_secret": CLIENT_SECRET,
                "slack_redirect_uri": f"{bot}/slack/oauth_redirect",
                "slack_http_host": "127.0.0.1",
                "slack_http_port": unused_tcp_port,
                "slack_api_url": f"{server.url}/api/",
                **more,
            }
        )
        settings = BotSettings(card_updates_per_minute=6000, posts_per_second=100)
        return Figment(slack, settings, backend, ClusterSettings(max_steps=10), learn_at_once)

    pictures = [(path.name, path.read_bytes()) for path in write_toy_pictures(tmp_path / "toys", 3)]
    # The cookie is for https alone, where a proxy stands in front of the bot.
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(bot))
    async with aiohttp.ClientSession() as session, aiohttp.ClientSession(cookie_jar=jar) as browser:
        toybox = Team(Page(server.url, session), start, backend, pictures)
        attic = replace(toybox, page=Page(f"{server.url}/attic", session))
        yield Town(toybox, attic, Visitor(bot, browser), server, start)
    await server.stop()


@asynccontextmanager
async def open_for_all(town: Town, with_worker: bool = True) -> AsyncIterator[None]:
    """The bot, and a worker, for a while."""
    figment = town.start()
    await figment.start()
    try:
        if with_worker:
            async with working(town):
                yield
        else:
            yield
    finally:
        await figment.stop()
        # Bolt's client leaves its tasks cancelled but not awaited.
        await asyncio.sleep(0)


@asynccontextmanager
async def working(town: Town) -> AsyncIterator[None]:
    backend = town.toybox.backend
    store, stop = Store.open(backend), asyncio.Event()
    drawer = FakeDrawer(base_hash(Path(backend.base)), streams=2)
    worker = asyncio.create_task(run_worker(store, backend, stop, load=lambda _: drawer))
    try:
        yield
    finally:
        stop.set()
        await worker
        await store.close()


async def teach(team: Team, name: str = "<dicoo>") -> None:
    await team.page.upload("look", *team.pictures)
    await team.page.command("/concept", f"teach {name} as toy")
    await team.wait_for(f"{name} is ready", "job.try", "slack_file")


async def test_each_workspace_has_its_own_concepts_pictures_and_answers(
    town: Town, log: LogCapture
) -> None:
    async with open_for_all(town):
        await town.install_both()
        assert await town.installed() == (ATTIC, TOYBOX)

        await teach(town.toybox)
        await town.toybox.page.command("/imagine", "a <dicoo> --seed 7")
        await town.toybox.wait_for_pictures(2)

        await town.attic.page.command("/concept", "list")
        told = await town.attic.wait_for("Nothing was taught here yet")
        assert told["ephemeral_to"] == "U0ADA"
        await town.attic.page.command("/imagine", "a <dicoo>")
        await town.attic.wait_for("Nobody has taught", "&lt;dicoo&gt;")
        await town.attic.page.command("/figment", "queue")
        await town.attic.page.post("/page/home/open")
        home = await eventually(lambda: home_of(town.attic))
        assert "job.try" not in json.dumps(home)
        assert "slack_file" not in json.dumps(home)

        # The same name is free there, and means something else.
        await teach(town.attic)
        await town.attic.page.say("<@U0FIGMENT> a <dicoo>")
        await town.attic.wait_for_pictures(2)
        await town.toybox.page.command("/concept", "list")
        listed = await town.toybox.wait_for("taught by")
        assert json.dumps(listed).count("&lt;dicoo&gt;") == 1
        assert logged(log, "scopes_not_granted") == []


async def home_of(team: Team) -> dict[str, Any] | None:
    view: dict[str, Any] | None = (await team.page.get("/page/home"))["view"]
    return view


async def test_what_a_workspace_is_owed_waits_until_the_app_is_back(
    town: Town, log: LogCapture
) -> None:
    async with open_for_all(town, with_worker=False):
        await town.install_both()
        for team in (town.attic, town.toybox):
            await team.page.command("/imagine", "a toy --seed 3")
            await team.wait_for("asked: a toy", "render.cancel")
        await town.attic.page.control(uninstall=True)
        assert await eventually(lambda: only_toybox(town))

        async with working(town):
            await town.toybox.wait_for_pictures(2)
            await eventually(lambda: as_true(logged(log, "workspace_not_installed")))
            assert await waiting(town, ATTIC) == 1
            answer = await town.attic.page.command("/concept", "list")
            assert answer["error"] == "invalid_command"
            # The other one minds nothing.
            await town.toybox.page.command("/concept", "list")
            await town.toybox.wait_for("Nothing was taught here yet")
            assert logged(log, "workspace_not_installed") == [ATTIC]
            assert logged(log, "not_delivered") == []

            status, _ = await town.visitor.install(ATTIC)
            assert status == 200
            await town.attic.wait_for_pictures(2)
            await town.attic.page.command("/concept", "list")
            await town.attic.wait_for("Nothing was taught here yet")
    assert logged(log, "workspace_left") == [ATTIC]
    assert logged(log, "workspace_joined") == [TOYBOX, ATTIC, ATTIC]


async def only_toybox(town: Town) -> bool:
    return await town.installed() == (TOYBOX,)


async def as_true(value: object) -> bool:
    return bool(value)


async def waiting(town: Town, workspace: str) -> int:
    """How many deliveries of a workspace are set aside."""
    engine = open_engine(town.toybox.backend.url)
    async with engine.connect() as connection:
        number = await connection.scalar(
            select(func.count())
            .select_from(OutboxRow)
            .where(
                OutboxRow.workspace == workspace,
                OutboxRow.due_at.is_(None),
                OutboxRow.shown < OutboxRow.wanted,
            )
        )
    await engine.dispose()
    return int(number or 0)


async def test_a_token_that_slack_accepts_no_more_is_told_of_once(
    town: Town, log: LogCapture
) -> None:
    async with open_for_all(town, with_worker=False):
        await town.install_both()
        await town.attic.page.command("/imagine", "a toy")
        await town.attic.wait_for("asked: a toy", "render.cancel")
        # The news of it never came.
        assert town.server._attic is not None
        town.server._attic.tokens.clear()
        async with working(town):
            await eventually(lambda: as_true(logged(log, "workspace_not_installed")))
            await town.toybox.page.command("/imagine", "a toy")
            await town.toybox.wait_for_pictures(2)
            assert logged(log, "workspace_token_refused") == [ATTIC]
            assert logged(log, "workspace_not_installed") == [ATTIC]
            assert (await town.visitor.install(ATTIC))[0] == 200
            await town.attic.wait_for_pictures(2)


async def test_a_limit_of_one_workspace_is_none_of_the_other(town: Town) -> None:
    async with open_for_all(town, with_worker=False):
        await town.install_both()
        limit = {"method": "chat.postMessage", "times": 1, "retry_after": 3}
        await town.attic.page.control(ratelimit=limit)
        await town.attic.page.command("/imagine", "a toy")
        await town.toybox.page.command("/imagine", "a toy")
        await town.toybox.wait_for("asked: a toy")
        assert "asked: a toy" not in json.dumps(await town.attic.all())
        await town.attic.wait_for("asked: a toy")


async def test_after_a_new_start_everybody_is_served_again(town: Town) -> None:
    async with open_for_all(town):
        await town.install_both()
        await teach(town.attic)
    async with open_for_all(town):
        await town.attic.page.command("/imagine", "a <dicoo>")
        await town.attic.wait_for_pictures(2)
        await town.toybox.page.command("/concept", "list")
        await town.toybox.wait_for("Nothing was taught here yet")


async def test_a_consent_that_is_refused_changes_nothing(town: Town) -> None:
    async with open_for_all(town, with_worker=False):
        status, page = await town.visitor.install(TOYBOX, answer="cancel")
        assert status == 200
        assert "You chose not to install it." in page
        assert await town.installed() == ()


async def test_who_is_not_invited_reads_so_and_is_not_kept(town: Town) -> None:
    start = town.start
    town.start = lambda: start(slack_workspaces=[ATTIC])
    async with open_for_all(town, with_worker=False):
        status, page = await town.visitor.install(TOYBOX)
        assert (status, "not open to your workspace" in page) == (403, True)
        assert await town.installed() == ()
        assert (await town.visitor.install(ATTIC))[0] == 200
        assert await town.installed() == (ATTIC,)


async def test_a_state_counts_once_and_in_its_own_browser(town: Town) -> None:
    async with open_for_all(town, with_worker=False):
        back = await town.visitor.consent(await town.visitor.begin(), TOYBOX)
        asked = {name: found[0] for name, found in parse_qs(urlsplit(back).query).items()}
        address = back.partition("?")[0]

        async with aiohttp.ClientSession() as session:
            stranger = Visitor(town.visitor.bot, session)
            status, page = await stranger.come_back(back)
            assert (status, "opened too late" in page) == (400, True)
        forged = f"{address}?{urlencode(asked | {'state': 'mine'})}"
        # A browser that was made to hold a state which was never given out.
        async with aiohttp.ClientSession(headers={"Cookie": "slack-app-oauth-state=mine"}) as one:
            status, page = await Visitor(town.visitor.bot, one).come_back(forged)
            assert (status, "opened too late" in page) == (401, True)
        assert await town.installed() == ()

        assert (await town.visitor.come_back(back))[0] == 200
        assert (await town.visitor.come_back(back))[0] == 400
        assert await town.installed() == (TOYBOX,)


async def test_a_code_that_slack_does_not_know_is_told_on_a_page(town: Town) -> None:
    async with open_for_all(town, with_worker=False):
        back = await town.visitor.consent(await town.visitor.begin(), TOYBOX)
        status, page = await town.visitor.come_back(re.sub(r"code=[^&]*", "code=other", back))
        assert (status, "Slack did not confirm" in page) == (401, True)
        await town.visitor.begin()
        back = await town.visitor.consent(await town.visitor.begin(), TOYBOX)
        await town.server._runner.cleanup()  # type: ignore[union-attr]
        status, page = await town.visitor.come_back(back)
        assert (status, "Slack did not confirm" in page) == (401, True)


async def test_pages_show_nothing_that_came_with_their_address(town: Town) -> None:
    async with open_for_all(town, with_worker=False):
        url = f"{town.visitor.bot}/slack/oauth_redirect?error=<script>alert(1)</script>"
        async with town.visitor.session.get(url) as answer:
            page = await answer.text()
            assert "script" not in page
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.content_type == "text/html"


async def test_with_socket_mode_nobody_speaks_in_slacks_name(town: Town) -> None:
    async with open_for_all(town, with_worker=False):
        await town.install_both()
        assert await command_over_http(town, TOYBOX, "unused") == 404


async def test_over_http_each_request_is_answered_with_its_workspaces_token(town: Town) -> None:
    start = town.start
    town.start = lambda: start(slack_app_token="", slack_signing_secret=SIGNING_SECRET)
    async with open_for_all(town, with_worker=False):
        await town.install_both()
        assert await command_over_http(town, TOYBOX, "wrong") == 401
        for workspace, team in ((TOYBOX, town.toybox), (ATTIC, town.attic)):
            assert await command_over_http(town, workspace, SIGNING_SECRET) == 200
            await team.wait_for("&lt;nobody&gt;")
        assert await command_over_http(town, "T0ELSEWHERE", SIGNING_SECRET) == 200
        assert len(await town.toybox.all()) == len(await town.attic.all()) == 1


async def command_over_http(town: Town, workspace: str, secret: str) -> int:
    body = urlencode(
        {
            "trigger_id": f"1.{workspace}",
            "team_id": workspace,
            "user_id": "U0ADA",
            "channel_id": "C0TOYS",
            "command": "/imagine",
            "text": "a &lt;nobody&gt;",
        }
    )
    now = str(int(time.time()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=now, body=body)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": str(signature),
    }
    async with aiohttp.ClientSession() as slack:
        url = f"{town.visitor.bot}/slack/events"
        async with slack.post(url, data=body, headers=headers) as answer:
            return answer.status
