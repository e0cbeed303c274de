"""Fixtures of the tests that start runs."""

from collections.abc import Iterator

import pytest

from tests.cluster_ground import Ground
from tests.tiny_base import make_tiny_base
from tests.toy_pictures import write_toy_pictures


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("ground")
    return Ground(make_tiny_base(folder / "base"), write_toy_pictures(folder / "pictures"))


@pytest.fixture(autouse=True)
def cleared(ground: Ground) -> Iterator[None]:
    yield
    ground.clear()
