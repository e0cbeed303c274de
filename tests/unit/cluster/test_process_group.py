"""How long ranks wait for one another."""

from typing import Any

import pytest
import torch.distributed as dist

from cluster import process_group
from cluster.process_group import join
from cluster.rank import Rank
from cluster.scoring_work import OBJECT_PHRASES, SAMPLES_A_STEP, most_samples
from cluster.spec import TrainSpec

_SPEC = TrainSpec(
    job_id="j", token="<x>", initializer="toy", base="/b", base_hash="h", resolution=64,
    preview_interval=25, score=False,
)  # fmt: skip
_SIZES = (2, 3, 4, 16)


class Waits:
    """Joins no group, and tells how long its ranks would wait."""

    seconds = 0.0

    def init(self, *_: object, timeout: Any, **__: object) -> None:
        self.seconds = timeout.total_seconds()

    def __call__(self, ranks: int, **changes: object) -> float:
        rank = Rank(number=0, size=ranks, local=0, host="here", threads=1)
        join(_SPEC.model_copy(update=changes), rank)
        return self.seconds


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Waits:
    waits = Waits()
    monkeypatch.setattr(dist, "init_process_group", waits.init)
    monkeypatch.setattr(process_group, "Accelerator", lambda **_: None)
    return waits


@pytest.mark.parametrize("ranks", _SIZES)
def test_ranks_that_draw_nothing_wait_for_those_that_score(waits: Waits, ranks: int) -> None:
    a_sample = waits(ranks) / (SAMPLES_A_STEP * _SPEC.preview_steps)
    assert waits(ranks, score=True) >= most_samples(len(OBJECT_PHRASES), ranks) * a_sample


def test_they_wait_longer_for_what_takes_longer(waits: Waits) -> None:
    plain = waits(16, score=True)
    assert plain < waits(16, score=True, clip="/clip")
    assert plain < waits(16, score=True, save_full_pipeline=True)
    assert plain < waits(2, score=True)
    prompts = ("a photo of {}",) * 6
    previews = waits(16, preview_prompts=prompts)
    assert previews == 6 * waits(16)
    assert waits(16, preview_prompts=prompts, score=True) == previews, "they do one at a time"
    assert waits(16, clip="/clip") == waits(16), "without scores nobody loads it"
