"""Embeddings as other programs write them."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from safetensors.numpy import save

from cluster.embedding_file import EmbeddingFile, read_embedding, write_embedding
from cluster.embedding_formats import (
    EmbeddingFormat,
    FoundEmbedding,
    read_any_embedding,
    recognise,
    token_of,
)
from cluster.errors import EmbeddingFileError
from tests.embedding_files import (
    A_STEP,
    automatic1111_pt,
    diffusers_bin,
    diffusers_safetensors,
    early_pt,
    kohya_pt,
    kohya_safetensors,
    saved,
)

KINDS = [torch.float32, torch.float16, torch.bfloat16, torch.float64]
TWO_ROWS = torch.arange(6, dtype=torch.float32).reshape(2, 3)

numbers = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 4), st.integers(1, 8)),
    elements=st.floats(-100, 100, width=16),
)
WRITERS: dict[str, tuple[EmbeddingFormat, Callable[[torch.Tensor], bytes]]] = {
    "diffusers .safetensors": (
        EmbeddingFormat.DIFFUSERS,
        lambda rows: diffusers_safetensors("<dicoo>", rows, {}),
    ),
    "diffusers .bin": (EmbeddingFormat.DIFFUSERS, lambda rows: diffusers_bin("<dicoo>", rows)),
    "AUTOMATIC1111 .pt": (
        EmbeddingFormat.AUTOMATIC1111,
        lambda rows: automatic1111_pt("dicoo", rows),
    ),
    "kohya .safetensors": (EmbeddingFormat.KOHYA, kohya_safetensors),
    "kohya .pt": (EmbeddingFormat.KOHYA, kohya_pt),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where files are written again and again."""
    return tmp_path_factory.mktemp("embeddings")


def _read(folder: Path, data: bytes, name: str = "file.pt") -> FoundEmbedding:
    (folder / name).write_bytes(data)
    return read_any_embedding(folder / name)


@pytest.mark.parametrize("writer", WRITERS)
@given(values=numbers, kind=st.sampled_from(KINDS))
def test_every_format_gives_back_the_rows_that_went_in(
    folder: Path, writer: str, values: np.ndarray, kind: torch.dtype
) -> None:
    format_, write = WRITERS[writer]
    rows = torch.from_numpy(values).to(kind)
    found = _read(folder, write(rows))
    assert found.format is format_
    assert found.rows.dtype == np.float32
    assert found.rows.tobytes() == rows.float().numpy().tobytes()
    # And on, through the one format that is kept.
    write_embedding(folder / "kept.safetensors", EmbeddingFile("<dicoo>", found.rows))
    assert read_embedding(folder / "kept.safetensors").rows.tobytes() == found.rows.tobytes()


@pytest.mark.parametrize("writer", ["diffusers .safetensors", "diffusers .bin"])
def test_one_flat_row_is_a_row(folder: Path, writer: str) -> None:
    found = _read(folder, WRITERS[writer][1](torch.tensor([1.0, 2.0, 3.0])))
    assert found.rows.tolist() == [[1.0, 2.0, 3.0]]


def test_the_content_counts_and_not_the_ending(folder: Path) -> None:
    data = diffusers_safetensors("<dicoo>", TWO_ROWS, {})
    for name in ("x.pt", "x.bin", "x", "x.safetensors.part"):
        assert _read(folder, data, name).name == "<dicoo>"
    assert _read(folder, kohya_pt(TWO_ROWS), "x.safetensors").format is EmbeddingFormat.KOHYA


def test_a_header_of_any_length_is_read(folder: Path) -> None:
    # A safetensors file begins with that length: 128 is also how a pickle begins.
    for length in range(256):
        data = diffusers_safetensors("<dicoo>", TWO_ROWS, {"note": "x" * length})
        assert _read(folder, data).rows.shape == (2, 3)


