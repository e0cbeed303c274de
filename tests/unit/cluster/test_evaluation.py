import torch

from cluster.draws import evaluation_draw
from cluster.evaluation import share_of
from cluster.latents import Posteriors


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
