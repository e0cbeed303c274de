"""The spec of a run, and the settings it comes from."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cluster.command import bootstrap_script
from cluster.settings import ClusterSettings
from cluster.spec import LauncherKind, TrainSpec


def _spec(**changes: object) -> TrainSpec:
    told = {
        "job_id": "j", "token": "<x>", "initializer": "toy", "base": "/b", "base_hash": "h",
        "resolution": 64,
    } | changes  # fmt: skip
    return TrainSpec.model_validate(told)


@given(st.integers(1, 32), st.floats(1e-6, 1), st.integers(0, 2**31 - 1))
def test_a_spec_and_its_hash_survive_being_written(vectors: int, rate: float, seed: int) -> None:
    spec = _spec(vectors=vectors, learning_rate=rate, seed=seed)
    again = TrainSpec.model_validate_json(spec.model_dump_json(indent=1))
    assert again == spec
    assert again.hash == spec.hash


def test_whatever_differs_differs_in_the_hash() -> None:
    assert _spec(seed=1).hash != _spec(seed=2).hash
    assert _spec().hash == _spec().hash


def test_rows_are_named_as_diffusers_names_them() -> None:
    assert _spec(vectors=1).placeholder_tokens == ("<x>",)
    assert _spec(vectors=3).placeholder_tokens == ("<x>", "<x>_1", "<x>_2")


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": 2},
        {"resolution": 100},
        {"vectors": 0},
        {"learning_rate": 0},
        {"max_steps": 0},
        {"seed": -1},
        {"seed": 2**31},
        {"surprise": 1},
    ],
)
def test_what_no_run_can_do_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        _spec(**wrong)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIGMENT_RANKS", "4")
    monkeypatch.setenv("FIGMENT_LAUNCHER", "torchrun")
    settings = ClusterSettings(_env_file=None)
    assert (settings.ranks, settings.launcher) == (4, LauncherKind.TORCHRUN)


def test_files_of_the_settings_are_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("FIGMENT_SSH_CONFIG", "own/ssh_config")
    monkeypatch.setenv("FIGMENT_HOSTFILE", "~/hosts")
    settings = ClusterSettings(_env_file=None)
    monkeypatch.chdir("/")
    assert settings.ssh_config == tmp_path / "own" / "ssh_config"
    assert settings.hostfile == Path("/home/ada/hosts")
    assert str(settings.ssh_config) in bootstrap_script(Path("/run"), settings.ssh_config)
    neither = ClusterSettings(_env_file=None, ssh_config=None, hostfile=None)
    assert (neither.ssh_config, neither.hostfile) == (None, None)


@pytest.mark.parametrize("side", ["100", "8", "4096", "-8"])
def test_a_resolution_that_no_spec_takes_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, side: str
) -> None:
    monkeypatch.setenv("FIGMENT_RESOLUTION", side)
    with pytest.raises(ValidationError, match="resolution"):
        ClusterSettings(_env_file=None)


def test_a_seed_that_ranks_could_not_take_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FIGMENT_SEED", str(2**31 - 1))
    assert ClusterSettings(_env_file=None).seed == 2**31 - 1
    monkeypatch.setenv("FIGMENT_SEED", str(2**32))
    with pytest.raises(ValidationError, match="seed"):
        ClusterSettings(_env_file=None)
