"""A model of the toybox's shape, once for all tests here."""

from pathlib import Path

import pytest

from tests.tiny_base import make_tiny_base


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base model folder with random weights."""
    return make_tiny_base(tmp_path_factory.mktemp("tiny-base"))
