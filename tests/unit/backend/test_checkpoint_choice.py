"""A step of a job's run becomes a version of its concept, and says so."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file

from backend.checkpoint_choice import checkpoints_of
from backend.people import Asker, Person, Standing
from backend.requests import RetrainRequest
from backend.service import Service
from backend.store import Store
from backend.views import CheckpointOf, JobView
from cluster.run_dir import RunDir
from tests.backend_story import ADA, TOYS, learn
from tests.paper_base import PAPER_HIDDEN
from tests.toy_pictures import write_toy_pictures

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BOSS = Asker(Person("T", "boss"), Standing(is_admin=True))


def with_checkpoints(run: RunDir) -> None:
    """Checkpoints of steps 20 to 60, and previews of steps 20 and 50."""
    run.checkpoints.mkdir(parents=True)
    (run.path / "previews").mkdir()
    for step in (20, 40, 60):
        rows = np.full((1, PAPER_HIDDEN), 0.001 * step, np.float32)
        save_file({"<dicoo>": rows}, run.checkpoints / f"step-{step:06}.safetensors")
    for step in (20, 50):
        Image.new("RGB", (64, 64), (step, 0, 0)).save(run.path / "previews" / f"step-{step}-0.png")


async def ready(store: Store) -> JobView:
    job = await learn(store, "<dicoo>")
    with_checkpoints(RunDir(store.folder.run(job.id)))
    return job


def test_each_is_shown_by_the_last_picture_before_it(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    assert checkpoints_of(run) == ()
    with_checkpoints(run)
    found = {one.step: one.picture and one.picture.name for one in checkpoints_of(run)}
    assert found == {20: "step-20-0.png", 40: "step-20-0.png", 60: "step-50-0.png"}
    (run.path / "previews" / "step-20-0.png").unlink()
    assert [one.preview is None for one in checkpoints_of(run)] == [True, True, False]


async def test_the_version_says_where_it_is_from_and_has_a_picture(
    store: Store, service: Service
) -> None:
    job = await ready(store)
    concept = await service.choose_checkpoint(job.id, 40, Asker(ADA))
    assert (concept.version, concept.job_id, concept.initializer) == (2, None, "toy")
    assert concept.checkpoint == CheckpointOf(job.id, 40)
    assert not concept.is_imported
    [sample] = concept.samples
    with Image.open(sample) as picture:
        assert picture.getpixel((0, 0)) == (20, 0, 0)
    assert await service.concept("T", "<dicoo>") == concept


@SQLITE
async def test_an_admin_chooses_for_whom_it_belongs_to(store: Store, service: Service) -> None:
    job = await ready(store)
    concept = await service.choose_checkpoint(job.id, 20, BOSS)
    assert concept.owner == ADA


@SQLITE
async def test_it_is_taught_anew_from_the_pictures_of_its_job(
    store: Store, service: Service, tmp_path: Path
) -> None:
    job = await ready(store)
    for old, new in zip(job.pictures, write_toy_pictures(tmp_path, 2), strict=True):
        path = store.folder.absolute(str(old))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(new.read_bytes())
    try:
        await service.choose_checkpoint(job.id, 20, Asker(ADA))
        anew = await service.retrain(RetrainRequest("<dicoo>", ADA, TOYS, "anew"))
    finally:
        for old in job.pictures:
            store.folder.absolute(str(old)).unlink()
    assert (len(anew.pictures), anew.initializer) == (2, "toy")


async def test_it_goes_with_its_concept_under_another_name(store: Store, service: Service) -> None:
    job = await ready(store)
    chosen = await service.choose_checkpoint(job.id, 20, Asker(ADA))
    # The first version has no file here, as its run was made up.
    first = store.folder.embedding("T", "<dicoo>", 1)
    first.write_bytes(chosen.embedding.read_bytes())
    renamed = await service.rename(Asker(ADA), "<dicoo>", "<robo>")
    assert renamed.checkpoint == CheckpointOf(job.id, 20)
    assert [path.is_file() for path in renamed.samples] == [True]
