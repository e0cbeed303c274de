"""Names of settings that are set and that Figment does not know: mostly misspelt ones."""

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values
from pydantic_settings import BaseSettings

_PREFIX = "FIGMENT_"
_NOT_SETTINGS = ("FIGMENT_RUN", "FIGMENT_TEST_")
"""What Figment marks its own processes with, and what its tests read."""


def known_names(models: Iterable[type[BaseSettings]]) -> frozenset[str]:
    """Return the names of all settings, as they stand in the environment."""
    return frozenset(
        f"{model.model_config.get('env_prefix') or ''}{name}".upper()
        for model in models
        for name in model.model_fields
    )


def names_set(environment: Mapping[str, str], file: Path) -> frozenset[str]:
    """Return the names that are set in an environment and in a `.env` file, which may be absent."""
    return frozenset({name.upper() for name in (*environment, *dotenv_values(file))})


def unknown_settings(names: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """Return those of `names` that look like settings and are none, with a known one each.

    Where none is near, an empty text stands for it. Pure.
    """
    return {
        name: next(iter(get_close_matches(name, known, 1)), "")
        for name in sorted(names)
        if name.startswith(_PREFIX) and name not in known and not name.startswith(_NOT_SETTINGS)
    }
