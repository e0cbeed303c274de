"""What a picture needs beside its recipe, found in files: concepts, a picture to begin from."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from backend.engine_draws import Draw, LoadedConcept, LoadedPicture
from backend.errors import BackendError, ErrorCode
from backend.layout import DataFolder
from backend.recipe import ConceptRef, Recipe
from backend.starts import load_start, read_start
from cluster.embedding_file import read_embedding
from cluster.errors import ClusterError


def load_concept(path: Path) -> LoadedConcept:
    """Read a concept's file; raises ClusterError."""
    embedding = read_embedding(path)
    digest = hashlib.sha256(embedding.rows.tobytes()).hexdigest()
    return LoadedConcept(embedding.token, embedding.rows, digest)


def draw_of(
    recipe: Recipe, given: Sequence[LoadedConcept], init: Path | None, folder: DataFolder
) -> Draw:
    """Put together what a recipe names, out of what was given and what the data folder has.

    Raises BackendError: bad_concept, bad_pictures.
    """
    return Draw(
        recipe,
        tuple(_concept(ref, given, folder) for ref in recipe.concepts),
        _start(recipe, init, folder),
    )


def _concept(ref: ConceptRef, given: Sequence[LoadedConcept], folder: DataFolder) -> LoadedConcept:
    for concept in given:
        if concept.sha256 == ref.sha256:
            # The name in a file may be another one than it was taught under.
            return LoadedConcept(ref.token, concept.rows, concept.sha256)
    for path in sorted(folder.root.glob(f"concepts/*/{ref.token.strip('<>')}-v*.safetensors")):
        try:
            found = load_concept(path)
        except ClusterError:
            continue
        if found.sha256 == ref.sha256:
            return LoadedConcept(ref.token, found.rows, found.sha256)
    raise BackendError(
        ErrorCode.BAD_CONCEPT,
        f"The recipe names rows of {ref.token} that are not here.",
        "Give their file with --concept, or set FIGMENT_DATA to the folder that has them.",
    )


def _start(recipe: Recipe, init: Path | None, folder: DataFolder) -> LoadedPicture | None:
    if recipe.start is None:
        return None
    wanted = recipe.start.sha256
    if init is not None:
        picture, found = read_start(init, init.name)
        if found == wanted:
            return LoadedPicture(picture, found)
    kept = folder.start(wanted)
    if not kept.is_file():
        raise BackendError(
            ErrorCode.BAD_PICTURES,
            "The recipe begins from a picture that is not here.",
            f"Give the file with --init; its SHA-256 is {wanted}.",
        )
    return LoadedPicture(load_start(kept, wanted), wanted)
