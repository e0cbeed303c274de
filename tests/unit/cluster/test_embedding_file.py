"""A learned concept as a file."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from safetensors.numpy import load_file, save_file

from cluster.embedding_file import EmbeddingFile, read_embedding, write_embedding
from cluster.errors import EmbeddingFileError

rows = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 4), st.integers(1, 8)),
    elements=st.floats(-10, 10, width=32),
)


@given(rows)
def test_rows_come_back_bit_by_bit(
    tmp_path_factory: pytest.TempPathFactory, values: np.ndarray
) -> None:
    path = tmp_path_factory.mktemp("e") / "learned_embeds.safetensors"
    write_embedding(path, EmbeddingFile("<dicoo>", values, {"steps": "9"}))
    again = read_embedding(path)
    assert (again.token, again.metadata) == ("<dicoo>", {"steps": "9"})
    assert again.rows.dtype == np.float32
    assert again.rows.tobytes() == values.tobytes()
    assert list(load_file(path)) == ["<dicoo>"]


def test_one_flat_row_of_half_precision_is_read_too(tmp_path: Path) -> None:
    save_file({"<X>": np.array([1, 2, 3], np.float16)}, tmp_path / "x.safetensors")
    read = read_embedding(tmp_path / "x.safetensors")
    assert read.token == "<x>"
    assert read.rows.tolist() == [[1.0, 2.0, 3.0]]
    assert read.rows.dtype == np.float32


@pytest.mark.parametrize(
    ("tensors", "why"),
    [
        ({"<a>": np.ones((1, 2)), "<b>": np.ones((1, 2))}, "holds 2 tensors"),
        ({"<a>": np.ones((65, 2))}, "has 65 rows, and a concept at most 64"),
        ({"<a>": np.ones((1, 0))}, "shape"),
        ({"no token": np.ones((1, 2))}, "which is no token"),
        ({"<a>": np.ones((1, 2, 2))}, "shape"),
        ({"<a>": np.array([[1.0, np.nan]])}, "not finite"),
        ({"<a>": np.array([[1.0, np.inf]])}, "not finite"),
    ],
)
def test_what_no_concept_can_be_is_refused(
    tmp_path: Path, tensors: dict[str, np.ndarray], why: str
) -> None:
    path = tmp_path / "x.safetensors"
    save_file({name: value.astype(np.float32) for name, value in tensors.items()}, path)
    with pytest.raises(EmbeddingFileError, match=why):
        read_embedding(path)


def test_what_is_no_such_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    with pytest.raises(EmbeddingFileError, match="is not there"):
        read_embedding(path)
    for content in (b"", b"pickled", b"\xff" * 64):
        path.write_bytes(content)
        with pytest.raises(EmbeddingFileError, match="is not a safetensors file"):
            read_embedding(path)
    path.write_bytes(bytes(5 * 1024 * 1024))
    with pytest.raises(EmbeddingFileError, match="too large"):
        read_embedding(path)
