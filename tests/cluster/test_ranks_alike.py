"""The toybox taught by one, four and eight ranks: as much is learned from as many samples."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from backend.runs import launch_here
from cluster.base import base_hash
from cluster.embedding_file import EmbeddingFile, read_embedding
from cluster.launcher import observe, stop
from cluster.pictures import prepare_pictures
from cluster.run_dir import RunDir
from cluster.settings import ClusterSettings
from cluster.spec import TrainSpec
from cluster.verdict import judge
from demo.house import MODEL
from demo.samples import SAMPLE_INITIALIZER, held_out, write_samples
from demo.toybox.scoring import Estimate, score
from tests.four_hosts import FourHosts, four_hosts

pytestmark = [pytest.mark.cluster, pytest.mark.hosts, pytest.mark.timeout(1200)]

_STEPS = 60
_SAMPLES_A_STEP = 16
_SPREAD = 0.044
"""Standard deviation of the share over the seeds 1, 2, 3, 4 and 7 of one rank: 0.78, 0.81, 0.83,
0.77 and 0.88. Other ranks draw other noise, as another seed would; of a difference, the variance
is twice that."""


@pytest.fixture(scope="module")
def hosts() -> Iterator[FourHosts]:
    with four_hosts() as made:
        yield made


def _learned(folder: Path, settings: ClusterSettings, ranks: int) -> EmbeddingFile:
    spec = TrainSpec(
        job_id=folder.name,
        token="<dicoo>",
        initializer=SAMPLE_INITIALIZER,
        vectors=3,
        base=str(MODEL),
        base_hash=base_hash(MODEL),
        resolution=128,
        max_steps=_STEPS,
        batch_size=_SAMPLES_A_STEP // ranks,
        learning_rate=0.01,
        stop_when_flat=False,
        choose_start=False,
    )
    run = RunDir.create(folder / "run", spec)
    prepare_pictures(write_samples(folder / "pictures"), run.images, spec.resolution)
    launch_here(run, settings)
    verdict = None
    while verdict is None:
        time.sleep(0.5)
        verdict = judge(observe(run), spec, time.time())
    stop(run)
    assert verdict.succeeded, verdict
    result = run.result()
    assert result is not None
    assert result.world_size == ranks
    return read_embedding(run.embedding)


def _shares(learned: Mapping[int, EmbeddingFile]) -> dict[int, Estimate]:
    """What each has learned. The best caption, which is of the pictures alone, is found once."""
    shares, caption = {}, None
    for ranks, rows in learned.items():
        found = score(MODEL, held_out(16), rows, SAMPLE_INITIALIZER, caption)
        assert found.share is not None
        shares[ranks], caption = found.share, found.caption
    return shares


def test_more_ranks_learn_as_much_from_as_many_samples(tmp_path: Path, hosts: FourHosts) -> None:
    here = ClusterSettings(_env_file=None, ranks=1)
    there = hosts.settings()
    shares = _shares(
        {
            1: _learned(tmp_path / "one", here, 1),
            4: _learned(tmp_path / "four", there, 4),
            8: _learned(tmp_path / "eight", there.model_copy(update={"ranks": 2}), 8),
        }
    )
    print({ranks: f"{share.value:.3f} +- {share.error:.3f}" for ranks, share in shares.items()})
    for ranks in (4, 8):
        assert abs(shares[ranks].value - shares[1].value) < 3 * 2**0.5 * _SPREAD
