"""Pickles from strangers: nothing that is in them ever runs."""

import io
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.torch_version import TorchVersion

from cluster.embedding_formats import read_any_embedding
from cluster.errors import EmbeddingFileError
from tests.embedding_files import automatic1111_pt, diffusers_bin, early_pt, saved

TWO_ROWS = torch.arange(6, dtype=torch.float32).reshape(2, 3)


class Evil:
    """Makes a file when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.system, (f"touch {self._trace}",)


def _archive(parts: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _with_pickle(data: bytes, content: bytes) -> bytes:
    """The same file of torch.save with another pickle in it."""
    parts = _parts(data)
    return _archive({k: content if k.endswith("data.pkl") else v for k, v in parts.items()})


HIDEOUTS: dict[str, Callable[[Evil], bytes]] = {
    "the whole file": saved,
    "beside the rows": lambda evil: saved({"<x>": TWO_ROWS, "y": evil}),
    "instead of the step": lambda evil: saved({"string_to_param": {"*": TWO_ROWS}, "step": evil}),
    "as a name": lambda evil: saved({evil: TWO_ROWS}),
    "a newer protocol": lambda evil: saved({"<x>": evil}, protocol=4),
    "an early file": lambda evil: saved(
        {"string_to_param": torch.nn.ParameterDict({"*": torch.nn.Parameter(TWO_ROWS)}), "x": evil}
    ),
    "a bare pickle": lambda evil: pickle.dumps({"<x>": evil}, protocol=2),
    "a bare pickle of today": pickle.dumps,
    "an old bare pickle": lambda evil: pickle.dumps(evil, protocol=0),
    "what torch wrote before archives": lambda evil: _old_format({"<x>": evil}),
    "a damaged file": lambda evil: _with_pickle(diffusers_bin("<x>", TWO_ROWS), _torn(evil)),
    "a second pickle": lambda evil: _archive(
        {**_parts(diffusers_bin("<x>", TWO_ROWS)), "evil/data.pkl": pickle.dumps(evil, protocol=2)}
    ),
}


def _old_format(content: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer, _use_new_zipfile_serialization=False)
    return buffer.getvalue()


def _torn(evil: Evil) -> bytes:
    """A pickle that ends before it should, but after what it would run."""
    return pickle.dumps({"x": evil, "y": 1}, protocol=2)[:-4]


@pytest.mark.parametrize("hideout", HIDEOUTS)
@pytest.mark.parametrize("ending", ["pt", "safetensors"])
def test_code_in_a_file_is_refused_and_leaves_no_trace(
    tmp_path: Path, hideout: str, ending: str
) -> None:
    trace = tmp_path / "trace"
    path = tmp_path / f"evil.{ending}"
    path.write_bytes(HIDEOUTS[hideout](Evil(trace)))
    with pytest.raises(EmbeddingFileError):
        read_any_embedding(path)
    assert not trace.exists()


def test_the_trace_would_be_there_had_the_code_run(tmp_path: Path) -> None:
    data = HIDEOUTS["beside the rows"](Evil(tmp_path / "trace"))
    torch.load(io.BytesIO(data), weights_only=False)
    assert (tmp_path / "trace").exists()


@pytest.mark.parametrize(
    ("hideout", "why"),
    [
        ("beside the rows", "code in it that would call posix.system"),
        ("an early file", "code in it that would call posix.system"),
        ("a bare pickle", "code in it that would call posix.system"),
        ("a newer protocol", "does more than hold tensors"),
    ],
)
def test_the_reason_names_what_was_found(tmp_path: Path, hideout: str, why: str) -> None:
    path = tmp_path / "evil.pt"
    path.write_bytes(HIDEOUTS[hideout](Evil(tmp_path / "trace")))
    with pytest.raises(EmbeddingFileError, match=why) as caught:
        read_any_embedding(path)
    assert caught.value.code == "unsafe_embedding"
    assert "Nothing of it has run" in caught.value.hint


def test_names_that_torch_would_allow_but_no_embedding_needs_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(saved({"<x>": bytearray(b"x")}))
    assert torch.load(path, weights_only=True) == {"<x>": bytearray(b"x")}
    with pytest.raises(EmbeddingFileError, match="would call") as caught:
        read_any_embedding(path)
    assert caught.value.code == "unsafe_embedding"


def test_a_name_with_control_characters_is_shown_without_them(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    evil = b"\x80\x02cos\n\x1b[31m" + b"a" * 999 + b"\n."
    path.write_bytes(_with_pickle(diffusers_bin("<x>", TWO_ROWS), evil))
    with pytest.raises(EmbeddingFileError, match="would call") as caught:
        read_any_embedding(path)
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 160


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (_old_format({"<x>": TWO_ROWS}), "bare pickle"),
        (saved(torch.nn.Linear(3, 2).state_dict()), "else than a plain dictionary"),
        (_archive({"a/b": b""}), "not one that torch.save wrote"),
        (_archive({"x": bytes(5 * 2**20)}, zipfile.ZIP_DEFLATED), "unpacks to more"),
        (
            _archive({**_parts(diffusers_bin("<x>", TWO_ROWS)), "b/version": b"3"}),
            "holds version twice",
        ),
        (_with_pickle(diffusers_bin("<x>", TWO_ROWS), b"\x80\x02}."), "holds 0 embeddings"),
        (_with_pickle(diffusers_bin("<x>", TWO_ROWS), b"\x80\x02h\x09."), "cannot be read"),
        (_with_pickle(diffusers_bin("<x>", TWO_ROWS), b"no pickle"), "damaged pickle"),
    ],
)
def test_archives_that_are_none_of_torch_are_refused(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / "x.pt").write_bytes(data)
    with pytest.raises(EmbeddingFileError, match=why):
        read_any_embedding(tmp_path / "x.pt")


def test_rows_that_the_file_has_no_numbers_for_are_refused(tmp_path: Path) -> None:
    parts = _parts(diffusers_bin("<x>", TWO_ROWS))
    torn = {k: v[:4] if "/data/" in k else v for k, v in parts.items()}
    (tmp_path / "x.pt").write_bytes(_archive(torn))
    with pytest.raises(EmbeddingFileError, match="cannot be read"):
        read_any_embedding(tmp_path / "x.pt")


def test_a_torch_whose_safe_reading_is_not_safe_reads_no_pickle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(diffusers_bin("<x>", TWO_ROWS))
    monkeypatch.setattr(torch, "__version__", TorchVersion("2.9.1+cpu"))
    with pytest.raises(EmbeddingFileError, match=r"PyTorch 2\.9\.1\+cpu does not read"):
        read_any_embedding(path)
    monkeypatch.setattr(torch, "__version__", TorchVersion("2.10.0"))
    assert read_any_embedding(path).rows.tolist() == TWO_ROWS.tolist()


WHOLE = [diffusers_bin("<x>", TWO_ROWS), automatic1111_pt("x", TWO_ROWS), early_pt(TWO_ROWS)]
PICKLES = [next(v for k, v in _parts(w).items() if k.endswith("data.pkl")) for w in WHOLE]


@given(st.data())
def test_a_pickle_with_any_bytes_changed_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    which = data.draw(st.integers(0, len(WHOLE) - 1))
    content = bytearray(PICKLES[which])
    for place, value in data.draw(
        st.lists(
            st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)),
            min_size=1,
            max_size=3,
        )
    ):
        content[place] = value
    path = tmp_path_factory.getbasetemp() / "changed.pt"
    path.write_bytes(_with_pickle(WHOLE[which], bytes(content)))
    try:
        found = read_any_embedding(path)
    except EmbeddingFileError:
        return
    assert found.rows.ndim == 2
