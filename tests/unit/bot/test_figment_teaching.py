"""Teaching and the job's card in the workspace, over real sockets; only training is made up."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from bot.settings import BotSettings, SlackSettings
from bot.wiring import Figment
from cluster.errors import LaunchError
from cluster.fit_hosts import LeftOutHost
from cluster.run_dir import ProgressLine, RunDir
from cluster.settings import ClusterSettings
from cluster.slots import Slot
from tests.contract.workspace_kit import eventually
from tests.paper_base import PAPER_HIDDEN
from tests.unit.bot import test_figment as figment
from tests.unit.bot.test_figment import Message, Team, learn_at_once, serving
from tests.unit.bot.test_picture_buttons import files_left

pytestmark = pytest.mark.slow

team = figment.team

Run = Callable[[RunDir, ClusterSettings, Slot], tuple[LeftOutHost, ...]]
TINY = ("tiny.png", (Path(__file__).parents[3] / "docs/images/page.png").read_bytes()[:3000])
"""The beginning of a picture: it looks like one, and cannot be read."""


def learning_as(team: Team, run: Run) -> None:
    """Have training be made up in another way."""
    start = team.start

    def begin() -> Figment:
        usual = start()
        slack = SlackSettings.model_validate(usual._slack.model_dump())
        bot = BotSettings(card_updates_per_minute=6000, posts_per_second=100)
        return Figment(slack, bot, team.backend, ClusterSettings(max_steps=10), run)

    team.start = begin


async def files_are_gone(team: Team, message: Message) -> bool:
    async def look() -> bool:
        return set(await files_left(team, message)) == {404}

    return await eventually(look)


async def submit(team: Team, view: dict[str, Any], **typed: dict[str, Any]) -> dict[str, Any]:
    values = {name: {name: given} for name, given in typed.items()}
    answer: dict[str, Any] = await team.page.post(f"/page/views/{view['id']}/submit", values=values)
    return answer


async def test_bad_pictures_are_asked_about_with_a_sheet_also_after_a_restart(team: Team) -> None:
    async with serving(team):
        upload = await team.page.upload(
            "<@U0FIGMENT> teach <dicoo> as toy", *team.pictures, team.pictures[0], TINY
        )
        asked = await team.wait_for("Teach with these 3", "slack_file")
        assert asked["thread_ts"] == upload["ts"]
        for part in ("toy-0.png shows the same as toy-0.png", "tiny.png"):
            assert part in json.dumps(asked)
        await team.page.command("/concept", "queue")
        await team.wait_for("The queue is empty")
    async with serving(team):
        await team.press(asked, "draft.teach")
        card = await team.wait_for("<dicoo> is ready", "3 pictures", "job.try")
        assert card["thread_ts"] == upload["ts"]
        await team.wait_for("Teaching &lt;dicoo&gt; with 3 pictures")
        assert "Teach with these" not in json.dumps(await team.all()), "the question is answered"
        assert await files_are_gone(team, asked)


async def test_a_question_can_be_answered_with_no(team: Team) -> None:
    async with serving(team):
        await team.page.upload("look", *team.pictures, TINY)
        await team.page.command("/concept", "teach <dicoo> as toy")
        asked = await team.wait_for("Teach with these 3")
        assert asked["ephemeral_to"] == "U0ADA"
        assert await files_left(team, asked) == [200]
        await team.press(asked, "draft.drop")
        await team.wait_for("Nothing was queued")
        assert await files_are_gone(team, asked)
        await team.page.command("/concept", "queue")
        await team.wait_for("The queue is empty")


async def test_pictures_that_went_before_the_answer_are_named(team: Team) -> None:
    async with serving(team):
        upload = await team.page.upload("<@U0FIGMENT> teach <dicoo> as toy", *team.pictures, TINY)
        asked = await team.wait_for("Teach with these 3")
        await team.page.control(delete_files=upload["files"][:1])
        await team.press(asked, "draft.teach")
        await team.wait_for("Teaching &lt;dicoo&gt; with 2 pictures", "Left out: toy-0.png")


async def test_two_good_pictures_are_worth_a_question_three_are_not(team: Team) -> None:
    async with serving(team):
        await team.page.upload("<@U0FIGMENT> teach <two> as toy", *team.pictures[:2])
        asked = await team.wait_for("2 pictures only", "Teach with these 2")
        await team.press(asked, "draft.teach")
        await team.wait_for("<two> is ready", "job.try")


async def test_the_form_to_teach_without_a_name_with_settings_of_its_own(team: Team) -> None:
    async with serving(team):
        await team.page.upload("look", *team.pictures)
        await team.page.command("/concept", "teach")
        form = await team.page.modal()
        assert "training_steps" not in json.dumps(form)
        sent = {"view_id": form["id"], "block_id": "buttons", "action_id": "teach.advanced"}
        typed = {"name": {"name": {"value": "<dicoo>"}}}
        assert await team.page.post("/page/actions", values=typed, **sent) == {"ok": True}

        async def unfolded() -> dict[str, Any]:
            view = await team.page.modal()
            return view if "training_steps" in json.dumps(view) else {}

        form = await eventually(unfolded)
        bad = {"name": {"value": "<dicoo>"}, "word": {"value": "toy"}}
        numbers = {"training_steps": {"value": "7"}, "vectors": {"value": "2"}}
        assert await submit(team, form, **bad, **numbers) == {"ok": True}
        await team.wait_for("<dicoo> is ready", "job.try", "3 pictures")
        [spec] = team.backend.data.glob("runs/*/spec.json")
        told = json.loads(spec.read_text())
        assert (told["max_steps"], told["vectors"]) == (7, 2)


async def test_a_mention_to_teach_without_a_name_offers_the_form(team: Team) -> None:
    async with serving(team):
        await team.page.say("<@U0FIGMENT> teach")
        offer = await team.wait_for("Open the form")
        await team.press(offer, "concept.teach")
        assert "Teach a concept" in json.dumps(await team.page.modal())


async def test_the_shortcut_takes_the_pictures_of_a_thread(team: Team) -> None:
    async with serving(team):
        root = await team.page.say("this toy")
        sent = {"callback_id": "teach_from_message", "channel": "C0TOYS", "message_ts": root}
        assert await team.page.post("/page/shortcuts", **sent) == {"ok": True}
        said = await team.page.modal()
        assert "no pictures" in json.dumps(said)
        await team.page.post(f"/page/views/{said['id']}/close")
        await team.page.upload("here", *team.pictures, thread_ts=root)
        await team.page.post("/page/shortcuts", **sent)

        async def form() -> dict[str, Any] | None:
            view = await team.page.modal()
            return view if "3 files of the message or thread" in json.dumps(view) else None

        view = await eventually(form) or {}
        filled = {"name": {"value": "<dicoo>"}, "word": {"value": "toy"}}
        assert await submit(team, view, **filled) == {"ok": True}
        await team.wait_for("<dicoo> is ready", "job.try", "3 pictures")


async def test_good_enough_ends_a_run_with_what_it_has(team: Team) -> None:
    over = threading.Event()

    def learn_until_asked(
        run: RunDir, settings: ClusterSettings, slot: Slot
    ) -> tuple[LeftOutHost, ...]:
        line = ProgressLine(
            step=5, of=10, loss=0.2, lr=0.1, seconds_per_step=1, eta_seconds=5, time=0
        )
        run.add_progress(line)

        def wait() -> None:
            while not run.asked_to_stop_and_keep():
                if over.wait(0.05):
                    return
            learn_at_once(run, settings, slot)

        threading.Thread(target=wait).start()
        return ()

    learning_as(team, learn_until_asked)
    try:
        async with serving(team):
            await team.page.upload("<@U0FIGMENT> teach <dicoo> as toy", *team.pictures)
            card = await team.wait_for("step 5 of 10", "job.keep")
            await team.press(card, "job.keep")
            ready = await team.wait_for("<dicoo> is ready", "job.longer")
            assert ready["ts"] == card["ts"]
            await team.wait_for("keeps the best so far")
    finally:
        over.set()


async def test_a_failed_job_is_retried_on_its_card_and_a_ready_one_trained_longer(
    team: Team,
) -> None:
    fails = [True]

    def fail_once(run: RunDir, settings: ClusterSettings, slot: Slot) -> tuple[LeftOutHost, ...]:
        if fails:
            raise LaunchError("launch_failed", "No host answers.", "See whether they are on.")
        run.checkpoints.mkdir(exist_ok=True)
        (run.checkpoints / "step-000010.state").touch()
        return learn_at_once(run, settings, slot)

    learning_as(team, fail_once)
    team.backend = team.backend.model_copy(update={"job_retries": 0})
    async with serving(team):
        await team.page.upload("<@U0FIGMENT> teach <dicoo> as toy", *team.pictures)
        failed = await team.wait_for("No host answers", "job.retry")
        fails.clear()
        await team.press(failed, "job.retry")
        ready = await team.wait_for("<dicoo> is ready", "job.longer")
        assert ready["ts"] == failed["ts"]
        await team.press(ready, "job.longer")
        await team.wait_for("goes on, up to step 20")

        async def twice() -> bool:
            cards = [m for m in await team.all() if "job.longer" in json.dumps(m["blocks"])]
            return len(cards) == 2

        assert await eventually(twice)
        await team.page.command("/imagine", "a <dicoo>")
        await team.wait_for("&lt;dicoo&gt; v2")


async def test_a_checkpoint_is_chosen_from_a_sheet(team: Team) -> None:
    def learn_with_checkpoints(
        run: RunDir, settings: ClusterSettings, slot: Slot
    ) -> tuple[LeftOutHost, ...]:
        told = learn_at_once(run, settings, slot)
        for step in (5, 10):
            rows = np.full((1, PAPER_HIDDEN), 0.01 * step, np.float32)
            save_file({"<dicoo>": rows}, run.checkpoints / f"step-{step:06}.safetensors")
        return told

    learning_as(team, learn_with_checkpoints)
    async with serving(team):
        await team.page.upload("<@U0FIGMENT> teach <dicoo> as toy", *team.pictures)
        ready = await team.wait_for("<dicoo> is ready", "job.checkpoints")
        await team.press(ready, "job.checkpoints")
        offer = await team.wait_for("Which one is to be used", "slack_file", "Step 5")
        [option, _] = offer["blocks"][-1]["elements"][0]["options"]
        answer = await team.page.post(
            "/page/actions",
            channel="C0TOYS",
            message_ts=offer["ts"],
            block_id="buttons",
            action_id="checkpoint.use",
            selected=option["value"],
        )
        assert answer == {"ok": True}
        await team.wait_for("after step 5: version 2")
        assert await files_are_gone(team, offer)
        await team.page.command("/concept", "versions <dicoo>")
        await team.wait_for("Versions of <dicoo>", "step 5 of job")
        await team.page.command("/imagine", "a <dicoo>")
        await team.wait_for("&lt;dicoo&gt; v2")


async def test_what_is_private_by_now_is_trained_longer_in_direct_messages(team: Team) -> None:
    def learn_with_a_state(
        run: RunDir, settings: ClusterSettings, slot: Slot
    ) -> tuple[LeftOutHost, ...]:
        run.checkpoints.mkdir(exist_ok=True)
        (run.checkpoints / "step-000010.state").touch()
        return learn_at_once(run, settings, slot)

    learning_as(team, learn_with_a_state)
    async with serving(team):
        await team.page.upload("<@U0FIGMENT> teach <dicoo> as toy", *team.pictures)
        ready = await team.wait_for("<dicoo> is ready", "job.longer")
        await team.page.command("/concept", "private <dicoo>")
        await team.wait_for("&lt;dicoo&gt; is private now")
        await team.press(ready, "job.longer")
        told = await team.wait_for("look into your direct messages")
        assert told["ephemeral_to"] == "U0ADA"

        async def direct() -> bool:
            found = await team.page.messages("D0ADA")
            return any("<dicoo> is ready" in json.dumps(one) for one in found)

        assert await eventually(direct)
        cards = [one for one in await team.all() if "<dicoo> is ready" in json.dumps(one["blocks"])]
        assert [one["ts"] for one in cards] == [ready["ts"]]
