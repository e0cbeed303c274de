"""Leaving the demo in the middle of a training leaves nothing running."""

from pathlib import Path

import pytest

from cluster.run_dir import RunDir
from cluster.sweep import processes_of
from demo.house import open_house
from demo.person import person_at, words_of
from demo.settings import DEMO_SETTINGS

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(1800),
]


async def test_a_training_ends_with_the_demo(tmp_path: Path, samples: tuple[Path, ...]) -> None:
    settings = {**DEMO_SETTINGS, "FIGMENT_WORKERS": "0", "FIGMENT_MAX_STEPS": "100000"}
    async with open_house(tmp_path, settings) as house, person_at(house.url, "U0MAX") as person:
        await person.upload(samples, "<@U0FIGMENT> teach <fleeting> as toy")
        await person.wait_for(
            lambda m: "<fleeting>" in words_of(m) and "step" in words_of(m), 600, "the first steps"
        )
        paths = list((tmp_path / "data" / "runs").glob("*/launch.json"))
        run = RunDir(paths[0].parent)
        assert processes_of(run.path)
    assert processes_of(run.path) == []
