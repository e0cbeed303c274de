"""diffusers' own loader on what we write."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline

from cluster.embedding_file import EmbeddingFile, write_embedding
from cluster.embedding_formats import read_any_embedding
from tests.embedding_files import automatic1111_pt, kohya_safetensors
from tests.tiny_base import TINY_HIDDEN

pytestmark = [
    pytest.mark.slow,
    # What transformers warns of when diffusers loads its tokenizer.
    pytest.mark.filterwarnings("ignore:Deprecated in 0.9.0. BPE:DeprecationWarning"),
]


def _loaded(base: Path, file: Path, tokens: list[str]) -> np.ndarray:
    """The rows that a pipeline has for these tokens, once it has loaded the file unchanged."""
    pipeline = StableDiffusionPipeline.from_pretrained(base)
    pipeline.load_textual_inversion(file)
    numbers = pipeline.tokenizer.convert_tokens_to_ids(tokens)
    assert pipeline.tokenizer.unk_token_id not in numbers
    weight = pipeline.text_encoder.get_input_embeddings().weight
    rows: np.ndarray = weight[numbers].detach().numpy()
    expected = " ".join(tokens)
    assert pipeline.maybe_convert_prompt(f"a {tokens[0]} toy", pipeline.tokenizer) == (
        f"a {expected} toy"
    )
    return rows


@pytest.mark.parametrize(
    ("count", "tokens"), [(1, ["<dicoo>"]), (3, ["<dicoo>", "<dicoo>_1", "<dicoo>_2"])]
)
def test_diffusers_loads_our_file_unchanged(
    tiny_base: Path, tmp_path: Path, count: int, tokens: list[str]
) -> None:
    values = np.random.default_rng(1).normal(size=(count, TINY_HIDDEN)).astype(np.float32)
    file = tmp_path / "learned_embeds.safetensors"
    write_embedding(file, EmbeddingFile("<dicoo>", values, {"base_hash": "abc", "step": "9"}))
    assert np.array_equal(_loaded(tiny_base, file, tokens), values)


@pytest.mark.parametrize("write", [kohya_safetensors, lambda rows: automatic1111_pt("x", rows)])
def test_what_came_from_another_program_is_loaded_by_diffusers_too(
    tiny_base: Path, tmp_path: Path, write: Callable[[torch.Tensor], bytes]
) -> None:
    rows = torch.arange(2.0 * TINY_HIDDEN).reshape(2, TINY_HIDDEN)
    (tmp_path / "theirs").write_bytes(write(rows))
    found = read_any_embedding(tmp_path / "theirs")
    file = tmp_path / "learned_embeds.safetensors"
    write_embedding(file, EmbeddingFile("<dicoo>", found.rows, found.metadata))
    assert np.array_equal(_loaded(tiny_base, file, ["<dicoo>", "<dicoo>_1"]), rows.numpy())
