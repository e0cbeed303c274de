"""What is told of a CPU, and the precision that is taken for it."""

from pathlib import Path

import pytest
import torch

from cluster import cpu
from cluster.cpu import bf16_flags, int8_flags
from cluster.model import settle
from cluster.spec import Precision

_PLAIN = "fpu avx2 avx512f avx512bw avx512dq avx512vl avx512_vnni"


@pytest.mark.parametrize(
    ("flags", "found", "precision"),
    [
        (_PLAIN, (), Precision.FP32),
        (f"{_PLAIN} avx512_bf16", ("avx512_bf16",), Precision.BF16),
        (f"{_PLAIN} avx512_bf16 amx_bf16", ("avx512_bf16", "amx_bf16"), Precision.BF16),
        (None, (), Precision.FP32),
    ],
)
def test_bf16_is_taken_where_the_cpu_says_that_it_has_it(
    flags: str | None,
    found: tuple[str, ...],
    precision: Precision,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "cpuinfo"
    if flags is not None:
        file.write_text(f"model name\t: Xeon\nflags\t\t: {flags}\nbugs\t\t: amx_bf16\n")
    monkeypatch.setattr(cpu, "_CPUINFO", file)
    assert bf16_flags() == found
    assert settle(Precision.AUTO) is precision
    assert settle(Precision.BF16) is Precision.BF16


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        ("fpu avx2", ()),
        ("fpu avx2 avx_vnni", ("avx_vnni",)),
        (f"{_PLAIN} amx_int8", ("avx512_vnni", "amx_int8")),
    ],
)
def test_products_of_bytes_are_told_by_the_cpus_flags(
    flags: str, found: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(f"flags\t\t: {flags}\nbugs\t\t: amx_int8\n")
    monkeypatch.setattr(cpu, "_CPUINFO", file)
    assert int8_flags() == found


def test_a_cpu_that_would_emulate_it_computes_in_fp32(monkeypatch: pytest.MonkeyPatch) -> None:
    """As oneDNN says of every AVX-512."""
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: True)
    monkeypatch.setattr("cluster.model.bf16_flags", lambda: ())
    assert settle(Precision.AUTO) is Precision.FP32
