"""What is somebody else's: not told, not shown, not removed."""

from dataclasses import replace

import numpy as np
import pytest

from backend.base import BaseShelf
from backend.errors import BackendError, ErrorCode
from backend.jobs import JobState
from backend.people import Asker, Person, Standing
from backend.requests import ImportRequest
from backend.service import Service
from backend.settings import BackendSettings
from backend.store import Store
from backend.views import Failure
from cluster.embedding_file import EmbeddingFile, write_embedding
from cluster.spec import LearnableProperty
from tests.backend_story import ADA, LEASE, LIN, TOYS, learn, new_job
from tests.fakes import START
from tests.paper_base import PAPER_HIDDEN

BOSS = Asker(Person("T", "boss"), Standing(is_admin=True), "toys")


async def test_an_admin_gets_nothing_of_a_job_whose_concept_they_do_not_see(
    store: Store, service: Service
) -> None:
    job = await learn(store, "<secret>")
    with pytest.raises(BackendError) as caught:
        await service.checkpoints(job.id, BOSS)
    assert caught.value.code is ErrorCode.ALREADY_ENDED, "it has none"
    await service.make_private(Asker(ADA), "<secret>")
    for asked in (
        service.checkpoints(job.id, BOSS),
        service.train_longer(job.id, BOSS, TOYS, "key"),
        service.choose_checkpoint(job.id, 10, BOSS),
    ):
        with pytest.raises(BackendError) as caught:
            await asked
        assert caught.value.code is ErrorCode.NOT_FOUND
    with pytest.raises(BackendError) as caught:
        await service.checkpoints(job.id, Asker(ADA))
    assert caught.value.code is ErrorCode.ALREADY_ENDED


async def test_an_import_does_not_tell_of_a_private_concept_that_is_being_taught(
    store: Store, service: Service, settings: BackendSettings
) -> None:
    base = await BaseShelf(settings.base).get()
    await learn(store, "<secret>", base_hash=base.hash)
    await service.make_private(Asker(ADA), "<secret>")
    await store.jobs.add(replace(new_job("<secret>", job_id="again"), is_further=True), START)
    file = store.folder.root / "other.safetensors"
    rows = np.full((1, PAPER_HIDDEN), 0.01, np.float32)
    write_embedding(file, EmbeddingFile("<secret>", rows))
    with pytest.raises(BackendError) as caught:
        await service.import_concept(ImportRequest(file, LIN, "<secret>", LearnableProperty.OBJECT))
    assert (caught.value.code, caught.value.case) == (ErrorCode.TOKEN_TAKEN, "hidden")
    assert (caught.value.by, caught.value.at) == (None, None)


async def test_the_end_of_a_concept_is_not_that_of_what_others_failed_to_teach(
    store: Store, service: Service
) -> None:
    for by, name in ((LIN, "theirs"), (ADA, "own")):
        job = await store.jobs.add(new_job("<dicoo>", by, name), START)
        await store.jobs.take("d", START, LEASE, slots=9)
        await store.jobs.failed(job.id, Failure("host_lost", "It was lost."), START)
    runs = [store.folder.run(name) for name in ("theirs", "own")]
    for run in runs:
        run.mkdir(parents=True)
    await learn(store, "<dicoo>")
    await service.delete(Asker(ADA), "<dicoo>")
    assert [run.exists() for run in runs] == [True, False]
    assert len((await service.job("theirs")).pictures) == 2
    assert (await service.job("own")).pictures == ()
    retried = await service.retry("theirs", Asker(LIN))
    assert retried.state is JobState.QUEUED
