"""What may be copied over another machine's files."""

import sys
from pathlib import Path

import pytest

from cluster.errors import LaunchError
from cluster.setup import folders_to_copy


def test_the_systems_own_python_is_never_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    with pytest.raises(LaunchError) as caught:
        folders_to_copy(Path("/base"))
    assert caught.value.code == "no_environment"
