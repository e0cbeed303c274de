"""What is brought to hosts before a run, and what is left there if it cannot begin."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cluster import staging as module
from cluster.errors import LaunchError
from cluster.holding import holding
from cluster.run_dir import RunDir
from cluster.spec import TrainSpec
from cluster.ssh import Answer
from cluster.staging import stage

HOSTS = ("node1", "node2")
SPEC = TrainSpec(
    job_id="j", token="<x>", initializer="toy", base="/b", base_hash="h", resolution=64
)


class Nodes:
    """Stands for hosts without a shared folder; what they hold is a set of names."""

    def __init__(self, run: RunDir) -> None:
        self.run = run
        self.holding: set[str] = set()
        self.ill: set[str] = set()

    def on_host(self, _: Path | None, host: str, argv: Sequence[str], *__: object) -> Answer:
        if argv[0] == "rm":
            self.holding.discard(host)
            return Answer(0, "", "")
        there = holding(self.run.path) if host in self.holding else {}
        told = module._Holding(shared=False, files=there)
        return Answer(0, f"Welcome!\n{told.model_dump_json()}\n", "")

    def send(self, folder: Path, host: str, *_: object, **__: object) -> int:
        self.holding.add(host)
        if host in self.ill:
            raise LaunchError("not_sent", f"{host} has no room.")
        return 1


@pytest.fixture
def nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nodes:
    run = RunDir.create(tmp_path / "run", SPEC)
    (run.images / "toy.png").write_bytes(b"a person's picture")
    nodes = Nodes(run)
    monkeypatch.setattr(module, "on_host", nodes.on_host)
    monkeypatch.setattr(module, "send", nodes.send)
    return nodes


def test_hosts_without_the_folder_are_sent_it(nodes: Nodes) -> None:
    assert stage(nodes.run, HOSTS, None) == HOSTS
    assert nodes.holding == set(HOSTS)


def test_pictures_do_not_stay_on_hosts_if_one_cannot_be_given_them(nodes: Nodes) -> None:
    nodes.ill = {"node2"}
    with pytest.raises(LaunchError, match="node2 has no room"):
        stage(nodes.run, HOSTS, None)
    assert nodes.holding == set()
    assert list(nodes.run.path.parent.glob(".staging-*")) == []


def test_pictures_do_not_stay_on_hosts_that_hold_others_afterwards(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer: Callable[..., Answer] = nodes.on_host

    def torn(config: Path | None, host: str, argv: Sequence[str], *rest: object) -> Answer:
        said = answer(config, host, argv, *rest)
        return Answer(0, said.out.replace("images/toy.png", "images/toy.pn"), "")

    monkeypatch.setattr(module, "on_host", torn)
    with pytest.raises(LaunchError) as caught:
        stage(nodes.run, HOSTS, None)
    assert caught.value.code == "not_staged"
    assert nodes.holding == set()
