"""Compiles the U-Net into C++ kernels of its own (torch.compile with inductor)."""

import hashlib
import os
import shutil
import sysconfig
from pathlib import Path

from torch import nn

from cluster.command import CACHE_VARIABLE
from cluster.errors import TrainingError


def compile_in_place(unet: nn.Module) -> None:
    """Let `unet` be compiled when it is first called, and anew for calls of another kind.

    `unet.forward` stays what it was. Kernels are kept between runs, apart for each kind of CPU:
    they are made for the one they are compiled on, and hosts may share a folder.

    Raises:
        TrainingError: there is nothing here to compile with.
    """
    compiler = os.environ.get("CXX", "g++")
    if shutil.which(compiler) is None:
        raise _no_compiler(f"there is no {compiler} here")
    if not (Path(sysconfig.get_path("include")) / "Python.h").is_file():
        raise _no_compiler("Python's header files are not here")
    if folder := os.environ.get(CACHE_VARIABLE):
        os.environ[CACHE_VARIABLE] = str(Path(folder) / _kind_of_cpu())
    unet.compile()


def _kind_of_cpu() -> str:
    """A name for all CPUs that run the same instructions."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    told = sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))})
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


def _no_compiler(why: str) -> TrainingError:
    return TrainingError(
        "no_compiler",
        f"The U-Net cannot be compiled: {why}.",
        "Install g++ and python3-dev on every host, or set FIGMENT_COMPILE_UNET=false.",
    )
