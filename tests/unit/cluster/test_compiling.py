"""A compiled U-Net learns as the plain one does, and is compiled once."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from cluster.command import CACHE_VARIABLE
from cluster.compiling import compile_in_place
from cluster.errors import TrainingError
from cluster.rank import Rank
from cluster.rank_trouble import in_words
from tests.cluster_ground import Ground
from tests.compiled_gradient import gradient
from tests.toy_pictures import write_toy_pictures

_ROOT = Path(__file__).parents[3]


def _compiled(run: Path, cache: Path) -> dict[str, Any]:
    """What another process says of a run's gradient."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.compiled_gradient", str(run)],
        cwd=_ROOT,
        env=os.environ | {CACHE_VARIABLE: str(cache), "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


@pytest.mark.slow
def test_a_compiled_unet_teaches_the_same_and_is_found_again(
    tiny_base: Path, tmp_path: Path
) -> None:
    ground = Ground(tiny_base, write_toy_pictures(tmp_path / "pictures", 2))
    plain = gradient(ground.run(tmp_path / "plain", precision="fp32"))
    run = ground.run(tmp_path / "run", precision="fp32", compile_unet=True)
    first = _compiled(run.path, tmp_path / "compiled")
    assert (first["made"] > 0, first["found"]) == (True, 0)
    [kind_of_cpu] = (tmp_path / "compiled").iterdir()
    assert list(kind_of_cpu.rglob("*.so"))
    second = _compiled(run.path, tmp_path / "compiled")
    assert (second["made"], second["found"]) == (0, first["made"])
    for told in (first, second):
        # Sums in another order; seen: 3e-6 of the largest.
        torch.testing.assert_close(
            torch.tensor(told["gradient"]), plain, rtol=1e-3, atol=1e-4 * float(plain.abs().max())
        )


def test_without_a_compiler_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    with pytest.raises(TrainingError, match="no no-such-compiler here") as caught:
        compile_in_place(nn.Linear(1, 1))
    assert caught.value.code == "no_compiler"
    assert "FIGMENT_COMPILE_UNET" in caught.value.hint


def test_without_pythons_headers_it_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CXX", sys.executable)
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    with pytest.raises(TrainingError, match="header files") as caught:
        compile_in_place(nn.Linear(1, 1))
    assert caught.value.code == "no_compiler"


# torch's own way to inductor goes past a decorator that it calls outdated.
@pytest.mark.filterwarnings("ignore:.*torch.jit.script_method:DeprecationWarning")
def test_what_the_compiler_says_is_not_taken_for_a_lost_peer() -> None:
    from torch._inductor.exc import CppCompileError

    error = CppCompileError(["g++"], "error: 'store' was not declared: socket timed out")
    told = in_words(error, Rank(number=0, size=2, local=0, threads=1, host="xeon-1"))
    assert told.code == "not_compiled"
    assert "xeon-1" in told.message
