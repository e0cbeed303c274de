"""Embeddings from elsewhere become concepts, or are refused before anything is stored."""

import asyncio
import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from backend.base import load_base
from backend.claims import ClaimedConcept
from backend.concept_files import load_concept
from backend.errors import BackendError, ErrorCode
from backend.people import Person
from backend.requests import ImagineRequest, ImportRequest
from backend.service import Service
from backend.settings import BackendSettings
from backend.store import Store
from cluster.embedding_file import read_embedding
from cluster.embedding_formats import EmbeddingFormat
from cluster.meaning import ABSURD_NORM
from cluster.spec import LearnableProperty
from tests.backend_story import ADA, LIN, TOYS, learn, teach
from tests.embedding_files import (
    automatic1111_pt,
    diffusers_safetensors,
    kohya_safetensors,
    saved,
)
from tests.fakes import START
from tests.paper_base import PAPER_HIDDEN, PAPER_NORM

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is refused before any database is asked."""


def _rows(count: int = 2, share: float = 2, width: int = PAPER_HIDDEN) -> torch.Tensor:
    """Rows that are `share` times as long as the base's."""
    return torch.full((count, width), share * PAPER_NORM / width**0.5)


def _file(folder: Path, data: bytes, name: str = "dicoo.pt") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


@pytest.fixture
def dicoo(tmp_path: Path) -> Path:
    """A good file, whose name says what it is."""
    return _file(tmp_path, automatic1111_pt("other", _rows()))


async def _refused(service: Service, request: ImportRequest) -> BackendError:
    with pytest.raises(BackendError) as caught:
        await service.import_concept(request)
    return caught.value


def _left(settings: BackendSettings) -> list[str]:
    """Names of all files among the concepts."""
    return sorted(path.name for path in (settings.data / "concepts").rglob("*") if path.is_file())


async def test_a_good_file_becomes_a_concept_that_can_be_asked_for(
    service: Service, store: Store, settings: BackendSettings, dicoo: Path
) -> None:
    base = load_base(settings.base)
    found = await service.import_concept(ImportRequest(dicoo, ADA))
    await asyncio.to_thread(dicoo.unlink)
    one = found.concept
    assert (found.is_new, found.format, found.warnings) == (True, EmbeddingFormat.AUTOMATIC1111, ())
    assert (one.token, one.version, one.owner, one.vectors) == ("<dicoo>", 1, ADA, 2)
    assert (one.base_hash, one.improvement, one.samples, one.job_id) == (base.hash, None, (), None)
    assert (one.created_at, one.learnable_property) == (START, LearnableProperty.OBJECT)
    assert await service.concepts("T") == (one,)
    assert await service.workspaces() == ("T",)
    assert _left(settings) == ["dicoo-v1.safetensors"]
    kept = read_embedding(one.embedding)
    assert kept.rows.tobytes() == _rows().numpy().tobytes()
    assert kept.metadata["imported_from"] == "dicoo.pt"
    assert kept.metadata["sd_checkpoint"] == "7ab762a7"
    # Read as a rendering worker does, which compares the hash.
    claimed = ClaimedConcept(one.token, one.version, one.sha256, one.embedding)
    assert load_concept(claimed).rows.shape == (2, PAPER_HIDDEN)
    render = await service.imagine(ImagineRequest("a <dicoo> toy", LIN, TOYS, "event"))
    [ref] = render.pictures[0].recipe.concepts
    assert (ref.token, ref.version, ref.sha256) == ("<dicoo>", 1, one.sha256)


async def test_the_same_rows_again_are_no_new_version(
    service: Service, settings: BackendSettings, dicoo: Path, tmp_path: Path
) -> None:
    first = await service.import_concept(ImportRequest(dicoo, ADA))
    again = await service.import_concept(ImportRequest(dicoo, ADA))
    assert (again.is_new, again.concept) == (False, first.concept)
    # It is the rows that count, not how they are written.
    other = _file(tmp_path, kohya_safetensors(_rows()), "dicoo.safetensors")
    assert not (await service.import_concept(ImportRequest(other, ADA))).is_new
    assert _left(settings) == ["dicoo-v1.safetensors"]


async def test_other_rows_are_a_new_version_and_old_ones_may_come_back(
    service: Service, settings: BackendSettings, dicoo: Path, tmp_path: Path
) -> None:
    newer = _file(tmp_path, kohya_safetensors(_rows(1)), "newer.safetensors")
    versions = []
    for file in (dicoo, newer, dicoo):
        found = await service.import_concept(ImportRequest(file, ADA, "dicoo"))
        assert found.is_new
        versions.append((found.concept.version, found.concept.vectors))
    assert versions == [(1, 2), (2, 1), (3, 2)]
    assert (await service.concept("T", "<dicoo>")).version == 3
    assert _left(settings) == [f"dicoo-v{n}.safetensors" for n in (1, 2, 3)]


async def test_a_taught_concept_gets_a_new_version_from_its_owner_only(
    service: Service, store: Store, dicoo: Path
) -> None:
    await learn(store, "<dicoo>")
    error = await _refused(service, ImportRequest(dicoo, LIN))
    assert (error.code, error.by) == (ErrorCode.NOT_YOURS, ADA)
    assert (await service.concept("T", "<dicoo>")).version == 1
    found = await service.import_concept(ImportRequest(dicoo, ADA))
    assert (found.concept.version, found.concept.job_id) == (2, None)


async def test_a_token_that_is_being_taught_is_left_alone(
    service: Service, store: Store, settings: BackendSettings, dicoo: Path
) -> None:
    await teach(store, "<dicoo>")
    error = await _refused(service, ImportRequest(dicoo, ADA))
    assert error.code is ErrorCode.TOKEN_TAKEN
    assert "being taught" in error.message
    assert _left(settings) == []
    assert (await service.import_concept(ImportRequest(dicoo, ADA, "<other>"))).is_new


