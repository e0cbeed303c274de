"""What the CPU of this machine computes in hardware."""

from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
_BF16 = ("avx512_bf16", "amx_bf16")
_INT8 = ("avx_vnni", "avx512_vnni", "amx_int8")


def bf16_flags() -> tuple[str, ...]:
    """Those of the CPU's flags that stand for bf16; none where it is emulated.

    oneDNN's own answer is no help: it says yes to every AVX-512, and emulates.
    """
    return _those_of(_BF16)


def int8_flags() -> tuple[str, ...]:
    """Those of the CPU's flags that stand for dot products of bytes."""
    return _those_of(_INT8)


def _those_of(flags: tuple[str, ...]) -> tuple[str, ...]:
    try:
        text = _CPUINFO.read_text()
    except OSError:
        return ()
    words = set(text.partition("flags")[2].partition("\n")[0].split())
    return tuple(flag for flag in flags if flag in words)
