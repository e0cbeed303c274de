"""Embeddings from elsewhere on their way to being concepts: read and checked. Blocking."""

import hashlib
from dataclasses import dataclass

from backend.base import Base
from backend.checks import check_not_in_base, checked_token
from backend.errors import BackendError, ErrorCode
from backend.requests import ImportRequest
from backend.store_imports import NewImport
from cluster.embedding_checks import check_against_table
from cluster.embedding_file import EmbeddingFile, shown
from cluster.embedding_formats import (
    EmbeddingFormat,
    FoundEmbedding,
    read_any_embedding,
    token_of,
)
from cluster.errors import BaseModelError, EmbeddingFileError
from cluster.token_table import read_token_table
from cluster.told import Told


@dataclass(frozen=True, slots=True)
class CheckedImport:
    """A concept that may be stored, and what its owner should know of it."""

    concept: NewImport
    format: EmbeddingFormat
    warnings: tuple[Told, ...]


def check(request: ImportRequest, base: Base) -> CheckedImport:
    """Read the file of a request and see that the base model can use what is in it.

    Raises BackendError: bad_embedding, unsafe_embedding, bad_placeholder, token_taken, base_model.
    """
    given = None if request.token is None else checked_token(request.token)
    name = request.file.name
    try:
        found = read_any_embedding(request.file)
        warnings = check_against_table(name, found.rows, read_token_table(base.folder))
    except EmbeddingFileError as error:
        raise BackendError(
            ErrorCode(error.code), error.message, error.hint, case=error.case, facts=error.facts
        ) from error
    except BaseModelError as error:
        raise BackendError(ErrorCode.BASE_MODEL, error.message, error.hint) from error
    token = given or token_of(found, request.file.stem)
    if token is None:
        raise BackendError(
            ErrorCode.BAD_PLACEHOLDER,
            f"Neither {shown(name)} nor its name says what the concept could be called.",
            "Say how, in letters, digits, - and _, such as <dicoo>.",
            case="unnamed",
            facts={"file": shown(name)},
        )
    check_not_in_base(token, base.vocabulary)
    concept = NewImport(
        by=request.by,
        base_hash=base.hash,
        embedding=EmbeddingFile(token, found.rows, _metadata(found, token, name)),
        sha256=hashlib.sha256(found.rows.tobytes()).hexdigest(),
        initializer=shown(found.metadata.get("initializer", "")),
        learnable_property=request.learnable_property,
    )
    return CheckedImport(concept, found.format, (*warnings, *_about_base(found, base)))


def _metadata(found: FoundEmbedding, token: str, name: str) -> dict[str, str]:
    """What the file said of itself, and where it came from."""
    return {
        **found.metadata,
        "token": token,
        "imported_from": shown(name),
        "imported_format": found.format.value,
    }


def _about_base(found: FoundEmbedding, base: Base) -> tuple[Told, ...]:
    learned_on = found.metadata.get("base_hash", base.hash)
    if learned_on == base.hash:
        return ()
    facts = {"other": shown(learned_on), "base": base.hash}
    return (Told("unusual_embedding", "other-base", facts),)
