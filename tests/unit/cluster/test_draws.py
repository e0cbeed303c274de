import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.draws import Draws, evaluation_draw


def _draws(rank: int, world_size: int, batch_size: int = 4, seed: int = 7) -> Draws:
    return Draws(
        seed=seed,
        rank=rank,
        world_size=world_size,
        batch_size=batch_size,
        pictures=5,
        templates=3,
        timesteps=1000,
        latent_shape=(4, 2, 2),
    )


@given(world_size=st.integers(1, 16), batch_size=st.integers(1, 8), seed=st.integers(0, 2**31))
@settings(max_examples=40)
def test_a_step_of_all_ranks_takes_one_timestep_from_each_slice(
    world_size: int, batch_size: int, seed: int
) -> None:
    ranks = [_draws(r, world_size, batch_size, seed).next() for r in range(world_size)]
    timesteps = torch.cat([draw.timesteps for draw in ranks]).double()
    slices = (timesteps + 0.5) / 1000 * world_size * batch_size
    # A slice's edge may round down into its neighbour, hence at most one off.
    expected = torch.arange(world_size * batch_size)
    assert (slices.sort().values.floor() - expected).abs().max() <= 1
    assert timesteps.min() >= 0
    assert timesteps.max() <= 999


def test_ranks_draw_different_noise() -> None:
    one, other = _draws(0, 2).next(), _draws(1, 2).next()
    assert not torch.equal(one.noise, other.noise)
    assert not torch.equal(one.posterior_noise, one.noise)


def test_the_stream_goes_on_from_its_generator() -> None:
    first = _draws(0, 2)
    first.next()
    state = first.generator.get_state()
    expected = first.next()
    second = _draws(0, 2)
    second.generator.set_state(state)
    found = second.next()
    assert torch.equal(found.noise, expected.noise)
    assert torch.equal(found.timesteps, expected.timesteps)


def test_the_evaluation_batch_is_fixed_and_even() -> None:
    batches = [
        evaluation_draw(
            seed=7, count=20, pictures=5, templates=3, timesteps=1000, latent_shape=(4, 2, 2)
        )
        for _ in range(2)
    ]
    assert torch.equal(batches[0].noise, batches[1].noise)
    assert batches[0].pictures.bincount().tolist() == [4] * 5
    assert (batches[0].timesteps // 50).sort().values.tolist() == list(range(20))
    assert not torch.equal(batches[0].noise[:4], _draws(0, 1).next().noise)
