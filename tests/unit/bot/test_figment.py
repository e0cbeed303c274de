"""The whole bot in the workspace, over real sockets; only training and drawing are made up."""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import numpy as np
import pytest
from PIL import Image
from slack_sdk.signature import SignatureVerifier

from backend.settings import BackendSettings
from backend.store import Store
from backend.views import Incoming
from backend.worker import run_worker
from bot.asks import Ask, Origin
from bot.settings import BotSettings, SlackSettings
from bot.wiring import Figment
from cluster.base import base_hash
from cluster.embedding_file import EmbeddingFile, write_embedding
from cluster.fit_hosts import LeftOutHost
from cluster.run_dir import ProgressLine, RunDir, RunResult
from cluster.settings import ClusterSettings
from cluster.slots import Slot
from demo.workspace.manifest import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from demo.workspace.server import WorkspaceServer
from tests.contract.workspace_kit import UNHURRIED, Page, eventually
from tests.fakes import FakeDrawer
from tests.toy_pictures import write_toy_pictures

pytestmark = pytest.mark.slow

Message = dict[str, Any]


def learn_at_once(run: RunDir, settings: ClusterSettings, slot: Slot) -> tuple[LeftOutHost, ...]:
    """Leave what a run leaves that has learned."""
    spec = run.spec()
    rows = np.ones((1, 8), np.float32)
    write_embedding(run.embedding, EmbeddingFile(spec.token, rows))
    Image.new("RGB", (64, 64), "red").save(run.path / "previews" / "step-10-0.png")
    for step in (5, 10):
        run.add_progress(
            ProgressLine(
                step=step,
                of=10,
                loss=0.2,
                eval_loss=0.1,
                lr=0.005,
                seconds_per_step=0.1,
                eta_seconds=0.5,
                time=time.time(),
            )
        )
    run.write_result(
        RunResult(
            job_id=spec.job_id,
            spec_hash=spec.hash,
            backend="gloo",
            world_size=1,
            precision="f32",
            steps=10,
            best_step=10,
            initial_eval_loss=0.2,
            best_eval_loss=0.1,
            seconds=1.0,
            embedding=run.embedding.name,
            rows_sha256=hashlib.sha256(rows.tobytes()).hexdigest(),
            stopped_because="max_steps",
        )
    )
    return ()


@dataclass
class Team:
    """Ada at the page of a workspace where the bot serves."""

    page: Page
    start: Callable[[], Figment]
    backend: BackendSettings
    pictures: list[tuple[str, bytes]]

    async def all(self) -> list[Message]:
        found = await self.page.messages()
        return [one for message in found for one in (message, *(message.get("replies") or []))]

    async def press(self, message: Message, action_id: str) -> None:
        where = {"channel": "C0TOYS", "message_ts": message["ts"], "block_id": "buttons"}
        answer = await self.page.post("/page/actions", action_id=action_id, **where)
        assert answer == {"ok": True}

    async def wait_for(self, *words: str) -> Message:
        """The first message of the bot with all these words."""

        async def look() -> Message | None:
            for message in await self.all():
                if message.get("bot_id") and all(word in json.dumps(message) for word in words):
                    return message
            return None

        return await eventually(look) or {}

    async def wait_for_pictures(self, number: int, but: str = "") -> Message:
        async def look() -> Message | None:
            for message in await self.all():
                blocks = message.get("blocks") or []
                images = [block for block in blocks if block["type"] == "image"]
                if message.get("bot_id") and len(images) == number and message["ts"] != but:
                    return message
            return None

        return await eventually(look) or {}


@pytest.fixture
async def team(paper_base: Path, migrated_data: Path, tmp_path: Path) -> AsyncIterator[Team]:
    server = WorkspaceServer(patience=UNHURRIED)
    await server.start()
    backend = BackendSettings(
        data=migrated_data, base=str(paper_base), workers=0, tick_seconds=0.2, pictures=2
    )

    def start() -> Figment:
        slack = SlackSettings.model_validate(
            {
                "slack_bot_token": BOT_TOKEN,
                "slack_app_token": APP_TOKEN,
                "slack_api_url": f"{server.url}/api/",
            }
        )
        bot = BotSettings(card_updates_per_minute=6000, posts_per_second=100)
        return Figment(slack, bot, backend, ClusterSettings(max_steps=10), learn_at_once)

    pictures = [(path.name, path.read_bytes()) for path in write_toy_pictures(tmp_path / "toys", 3)]
    async with aiohttp.ClientSession() as session:
        yield Team(Page(server.url, session), start, backend, pictures)
    await server.stop()


@asynccontextmanager
async def serving(team: Team) -> AsyncIterator[None]:
    """The bot and a worker, for a while."""
    figment = team.start()
    await figment.start()
    store, stop = Store.open(team.backend), asyncio.Event()
    drawer = FakeDrawer(base_hash(Path(team.backend.base)), streams=2)
    worker = asyncio.create_task(run_worker(store, team.backend, stop, load=lambda _: drawer))
    try:
        yield
    finally:
        stop.set()
        await worker
        await store.close()
        await figment.stop()
        # Bolt's client leaves its tasks cancelled but not awaited.
        await asyncio.sleep(0)


