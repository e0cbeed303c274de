"""Draws: even timesteps, own noise, and nothing that has to be remembered."""

from dataclasses import replace
from typing import Any

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.draws import START, Draw, Draws, evaluation_draw, radical_inverse

DRAWS = Draws(
    seed=7,
    rank=0,
    world_size=1,
    batch_size=4,
    pictures=5,
    templates=3,
    timesteps=1000,
    latent_shape=(4, 2, 2),
)


def _same(one: Draw, other: Draw) -> bool:
    return all(torch.equal(getattr(one, k), getattr(other, k)) for k in vars(one))


@given(
    world_size=st.integers(1, 16),
    batch_size=st.integers(1, 8),
    accumulation=st.integers(1, 3),
    seed=st.integers(0, 2**31),
    step=st.integers(0, 5000),
)
@settings(max_examples=40)
def test_a_step_of_all_ranks_takes_one_timestep_from_each_slice(
    world_size: int, batch_size: int, accumulation: int, seed: int, step: int
) -> None:
    one = replace(
        DRAWS, seed=seed, world_size=world_size, batch_size=batch_size, accumulation=accumulation
    )
    timesteps = torch.cat(
        [
            replace(one, rank=rank).at(step, micro).timesteps
            for rank in range(world_size)
            for micro in range(accumulation)
        ]
    ).double()
    count = world_size * batch_size * accumulation
    slices = (timesteps + 0.5) / 1000 * count
    # A slice's edge may round down into its neighbour, hence at most one off.
    assert (slices.sort().values.floor() - torch.arange(count)).abs().max() <= 1
    assert timesteps.min() >= 0
    assert timesteps.max() <= 999


@given(seed=st.integers(0, 2**31), power=st.integers(1, 6), first=st.integers(0, 20))
def test_steps_in_a_row_cover_a_slice_evenly(seed: int, power: int, first: int) -> None:
    count = 2**power
    one = replace(DRAWS, seed=seed, batch_size=1)
    steps = range(first * count, (first + 1) * count)
    timesteps = torch.cat([one.at(step).timesteps for step in steps]).double()
    gaps = timesteps.sort().values.diff()
    # Evenly spaced up to the rounding of each.
    assert (gaps - 1000 / count).abs().max() <= 1


@given(st.integers(0, 2**20))
def test_the_sequence_stays_below_one_and_never_comes_twice(step: int) -> None:
    value = radical_inverse(step)
    assert 0 <= value < 1
    assert value != radical_inverse(step + 1)


@given(
    pictures=st.integers(1, 12),
    repeats=st.integers(1, 4),
    world_size=st.sampled_from([1, 2, 4]),
    batch_size=st.integers(1, 5),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=40)
def test_in_each_round_every_picture_comes_as_often(
    pictures: int, repeats: int, world_size: int, batch_size: int, seed: int
) -> None:
    one = replace(
        DRAWS,
        pictures=pictures,
        repeats=repeats,
        world_size=world_size,
        batch_size=batch_size,
        seed=seed,
    )
    length = pictures * repeats
    steps = -(-2 * length // (world_size * batch_size))
    drawn = torch.cat(
        [replace(one, rank=r).at(s).pictures for s in range(steps) for r in range(world_size)]
    )
    for begin in (0, length):
        assert drawn[begin : begin + length].bincount().tolist() == [repeats] * pictures


def test_rounds_are_shuffled_anew() -> None:
    one = replace(DRAWS, pictures=8, batch_size=8)
    assert not torch.equal(one.at(0).pictures, one.at(1).pictures)


def test_without_stratifying_timesteps_are_of_chance() -> None:
    chance = replace(DRAWS, stratify=False, batch_size=64).at(0).timesteps
    assert len(set((chance // 16).tolist())) < 60


def test_samples_of_a_micro_batch_may_share_a_sentence() -> None:
    shared = replace(DRAWS, one_sentence=True, batch_size=6, templates=20, world_size=2)
    ranks = (shared, replace(shared, rank=1))
    drawn = torch.stack([one.at(step).templates for step in range(40) for one in ranks])
    assert (drawn == drawn[:, :1]).all()
    assert len(drawn.unique()) > 10, "another in each"
    # Nothing else is drawn another way.
    alone = replace(shared, one_sentence=False).at(3)
    assert torch.equal(alone.timesteps, shared.at(3).timesteps)
    assert torch.equal(alone.noise, shared.at(3).noise)


@given(world_size=st.sampled_from([1, 2, 4, 8]), step=st.integers(0, 99))
@settings(max_examples=20)
def test_ranks_and_accumulation_can_be_exchanged(world_size: int, step: int) -> None:
    alone = replace(DRAWS, accumulation=8)
    shared = [
        replace(DRAWS, rank=rank, world_size=world_size, accumulation=8 // world_size)
        for rank in range(world_size)
    ]
    found = [one.at(step, micro) for one in shared for micro in range(one.accumulation)]
    assert all(_same(found[k], alone.at(step, k)) for k in range(8))


def test_ranks_draw_different_noise_unless_they_are_seeded_alike() -> None:
    two = replace(DRAWS, world_size=2)
    one, other = two.at(0), replace(two, rank=1).at(0)
    assert not torch.equal(one.noise, other.noise)
    assert not torch.equal(one.posterior_noise, one.noise)
    assert not torch.equal(one.noise, two.at(1).noise)
    alike = replace(two, same_noise=True)
    one, other = alike.at(0), replace(alike, rank=1).at(0)
    assert torch.equal(one.noise, other.noise)
    assert torch.equal(one.timesteps, other.timesteps)
    pictures = torch.cat([alike.at(k).pictures for k in range(9)])
    others = torch.cat([replace(alike, rank=1).at(k).pictures for k in range(9)])
    assert not torch.equal(pictures, others)


def test_a_draw_does_not_depend_on_those_before_it() -> None:
    expected = DRAWS.at(5)
    DRAWS.at(0)
    assert _same(DRAWS.at(5), expected)


def test_the_evaluation_batch_is_fixed_and_even() -> None:
    common: dict[str, Any] = {
        "seed": 7,
        "count": 20,
        "pictures": 5,
        "templates": 3,
        "timesteps": 1000,
        "latent_shape": (4, 2, 2),
    }
    batches = [evaluation_draw(**common) for _ in range(2)]
    assert torch.equal(batches[0].noise, batches[1].noise)
    assert batches[0].pictures.bincount().tolist() == [4] * 5
    assert (batches[0].timesteps // 50).sort().values.tolist() == list(range(20))
    assert not torch.equal(batches[0].noise[:4], DRAWS.at(0).noise)
    assert not torch.equal(batches[0].noise, evaluation_draw(**common, purpose=START).noise)
