"""Which library carries the sums."""

from pathlib import Path

import pytest

from cluster.collectives import load_backend, wanted_backend
from cluster.errors import TrainingError
from cluster.rank import point_to_ccl
from cluster.spec import Profile


def test_a_profile_stands_for_a_backend() -> None:
    assert wanted_backend(Profile.NATIVE) == "gloo"
    assert wanted_backend(Profile.INTEL) == "ccl"


def test_gloo_needs_nothing_and_ccl_says_what_to_install() -> None:
    load_backend("gloo")
    with pytest.raises(TrainingError, match="oneccl_bind_pt") as raised:
        load_backend("ccl")
    assert raised.value.code == "no_ccl"
    assert "figment[intel]" in raised.value.hint


def test_oneccl_is_told_where_its_parts_are_unless_somebody_has(tmp_path: Path) -> None:
    variables: dict[str, str] = {}
    point_to_ccl(tmp_path, variables)
    assert variables == {"CCL_ROOT": str(tmp_path)}
    (tmp_path / "lib" / "prov").mkdir(parents=True)
    variables = {"CCL_ROOT": "/opt/ccl"}
    point_to_ccl(tmp_path, variables)
    assert variables == {"CCL_ROOT": "/opt/ccl", "FI_PROVIDER_PATH": f"{tmp_path}/lib/prov"}