async def test_from_pictures_to_pictures(team: Team) -> None:
    async with serving(team):
        await team.page.upload("look", *team.pictures)
        await team.page.command("/concept", "teach <dicoo> as toy")
        card = await team.wait_for("<dicoo> is ready", "job.try", "slack_file")
        await team.wait_for("&lt;dicoo&gt;* is ready", card["ts"])

        await team.page.command("/imagine", "a <dicoo> & a dog --seed 7")
        first = await team.wait_for_pictures(2)
        root = await team.wait_for("asked: a &lt;dicoo&gt; &amp; a dog", "done")
        assert first["thread_ts"] == root["ts"]
        for part in ("seed 7 to 8", "20 steps", "guidance 7.5", "64 x 64", "&lt;dicoo&gt; v1"):
            assert part in json.dumps(first)

        await team.press(first, "render.again")
        again = await team.wait_for_pictures(2, but=first["ts"])
        assert again["thread_ts"] == root["ts"]
        assert "seed 7 to 8" not in json.dumps(again)

        await team.press(card, "job.try")
        form = await team.page.modal()
        assert form["blocks"][0]["element"]["initial_value"] == "a <dicoo> at the beach"
        cards = [m for m in await team.all() if "<dicoo> is ready" in json.dumps(m["blocks"])]
        assert [one["ts"] for one in cards] == [card["ts"]]


async def test_a_mention_is_answered_in_its_thread(team: Team) -> None:
    async with serving(team):
        ts = await team.page.say("<@U0FIGMENT> a toy")
        assert (await team.wait_for_pictures(2))["thread_ts"] == ts
        upload = await team.page.upload("<@U0FIGMENT> teach <flip> as toy", *team.pictures)
        assert (await team.wait_for("<flip> is ready"))["thread_ts"] == upload["ts"]


async def test_a_picture_attached_to_a_prompt_is_begun_from(team: Team) -> None:
    async with serving(team):
        text = "<@U0FIGMENT> a (toy:1.2) --strength 0.5 --ar 3:2 --until 0.5 --upscale 2"
        await team.page.upload(text, team.pictures[0])
        first = await team.wait_for_pictures(2)
        said = (
            "begun from a picture, strength 0.5",
            "80 x 56",
            "until 50% of the steps",
            "upscaled",
        )
        for part in said:
            assert part in json.dumps(first)
        assert len(list(team.backend.data.glob("starts/*"))) == 1
        await team.press(first, "render.again")
        again = await team.wait_for_pictures(2, but=first["ts"])
        for part in said:
            assert part in json.dumps(again)
        await team.page.upload("<@U0FIGMENT> a toy", ("cat.png", b"dear diary"))
        await team.wait_for("cat.png is not a picture")


async def test_bad_input_is_answered_where_it_was_given(team: Team) -> None:
    async with serving(team):
        await team.page.command("/imagine", "a <nobody>")
        assert (await team.wait_for("&lt;nobody&gt;"))["ephemeral_to"] == "U0ADA"
        ts = await team.page.say("<@U0FIGMENT> teach <dicoo> as toy")
        assert (await team.wait_for("no pictures"))["thread_ts"] == ts
        fake = ("cat.png", b"dear diary")
        one = team.pictures[0]
        await team.page.upload("<@U0FIGMENT> teach <dicoo> as toy", one, fake)
        await team.wait_for("cat.png is not a picture")
        await team.page.upload("<@U0FIGMENT> teach <dicoo> as toy", one)
        await team.wait_for("One picture is not enough")


async def test_an_event_that_comes_twice_counts_once(team: Team) -> None:
    async with serving(team):
        await team.page.say("<@U0FIGMENT> a toy")
        await team.wait_for_pictures(2)
        before = len(await team.all())
        await team.page.control(redeliver_last_event=True)
        await team.page.command("/concept", "list")
        await team.wait_for("Nothing was taught here yet")
        assert len(await team.all()) == before + 1


async def test_what_was_taken_in_before_a_crash_is_done_after_it(team: Team) -> None:
    async with serving(team):
        pass
    ts = await team.page.say("<@U0FIGMENT> a toy --n 1")
    left = Ask(
        event_id="event:left",
        origin=Origin.MENTION,
        workspace="T0TOYBOX",
        user="U0ADA",
        channel="C0TOYS",
        at=datetime.now(UTC),
        text="a toy --n 1",
        thread=ts,
        message=ts,
    )
    store = Store.open(team.backend)
    row = Incoming(left.event_id, "ask", left.model_dump(mode="json"), left.at)
    assert await store.inbox.receive(row)
    await store.close()
    async with serving(team):
        assert (await team.wait_for_pictures(1))["thread_ts"] == ts


async def test_over_http_only_signed_requests_count(
    team: Team, unused_tcp_port_factory: Callable[[], int]
) -> None:
    port = unused_tcp_port_factory()
    team_start = team.start

    def start() -> Figment:
        socket = team_start()
        settings = {
            **socket._slack.model_dump(),
            "slack_signing_secret": SIGNING_SECRET,
            "slack_http_port": port,
            "slack_http_host": "127.0.0.1",
        }
        return Figment(
            SlackSettings.model_validate(settings),
            BotSettings(),
            team.backend,
            ClusterSettings(),
            learn_at_once,
        )

    team.start = start
    body = urlencode(
        {
            "trigger_id": "1.1",
            "team_id": "T0TOYBOX",
            "user_id": "U0ADA",
            "channel_id": "C0TOYS",
            "command": "/imagine",
            "text": "a &lt;nobody&gt;",
        }
    )
    now = str(int(time.time()))
    async with serving(team), aiohttp.ClientSession() as slack:
        for secret, status in (("wrong", 401), (SIGNING_SECRET, 200)):
            signature = SignatureVerifier(secret).generate_signature(timestamp=now, body=body)
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp": now,
                "X-Slack-Signature": str(signature),
            }
            url = f"http://127.0.0.1:{port}/slack/events"
            async with slack.post(url, data=body, headers=headers) as answer:
                assert answer.status == status
        assert (await team.wait_for("&lt;nobody&gt;"))["ephemeral_to"] == "U0ADA"
