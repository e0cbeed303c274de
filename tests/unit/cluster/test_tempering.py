"""How samples' gradients are brought nearer to one size, alone and in a step."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cluster.concept_rows import Concept
from cluster.tempering import tempered
from cluster.trainer import Trainer
from tests.run_here import prepared_run, trainer_of


def _gradient(sizes: tuple[float, ...]) -> torch.Tensor:
    torch.manual_seed(0)
    directions = torch.randn(len(sizes), 7, 4)
    norms = directions.flatten(1).norm(dim=1)[:, None, None]
    gradient: torch.Tensor = directions / norms * torch.tensor(sizes)[:, None, None]
    return gradient


@given(
    sizes=st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=5).map(tuple),
    power=st.floats(0, 1),
)
def test_directions_stay_and_sizes_come_nearer(sizes: tuple[float, ...], power: float) -> None:
    before = _gradient(sizes)
    after = tempered(power)(before)
    norms = after.flatten(1).norm(dim=1)
    torch.testing.assert_close(norms, torch.tensor(sizes) ** (1 - power), rtol=1e-3, atol=1e-9)
    cosines = torch.cosine_similarity(before.flatten(1), after.flatten(1))
    torch.testing.assert_close(cosines, torch.ones(len(sizes)))


def test_a_gradient_of_nothing_stays_nothing() -> None:
    nothing = tempered(1.0)(torch.zeros(2, 7, 4))
    assert not nothing.any()


def _gradients(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> list[torch.Tensor]:
    """Of each sample of the first step, what comes back to the text encoder, [B, L, H]."""
    seen: list[torch.Tensor] = []
    encode = Concept.encode

    def watched(concept: Concept, ids: torch.Tensor) -> torch.Tensor:
        states = encode(concept, ids)
        if not states.requires_grad:
            return states
        states.register_hook(seen.append)
        # A tensor of its own, so that the trainer's hook is met before this one.
        return states * 1.0

    with monkeypatch.context() as patch:
        patch.setattr(Concept, "encode", watched)
        trainer.step(0)
    return seen


def test_samples_of_a_step_weigh_alike_at_one(
    tmp_path: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    norms = {}
    for power in (0.0, 1.0):
        run = prepared_run(
            tmp_path / str(power), tiny_base, sample_tempering=power, batch_size=4, score=False
        )
        (gradient,) = _gradients(trainer_of(run), monkeypatch)
        norms[power] = gradient.flatten(1).norm(dim=1)
    torch.testing.assert_close(norms[1.0], torch.ones(4))
    assert norms[0.0].max() > 1.1 * norms[0.0].min()
