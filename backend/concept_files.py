"""From a claimed picture to what the engine draws: concepts and first picture, checked."""

import hashlib

from backend.claims import ClaimedConcept, PictureClaim
from backend.engine_draws import Draw, LoadedConcept, LoadedPicture
from backend.errors import BackendError, ErrorCode
from backend.starts import load_start
from cluster.embedding_file import read_embedding
from cluster.errors import ClusterError


def load_draw(claim: PictureClaim) -> Draw:
    """Read the rows of every concept that the claim names, and the picture to begin from.

    Raises BackendError (bad_concept, bad_pictures).
    """
    start = None
    if claim.recipe.start is not None and claim.start is not None:
        sha256 = claim.recipe.start.sha256
        start = LoadedPicture(load_start(claim.start, sha256), sha256)
    return Draw(claim.recipe, tuple(load_concept(concept) for concept in claim.concepts), start)


def load_concept(concept: ClaimedConcept) -> LoadedConcept:
    """Read a concept's rows and see that they are those that the recipe means.

    Raises BackendError (bad_concept).
    """
    try:
        file = read_embedding(concept.embedding)
    except ClusterError as error:
        raise BackendError(
            ErrorCode.BAD_CONCEPT,
            f"The file of {concept.token} cannot be used: {error.message}",
            "Restore it from a backup, or teach it again under another name.",
        ) from error
    sha256 = hashlib.sha256(file.rows.tobytes()).hexdigest()
    if sha256 != concept.sha256:
        raise BackendError(
            ErrorCode.BAD_CONCEPT,
            f"The file of {concept.token} has changed since it was learned.",
            "Restore it from a backup, or teach it again under another name.",
            case="changed",
            facts={"token": concept.token},
        )
    return LoadedConcept(concept.token, file.rows, sha256)
