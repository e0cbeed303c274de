import pytest

from cluster.rate import learning_rate
from cluster.spec import Schedule, TrainSpec


def _spec(schedule: Schedule) -> TrainSpec:
    return TrainSpec(
        job_id="j",
        token="<x>",
        initializer="toy",
        base="b",
        base_hash="h",
        resolution=64,
        max_steps=100,
        learning_rate=1e-2,
        warmup_steps=4,
        schedule=schedule,
    )


def test_it_warms_up_then_stays() -> None:
    spec = _spec(Schedule.CONSTANT)
    rates = [learning_rate(spec, step) for step in range(100)]
    assert rates[:5] == pytest.approx([2e-3, 4e-3, 6e-3, 8e-3, 1e-2])
    assert set(rates[5:]) == {1e-2}


def test_a_cosine_ends_at_a_tenth() -> None:
    spec = _spec(Schedule.COSINE)
    rates = [learning_rate(spec, step) for step in range(101)]
    assert rates[100] == pytest.approx(1e-3)
    assert rates[5:] == sorted(rates[5:], reverse=True)