def test_what_a_file_says_of_itself_is_kept(folder: Path) -> None:
    told = {"base_hash": "abc", "step": "40", "pages": "x" * 9999}
    assert _read(folder, diffusers_safetensors("<x>", TWO_ROWS, told)).metadata == {
        "base_hash": "abc",
        "step": "40",
    }
    found = _read(folder, automatic1111_pt("bad \ud800 name", TWO_ROWS))
    assert found.metadata == {
        "name": "bad ? name",
        "sd_checkpoint": "7ab762a7",
        "step": str(A_STEP),
    }
    many = {f"ss_{n}": "x" for n in range(99)}
    assert len(_read(folder, diffusers_safetensors("<x>", TWO_ROWS, many)).metadata) == 32


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is not a safetensors file"),
        (b"hello, I am a text file", "is not a safetensors file"),
        (save({"<x>": np.ones((2, 3), np.int64)}), "numbers of type I64"),
        (save({"<x>": np.full((1, 3), np.nan, np.float32)}), "not finite"),
        (save({"<x>": np.full((1, 3), 1e300)}), "not finite"),
        (save({"emb_params": np.ones((65, 3), np.float32)}), "has 65 rows"),
        (save({"emb_params": np.ones((0, 3), np.float32)}), r"shape \[0, 3\]"),
        (save({"<x>": np.ones((1, 2, 3), np.float32)}), r"shape \[1, 2, 3\]"),
        (save({"<x>": np.float32(1)}), r"shape \[\]"),
        (save({}), "holds 0 embeddings"),
        (
            save({name: np.ones((1, 3), np.float32) for name in ("<x>", "<y>")}),
            "holds 2 embeddings",
        ),
        (
            save({name: np.ones((1, 3), np.float32) for name in ("clip_l", "clip_g")}),
            "other text encoders .clip_g, clip_l., such as Stable Diffusion XL",
        ),
        (save({"t5xxl": np.ones((1, 3), np.float32)}), "other text encoders"),
        (saved(torch.ones(2, 3)), "holds no named tensors"),
        (saved({}), "holds 0 embeddings"),
        (saved({"<x>": TWO_ROWS.long()}), "holds 0 embeddings"),
        (saved({"<x>": TWO_ROWS, "lr": 0.1}), "holds 1 embeddings instead of one"),
        (saved({"<x>": TWO_ROWS * torch.inf}), "not finite"),
        (saved({"<x>": torch.ones(1, 1).expand(2**20, 768)}), "holds 0 embeddings"),
        (saved({"string_to_param": {"*": TWO_ROWS, "+": TWO_ROWS}}), "does not hold one"),
        (saved({"string_to_param": {}}), "does not hold one"),
        (saved({"string_to_param": TWO_ROWS}), "does not hold one"),
        (early_pt(TWO_ROWS), "early textual-inversion script"),
    ],
)
def test_what_is_no_embedding_is_refused_with_the_reason(
    folder: Path, data: bytes, why: str
) -> None:
    with pytest.raises(EmbeddingFileError, match=why) as caught:
        _read(folder, data)
    assert caught.value.code == "bad_embedding"
    assert caught.value.hint


def test_a_file_that_is_not_there_or_too_large_is_refused(folder: Path) -> None:
    for path in (folder / "none.pt", folder):
        with pytest.raises(EmbeddingFileError, match="is not there"):
            read_any_embedding(path)
    with pytest.raises(EmbeddingFileError, match="is too large"):
        _read(folder, bytes(4 * 1024 * 1024 + 1))


@pytest.mark.parametrize("writer", WRITERS)
def test_a_file_cut_off_anywhere_is_refused(folder: Path, writer: str) -> None:
    whole = WRITERS[writer][1](TWO_ROWS)
    assert _read(folder, whole).rows.shape == (2, 3)
    for length in range(len(whole)):
        with pytest.raises(EmbeddingFileError):
            _read(folder, whole[:length])


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(folder: Path, data: bytes) -> None:
    for head in (b"", b"PK\x03\x04", b"\x80\x02", struct.pack("<Q", len(data))):
        with pytest.raises(EmbeddingFileError):
            _read(folder, head + data)


keys = st.sampled_from(["string_to_param", "emb_params", "clip_l", "name", "step", "*", "<x>"])
leaves = st.sampled_from([None, 7, "text", np.ones((1, 3), np.float32)])
values = leaves | st.dictionaries(keys, leaves, max_size=2)


@given(st.dictionaries(keys, values, max_size=4))
def test_whatever_is_named_however_is_recognised_or_refused(content: dict[str, object]) -> None:
    try:
        found = recognise("x.pt", content, {})
    except EmbeddingFileError:
        return
    assert found.rows.shape == (1, 3)


@pytest.mark.parametrize(
    ("format_", "name", "stem", "token"),
    [
        (EmbeddingFormat.DIFFUSERS, "<Cat-Toy>", "learned_embeds", "<cat-toy>"),
        (EmbeddingFormat.DIFFUSERS, "<4>", "learned_embeds", "<4>"),
        (EmbeddingFormat.DIFFUSERS, "midjourney style", "x", "<midjourney-style>"),
        (EmbeddingFormat.DIFFUSERS, "*", "My Cät", "<my-cat>"),
        # AUTOMATIC1111 itself goes by the name of the file.
        (EmbeddingFormat.AUTOMATIC1111, "_EmbeddingMerge_temp", "EyeDetail", "<eyedetail>"),
        (EmbeddingFormat.AUTOMATIC1111, "bad-artist-2", "123", "<bad-artist-2>"),
        (EmbeddingFormat.KOHYA, "", "EasyNegative", "<easynegative>"),
        (EmbeddingFormat.KOHYA, "", "粉红-100000", None),
    ],
)
def test_a_token_comes_from_the_name_that_people_know(
    format_: EmbeddingFormat, name: str, stem: str, token: str | None
) -> None:
    found = FoundEmbedding(format_, name, np.ones((1, 3), np.float32))
    assert token_of(found, stem) == token
