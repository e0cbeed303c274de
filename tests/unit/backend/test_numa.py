"""Which CPUs a worker is kept on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.errors import BackendError, ErrorCode
from backend.numa import cpus_of_node, parse_cpus, read_nodes, usable_nodes

TWO_SOCKETS = {0: "0-2,6-8\n", 1: "3-5,9-11\n"}
"""As Linux numbers 2 sockets of 3 cores with 2 threads each."""


@pytest.mark.parametrize(
    ("text", "cpus"),
    [("0\n", {0}), ("0-3\n", {0, 1, 2, 3}), ("0-1,4,6-7", {0, 1, 4, 6, 7}), ("\n", set())],
)
def test_lists_of_cpus_are_read(text: str, cpus: set[int]) -> None:
    assert parse_cpus(text) == cpus


def test_a_node_has_its_own_cpus() -> None:
    assert cpus_of_node(0, TWO_SOCKETS, range(12)) == {0, 1, 2, 6, 7, 8}
    assert cpus_of_node(1, TWO_SOCKETS, range(12)) == {3, 4, 5, 9, 10, 11}


def test_cpus_that_the_process_may_not_use_are_left_out() -> None:
    assert usable_nodes(TWO_SOCKETS, {1, 2, 7}) == ((0, frozenset({1, 2, 7})),)


def test_a_node_of_memory_alone_is_none() -> None:
    assert usable_nodes({0: "0-3", 1: "\n"}, range(4)) == ((0, frozenset(range(4))),)


def test_without_word_of_nodes_all_cpus_are_one() -> None:
    assert usable_nodes({}, {0, 1}) == ((0, frozenset({0, 1})),)


def test_a_node_that_is_not_there_is_refused_and_the_others_named() -> None:
    with pytest.raises(BackendError) as caught:
        cpus_of_node(2, TWO_SOCKETS, range(12))
    assert caught.value.code is ErrorCode.BAD_NUMBER
    assert "0, 1" in caught.value.hint


def test_nodes_are_found_where_linux_keeps_them(tmp_path: Path) -> None:
    for name, text in (("node0", "0-1\n"), ("node10", "2-3\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "cpulist").write_text(text)
    (tmp_path / "possible").write_text("0-10\n")
    assert read_nodes(tmp_path) == {0: "0-1\n", 10: "2-3\n"}
    assert read_nodes(tmp_path / "none") == {}


_PINNED = """
import os
from unittest.mock import patch
from backend import numa
with patch.object(numa, "read_nodes", lambda: {0: "0", 1: "1-255"}):
    numa.stay_on_node(0)
assert os.sched_getaffinity(0) == {0}
import openvino as ov
parameter = ov.opset15.parameter([1])
compiled = ov.Core().compile_model(ov.Model([ov.opset15.relu(parameter)], [parameter]), "CPU")
print("threads", compiled.get_property("INFERENCE_NUM_THREADS"))
"""


@pytest.mark.slow
@pytest.mark.skipif(0 not in os.sched_getaffinity(0), reason="CPU 0 is not ours to use")
def test_openvino_keeps_to_the_node_of_its_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PINNED], capture_output=True, text=True, check=True
    )
    assert "threads 1" in done.stdout
