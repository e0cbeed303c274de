"""What an embedding has to fit, and the token table that says so."""

import json
import shutil
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file
from safetensors.torch import save_file as save_torch_file

from cluster.embedding_checks import UNUSUAL_NORM, check_against_table
from cluster.errors import BaseModelError, EmbeddingFileError, TrainingError
from cluster.meaning import ABSURD_NORM, check_meaning
from cluster.token_table import TokenTable, read_token_table
from cluster.vocabulary import Vocabulary
from tests.paper_base import PAPER_HIDDEN, PAPER_NORM
from tests.tiny_base import TINY_HIDDEN

TABLE = TokenTable(hidden=4, usual_norm=0.5)
NAME = "text_model.embeddings.token_embedding.weight"


def _rows(*norms: float) -> np.ndarray:
    """Rows of these lengths."""
    return np.array([[norm / 2] * 4 for norm in norms], np.float32)


@given(st.lists(st.floats(0.1, UNUSUAL_NORM - 0.1), min_size=1, max_size=4))
def test_rows_of_usual_length_pass_without_a_word(shares: list[float]) -> None:
    assert check_against_table("x.pt", _rows(*(0.501 * share for share in shares)), TABLE) == ()


@given(st.floats(UNUSUAL_NORM + 0.1, ABSURD_NORM - 0.1))
def test_long_rows_are_remarked_upon(share: float) -> None:
    [said] = check_against_table("x.pt", _rows(0.5, 0.5 * share), TABLE)
    assert (said.case, said.facts) == ("long", {"times": f"{share:.0f}"})


def test_a_row_of_nearly_nothing_is_remarked_upon() -> None:
    [said] = check_against_table("x.pt", _rows(0.5, 0.01), TABLE)
    assert (said.case, said.facts) == ("short", {"share": "2%"})


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (_rows(0.5, 0.5 * ABSURD_NORM + 1), "has a row 152 times as long"),
        (_rows(1e30), "times as long"),
        (_rows(0, 0), "nothing but zeros"),
        (np.ones((1, 3), np.float32), "rows of 3 numbers, and this base model's have 4"),
        (np.ones((2, 768), np.float32), "rows of 768 numbers"),
    ],
)
def test_rows_that_cannot_mean_anything_are_refused(rows: np.ndarray, why: str) -> None:
    with pytest.raises(EmbeddingFileError, match=why) as caught:
        check_against_table("x.pt", rows, TABLE)
    assert caught.value.message.startswith("x.pt ")
    assert caught.value.hint


def test_the_table_of_a_base_is_measured(paper_base: Path) -> None:
    table = read_token_table(paper_base)
    assert table.hidden == PAPER_HIDDEN
    assert table.usual_norm == pytest.approx(PAPER_NORM, rel=1e-5)


@pytest.mark.slow
def test_the_table_of_a_base_that_transformers_wrote_is_found(tiny_base: Path) -> None:
    from transformers import CLIPTextModel

    encoder = CLIPTextModel.from_pretrained(tiny_base / "text_encoder")
    weight = encoder.get_input_embeddings().weight.detach()
    table = read_token_table(tiny_base)
    assert table.hidden == TINY_HIDDEN
    assert table.usual_norm == pytest.approx(float(weight.norm(dim=1).median()), rel=1e-2)


@pytest.fixture
def copied_base(paper_base: Path, tmp_path: Path) -> Path:
    """A base model that may be changed."""
    return Path(shutil.copytree(paper_base, tmp_path / "base"))


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float32])
def test_a_table_of_any_precision_and_size_is_measured(
    copied_base: Path, kind: torch.dtype
) -> None:
    weight = torch.ones(5000, PAPER_HIDDEN)
    weight[:1500] = 100
    save_torch_file({NAME: weight.to(kind)}, copied_base / "text_encoder" / "model.safetensors")
    assert read_token_table(copied_base).usual_norm == pytest.approx(PAPER_HIDDEN**0.5)


@pytest.mark.parametrize(
    "tensors",
    [
        {"nothing": np.zeros(1, np.float32)},
        {NAME: np.zeros((3, PAPER_HIDDEN + 1), np.float32)},
        {NAME: np.zeros((0, PAPER_HIDDEN), np.float32)},
        {NAME: np.zeros(PAPER_HIDDEN, np.float32)},
    ],
)
def test_a_base_without_such_a_table_is_an_error(
    copied_base: Path, tensors: dict[str, np.ndarray]
) -> None:
    save_file(tensors, copied_base / "text_encoder" / "model.safetensors")
    with pytest.raises(BaseModelError, match="token table"):
        read_token_table(copied_base)


def test_a_torn_base_is_an_error(copied_base: Path) -> None:
    (copied_base / "text_encoder" / "model.safetensors").write_bytes(b"torn")
    with pytest.raises(BaseModelError, match="token table"):
        read_token_table(copied_base)


def test_tokens_that_were_added_to_a_base_are_known(copied_base: Path) -> None:
    assert not Vocabulary.load(copied_base).has_token("<dicoo>")
    tokenizer = copied_base / "tokenizer"
    (tokenizer / "added_tokens.json").write_text(json.dumps({"<dicoo>": 99}))
    (tokenizer / "tokenizer.json").write_text(json.dumps({"added_tokens": [{"content": "<zig>"}]}))
    known = Vocabulary.load(copied_base)
    assert [known.has_token(one) for one in ("<dicoo>", "<zig>", "toy", "t", "<zag>")] == [
        True, True, True, True, False,
    ]  # fmt: skip
    assert known.single_token("<dicoo>") is None


@pytest.mark.parametrize("share", [0.99, 1.01])
def test_what_training_would_not_give_up_is_taken_from_elsewhere_too(share: float) -> None:
    norm = share * ABSURD_NORM
    given_up = pytest.raises(TrainingError) if share > 1 else nullcontext()
    refused = pytest.raises(EmbeddingFileError) if share > 1 else nullcontext()
    with given_up:
        check_meaning(1, 0.1, norm)
    with refused:
        check_against_table("x.pt", _rows(TABLE.usual_norm * norm), TABLE)
