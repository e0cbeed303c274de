"""What the CPU of this machine computes in hardware."""

from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
_BF16 = ("avx512_bf16", "amx_bf16")


def bf16_flags() -> tuple[str, ...]:
    """Those of the CPU's flags that stand for bf16; none where it is emulated.

    oneDNN's own answer is no help: it says yes to every AVX-512, and emulates.
    """
    try:
        text = _CPUINFO.read_text()
    except OSError:
        return ()
    words = set(text.partition("flags")[2].partition("\n")[0].split())
    return tuple(flag for flag in _BF16 if flag in words)
