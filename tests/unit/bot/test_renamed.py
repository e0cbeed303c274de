"""Jobs of concepts that were renamed or deleted, over real sockets; only training is made up."""

import json

import pytest

from cluster.errors import LaunchError
from cluster.fit_hosts import LeftOutHost
from cluster.run_dir import RunDir
from cluster.settings import ClusterSettings
from cluster.slots import Slot
from tests.contract.workspace_kit import eventually
from tests.unit.bot import test_figment as figment
from tests.unit.bot.test_figment import Message, Team, learn_at_once, serving
from tests.unit.bot.test_figment_teaching import learning_as

pytestmark = pytest.mark.slow

team = figment.team


async def renamed(team: Team) -> Message:
    """The card of a concept that has another name by now."""
    await team.page.upload("look", *team.pictures)
    await team.page.command("/concept", "teach <dicoo> as toy")
    await team.wait_for("<dicoo> is ready", "job.try")
    await team.page.command("/concept", "rename <dicoo> <robo>")
    return await team.wait_for("<robo> is ready", "job.longer")


def runs_of(team: Team, token: str) -> list[RunDir]:
    found = [RunDir(path.parent) for path in team.backend.data.glob("runs/*/spec.json")]
    return [run for run in found if run.spec().token == token]


async def test_a_renamed_concept_is_trained_longer_from_where_it_was(team: Team) -> None:
    def with_checkpoint(
        run: RunDir, settings: ClusterSettings, slot: Slot
    ) -> tuple[LeftOutHost, ...]:
        if not list(run.checkpoints.glob("*")):
            (run.checkpoints / "step-000010.state").write_bytes(b"of the first run")
        return learn_at_once(run, settings, slot)

    learning_as(team, with_checkpoint)
    async with serving(team):
        ready = await renamed(team)
        await team.press(ready, "job.longer")
        await team.wait_for("&lt;robo&gt; goes on, up to step 20")
        await team.page.command("/concept", "versions <robo>")

        async def second() -> bool:
            cards = [m for m in await team.all() if "<robo> is ready" in json.dumps(m)]
            return len([m for m in cards if "job.longer" in json.dumps(m["blocks"])]) == 2

        assert await eventually(second)
        [run] = runs_of(team, "<robo>")
        taken = run.checkpoints / "step-000010.state"
        assert taken.read_bytes() == b"of the first run"


async def test_a_retraining_that_failed_is_tried_again_under_the_new_name(team: Team) -> None:
    fails: list[bool] = []

    def sometimes(run: RunDir, settings: ClusterSettings, slot: Slot) -> tuple[LeftOutHost, ...]:
        if fails:
            raise LaunchError("launch_failed", "No host answers.", "See whether they are on.")
        return learn_at_once(run, settings, slot)

    learning_as(team, sometimes)
    team.backend = team.backend.model_copy(update={"job_retries": 0})
    async with serving(team):
        await renamed(team)
        fails.append(True)
        await team.page.command("/concept", "retrain <robo>")
        await team.wait_for("No host answers", "job.retry")
        await team.page.command("/concept", "rename <robo> <kurt>")
        card = await team.wait_for("<kurt> was not learned", "job.retry")
        fails.clear()
        await team.press(card, "job.retry")
        await team.page.command("/imagine", "a <kurt> --n 1")
        await team.wait_for("&lt;kurt&gt; v")

        async def ready() -> bool:
            [now] = [m for m in await team.all() if m["ts"] == card["ts"]]
            return "<kurt> is ready" in json.dumps(now)

        assert await eventually(ready)


async def test_the_card_of_a_deleted_concept_offers_nothing(team: Team) -> None:
    async with serving(team):
        card = await renamed(team)
        await team.page.command("/concept", "delete <robo>")
        question = await team.wait_for("Delete *&lt;robo&gt;*?")
        await team.press(question, "concept.delete")
        gone = await team.wait_for("<robo> was deleted")
        assert gone["ts"] == card["ts"]
        assert "job." not in json.dumps(gone["blocks"])
        assert not [one for one in gone["blocks"] if one["type"] == "image"]