async def test_workspaces_do_not_see_each_other(service: Service, dicoo: Path) -> None:
    mine = await service.import_concept(ImportRequest(dicoo, ADA))
    theirs = await service.import_concept(ImportRequest(dicoo, Person("T2", "eve")))
    assert (mine.concept.version, theirs.concept.version) == (1, 1)
    assert await service.concepts("T") == (mine.concept,)
    assert await service.workspaces() == ("T", "T2")


async def test_imports_at_the_same_time_get_versions_with_their_own_files(
    service: Service, tmp_path: Path
) -> None:
    files = [
        _file(tmp_path, kohya_safetensors(_rows(1, share)), f"{share}.safetensors")
        for share in (1, 2, 3, 4)
    ]
    found = await asyncio.gather(
        *(service.import_concept(ImportRequest(file, ADA, "<dicoo>")) for file in files)
    )
    assert sorted(one.concept.version for one in found) == [1, 2, 3, 4]
    for one in found:
        rows = read_embedding(one.concept.embedding).rows
        assert hashlib.sha256(rows.tobytes()).hexdigest() == one.concept.sha256


async def test_a_file_that_cannot_be_put_in_place_leaves_no_concept(
    service: Service, settings: BackendSettings, dicoo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def fail_at_last(path: Path, target: Path) -> Path:
        if target.suffix == ".safetensors":
            raise OSError(28, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fail_at_last)
    with pytest.raises(OSError, match="No space"):
        await service.import_concept(ImportRequest(dicoo, ADA))
    monkeypatch.undo()
    assert await service.concepts("T") == ()
    assert _left(settings) == []
    assert (await service.import_concept(ImportRequest(dicoo, ADA))).concept.version == 1


async def test_figments_own_file_keeps_what_it_says_of_its_learning(
    service: Service, settings: BackendSettings, tmp_path: Path
) -> None:
    told = {"base_hash": load_base(settings.base).hash, "initializer": "toy", "step": "40"}
    data = diffusers_safetensors("<dicoo>", _rows(), told)
    file = _file(tmp_path, data, "learned_embeds.safetensors")
    found = await service.import_concept(ImportRequest(file, ADA, None, LearnableProperty.STYLE))
    assert (found.concept.token, found.concept.initializer) == ("<dicoo>", "toy")
    assert found.concept.learnable_property is LearnableProperty.STYLE
    assert found.warnings == ()
    assert told.items() <= read_embedding(found.concept.embedding).metadata.items()


@ON_SQLITE
async def test_what_is_unusual_is_said(service: Service, tmp_path: Path) -> None:
    data = diffusers_safetensors("<dicoo>", _rows(share=60), {"base_hash": "another"})
    found = await service.import_concept(ImportRequest(_file(tmp_path, data), ADA))
    long, other = found.warnings
    assert (long.case, long.facts) == ("long", {"times": "60"})
    assert (other.case, other.facts["other"]) == ("other-base", "another")


@ON_SQLITE
@pytest.mark.parametrize(
    ("data", "name", "token", "code"),
    [
        (b"text", "x.pt", None, ErrorCode.BAD_EMBEDDING),
        (kohya_safetensors(_rows(width=768)), "x.safetensors", None, ErrorCode.BAD_EMBEDDING),
        (
            kohya_safetensors(_rows(share=ABSURD_NORM + 1)),
            "x.safetensors",
            None,
            ErrorCode.BAD_EMBEDDING,
        ),
        (kohya_safetensors(_rows(share=0)), "x.safetensors", None, ErrorCode.BAD_EMBEDDING),
        (kohya_safetensors(_rows() * np.nan), "x.safetensors", None, ErrorCode.BAD_EMBEDDING),
        (kohya_safetensors(_rows(65)), "x.safetensors", None, ErrorCode.BAD_EMBEDDING),
        (saved({"x": bytearray(b"1")}), "x.pt", None, ErrorCode.UNSAFE_EMBEDDING),
        (kohya_safetensors(_rows()), "2024.safetensors", None, ErrorCode.BAD_PLACEHOLDER),
        (kohya_safetensors(_rows()), "x.safetensors", "two words", ErrorCode.BAD_PLACEHOLDER),
    ],
)
async def test_the_rest_is_refused_and_leaves_nothing(
    service: Service, settings: BackendSettings, tmp_path: Path,
    data: bytes, name: str, token: str | None, code: ErrorCode,
) -> None:  # fmt: skip
    error = await _refused(service, ImportRequest(_file(tmp_path, data, name), ADA, token))
    assert error.code is code
    assert error.hint
    assert await service.concepts("T") == ()
    assert _left(settings) == []


@ON_SQLITE
async def test_a_token_that_the_base_has_itself_is_refused(
    service: Service, dicoo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cluster.vocabulary.Vocabulary.has_token", lambda _, t: t == "<dicoo>")
    error = await _refused(service, ImportRequest(dicoo, ADA))
    assert error.code is ErrorCode.TOKEN_TAKEN
    assert "of its own" in error.message


@ON_SQLITE
async def test_a_base_without_a_table_is_said_to_be_one(
    service: Service, paper_base: Path, dicoo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cluster.token_table._NAME", "no such tensor")
    error = await _refused(service, ImportRequest(dicoo, ADA))
    assert error.code is ErrorCode.BASE_MODEL


@ON_SQLITE
async def test_a_pipe_or_a_folder_is_not_read(service: Service, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pt")
    for path in (tmp_path / "pipe.pt", tmp_path):
        error = await _refused(service, ImportRequest(path, ADA))
        assert error.code is ErrorCode.BAD_EMBEDDING
