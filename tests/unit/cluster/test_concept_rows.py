from pathlib import Path

import pytest
import torch
from transformers import CLIPTextModel, CLIPTokenizer

from cluster.concept_rows import Concept, RowsBesideTable, add_concept
from cluster.errors import TrainingError
from cluster.spec import TrainSpec
from tests.tiny_base import TINY_HIDDEN, make_tiny_base


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_base(tmp_path_factory.mktemp("base"))


def _concept(base: Path, **changes: object) -> Concept:
    values: dict[str, object] = {
        "job_id": "j",
        "token": "<dicoo>",
        "initializer": "toy",
        "base": str(base),
        "base_hash": "h",
        "resolution": 64,
    }
    tokenizer = CLIPTokenizer.from_pretrained(base / "tokenizer")
    encoder = CLIPTextModel.from_pretrained(base / "text_encoder")
    return add_concept(tokenizer, encoder, TrainSpec.model_validate(values | changes))


def test_rows_start_where_the_initializer_is(base: Path) -> None:
    concept = _concept(base)
    with torch.no_grad():
        learned = concept.encode(concept.ids([f"a photo of a {concept.name}"]))
        plain = concept.encode(concept.ids(["a photo of a toy"]))
    assert torch.equal(learned, plain)


def test_only_the_rows_learn(base: Path) -> None:
    concept = _concept(base)
    concept.encode(concept.ids([f"a {concept.name} at the beach"])).square().sum().backward()
    with_gradient = [p for p in concept.encoder.parameters() if p.requires_grad]
    assert [p.shape for p in with_gradient] == [(1, TINY_HIDDEN)]
    assert concept.rows.grad is not None
    assert concept.rows.grad.abs().sum() > 0


def test_a_sentence_that_recurs_is_encoded_once(base: Path) -> None:
    concept = _concept(base)
    one, other = concept.ids([f"a {concept.name}", f"a photo of a {concept.name} on a shelf"])
    with torch.no_grad():
        apart = torch.cat([concept.encode(ids[None]) for ids in (other, one, other, other)])
        encoded: list[int] = []
        concept.encoder.register_forward_pre_hook(lambda _, given: encoded.append(len(given[0])))
        together = concept.encode(torch.stack([other, one, other, other]))
    torch.testing.assert_close(together, apart)
    assert encoded == [2]


def test_the_gradient_is_that_of_a_whole_table(base: Path) -> None:
    concept = _concept(base)
    ids = concept.ids([f"a {concept.name} in the {concept.name}"])
    concept.encode(ids).square().sum().backward()
    reference = CLIPTextModel.from_pretrained(base / "text_encoder")
    number = reference.get_input_embeddings().num_embeddings
    start = concept.tokenizer("toy", add_special_tokens=False).input_ids[0]
    reference.resize_token_embeddings(number + 1, mean_resizing=False)
    table = reference.get_input_embeddings().weight
    with torch.no_grad():
        table[number] = table[start]
    reference(ids).last_hidden_state.square().sum().backward()
    assert table.grad is not None
    assert concept.rows.grad is not None
    assert torch.allclose(table.grad[number], concept.rows.grad[0], rtol=1e-4, atol=1e-6)


def test_several_vectors_are_several_tokens(base: Path) -> None:
    concept = _concept(base, vectors=3)
    assert concept.rows.shape == (3, TINY_HIDDEN)
    ids = concept.ids([f"a {concept.name}"])
    assert isinstance(concept.encoder.get_input_embeddings(), RowsBesideTable)
    size = concept.encoder.get_input_embeddings().weight.shape[0]
    assert sorted(i - size for i in ids[0].tolist() if i >= size) == [0, 1, 2]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"initializer": "nosuchword"}, "bad_initializer"),
        ({"token": "<|endoftext|>"}, "token_taken"),
    ],
)
def test_what_cannot_be_learned_is_refused(
    base: Path, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(TrainingError) as caught:
        _concept(base, **changes)
    assert caught.value.code == code
