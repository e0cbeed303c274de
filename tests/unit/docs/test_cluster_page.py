"""The page for people who run the hosts explains all that the programs say to them."""

import re
from pathlib import Path

import pytest

from cluster.verdict import FailureReason

_ROOT = Path(__file__).parents[3]
_PAGE = (_ROOT / "docs" / "how-to" / "cluster.md").read_text()
_SOURCE = (_ROOT / "cluster" / "doctor.py").read_text()
_FINDINGS = set(
    re.findall(r'_finding\(\s*"(\w+)"', _SOURCE)
    + re.findall(r'_odd_ones\(\s*"(\w+)"', _SOURCE)
    + re.findall(r'\("[a-z ]+", "(ssh_\w+)"', _SOURCE)
    + ["all_reduce"]
)


def test_the_findings_are_found() -> None:
    assert {"ssh_login", "base_missing", "version_differs", "clock_skew"} <= _FINDINGS
    assert len(_FINDINGS) > 20


@pytest.mark.parametrize("name", sorted(_FINDINGS))
def test_every_finding_is_explained(name: str) -> None:
    assert f"`{name}`" in _PAGE


@pytest.mark.parametrize("reason", FailureReason)
def test_every_reason_is_explained(reason: FailureReason) -> None:
    assert f"`{reason}`" in _PAGE
