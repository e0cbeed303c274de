"""What a machine must have for some tests, and where a lack of it is a failure."""

import os
import shutil
from typing import NoReturn

import pytest


def required(name: str) -> bool:
    """Whether this machine has promised to have `name` (FIGMENT_TEST_REQUIRE, comma-separated)."""
    return name in os.environ.get("FIGMENT_TEST_REQUIRE", "").split(",")


def program_or_skip(name: str, *candidates: str) -> str:
    """Path of the first of `candidates` that is installed.

    Without one the test is skipped, or fails where the machine has promised to have it.
    """
    for candidate in candidates:
        if found := shutil.which(candidate):
            return found
    unavailable(name, f"{name} is not installed here")


def unavailable(name: str, why: str) -> NoReturn:
    """Skip the test, or fail it where the machine has promised to have `name`."""
    if required(name):
        pytest.fail(why)
    pytest.skip(why)
