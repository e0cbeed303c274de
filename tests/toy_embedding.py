"""An embedding file that the toybox can draw with, for tests in which nothing is to be learned."""

from pathlib import Path

from safetensors import safe_open

from cluster.vocabulary import Vocabulary
from demo.house import MODEL
from tests.embedding_files import diffusers_safetensors

_TABLE = "token_embedding.weight"


def write_toy_embedding(path: Path, word: str = "robot") -> Path:
    """Write the base's own row of `word` as somebody's concept, named as the file is."""
    index = Vocabulary.load(MODEL).single_token(word)
    assert index is not None
    with safe_open(MODEL / "text_encoder" / "model.safetensors", framework="pt") as file:
        name = next(one for one in file.keys() if one.endswith(_TABLE))  # noqa: SIM118
        row = file.get_slice(name)[index : index + 1].float()
    path.write_bytes(diffusers_safetensors(f"<{path.stem}>", row, {}))
    return path
