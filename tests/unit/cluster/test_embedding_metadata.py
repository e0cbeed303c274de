"""What a learned concept's file says of its learning."""

from pathlib import Path

import numpy as np

from cluster.embedding_file import EmbeddingFile, read_embedding, write_embedding
from cluster.embedding_metadata import metadata_of
from cluster.run_dir import Scores
from cluster.spec import TrainSpec

SPEC = TrainSpec(
    job_id="j", token="<x>", initializer="toy", base="/b", base_hash="abc", resolution=64
)


def test_the_file_says_what_it_was_learned_from_and_how_well(tmp_path: Path) -> None:
    told = metadata_of(SPEC, 40, 0.0625, 0.05, Scores(editability=0.75))
    assert told == {
        "token": "<x>",
        "initializer": "toy",
        "base_hash": "abc",
        "spec_hash": SPEC.hash,
        "step": "40",
        "initial_eval_loss": "0.0625",
        "best_eval_loss": "0.05",
        "improvement": "0.2",
        "editability": "0.75",
    }
    path = tmp_path / "learned_embeds.safetensors"
    write_embedding(path, EmbeddingFile("<x>", np.ones((1, 4), np.float32), told))
    assert read_embedding(path).metadata == told


def test_a_share_of_nothing_is_left_out() -> None:
    assert "improvement" not in metadata_of(SPEC, 0, 0.0, 0.0, Scores())
