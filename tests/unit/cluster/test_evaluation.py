"""The fixed batch that a run is measured on."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from accelerate import Accelerator

from cluster.draws import evaluation_draw
from cluster.evaluation import share_of, summed_errors
from cluster.latents import EncodedEachStep, Posteriors
from cluster.rank import Rank
from cluster.train import build
from tests.run_here import prepared_run


def test_shares_of_the_ranks_are_the_whole_batch() -> None:
    posteriors = Posteriors(torch.randn(5, 4, 2, 2), torch.rand(5, 4, 2, 2))
    draw = evaluation_draw(
        seed=1, count=11, pictures=5, templates=3, timesteps=1000, latent_shape=posteriors.shape
    )
    ids = torch.arange(3)[:, None].expand(3, 77)
    shares = [share_of(draw, posteriors, ids, rank, 4) for rank in range(4)]
    assert sorted(share.count for share in shares) == [2, 3, 3, 3]
    timesteps = torch.cat([share.draw.timesteps for share in shares])
    assert torch.equal(timesteps.sort().values, draw.timesteps.sort().values)
    whole = posteriors.sample(draw.pictures, draw.posterior_noise)
    assert torch.equal(shares[1].latents, whole[1::4])
    assert torch.equal(shares[2].ids[:, 0], draw.templates[2::4])


class _Untouched:
    """A VAE that must not be asked."""

    class config:  # noqa: N801 - as diffusers has it
        block_out_channels = (1, 1, 1, 1)
        latent_channels = 4

    def encode(self, _: torch.Tensor) -> None:
        raise AssertionError("there is nothing to encode")


def test_a_rank_beyond_a_small_batch_has_an_empty_share() -> None:
    nothing: Any = None
    each_step = EncodedEachStep(_Untouched(), torch.zeros(2, 3, 16, 16))
    once = Posteriors(torch.randn(2, 4, 2, 2), torch.rand(2, 4, 2, 2))
    for pictures in (each_step, once):
        draw = evaluation_draw(
            seed=1, count=2, pictures=2, templates=1, timesteps=1000, latent_shape=pictures.shape
        )
        share = share_of(draw, pictures, torch.zeros(1, 77), rank=2, world_size=3)
        assert (share.count, share.latents.shape) == (0, (0, 4, 2, 2))
        assert torch.equal(summed_errors(nothing, nothing, share, size=4), torch.zeros(2))


class _OneByOne(Posteriors):
    """Posteriors that note how many were asked for at once."""

    asked: ClassVar[list[int]] = []

    def sample(self, index: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        self.asked.append(len(index))
        return super().sample(index, noise)


def test_the_pictures_of_a_fixed_batch_are_encoded_one_by_one() -> None:
    """All at once, 32 of 512 pixels do not fit into 24 GiB."""
    pictures = _OneByOne(torch.randn(5, 4, 2, 2), torch.rand(5, 4, 2, 2))
    draw = evaluation_draw(
        seed=1, count=32, pictures=5, templates=1, timesteps=1000, latent_shape=pictures.shape
    )
    share_of(draw, pictures, torch.zeros(1, 77), rank=0, world_size=1)
    assert pictures.asked == [1] * 32


@pytest.mark.slow
@pytest.mark.parametrize("each_step", [False, True])
def test_the_fixed_batch_is_the_same_however_many_ranks_there_are(
    tiny_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, each_step: bool
) -> None:
    """Else a run that goes on with more hosts would be measured on something else."""
    monkeypatch.setattr("cluster.train.join", lambda *_: Accelerator(cpu=True))
    run = prepared_run(
        tmp_path,
        tiny_base,
        evaluation_draws=2,
        encode_each_step=each_step,
        hold_back=not each_step,
    )

    def noise(number: int, size: int) -> torch.Tensor:
        return build(run, Rank(number, size, 0, "here", 1)).evaluation.draw.noise

    whole = noise(0, 1)
    assert len(whole) == 2
    assert torch.equal(torch.cat([noise(number, 4) for number in (0, 1, 3)]), whole)
