"""Misspelt settings are found."""

from pathlib import Path

from backend.settings import BackendSettings
from bot.settings import BotSettings, SlackSettings
from bot.unknown_settings import known_names, names_set, unknown_settings
from cluster.settings import ClusterSettings
from cluster.sweep import RUN_VARIABLE

KNOWN = known_names((SlackSettings, BotSettings, BackendSettings, ClusterSettings))


def test_settings_have_the_names_of_the_environment() -> None:
    assert {"SLACK_BOT_TOKEN", "FIGMENT_LANGUAGE", "FIGMENT_DATA", "FIGMENT_RANKS"} <= KNOWN


def test_a_misspelt_one_is_met_with_the_near_one(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("FIGMENT_WORKER=3\nFIGMENT_BASE=/models/sd\n# FIGMENT_NOTHING=\n")
    names = names_set(
        {"figment_hostfiles": "x", "FIGMENT_0123456789012345": "1", "HOME": "/root"}, file
    )
    assert unknown_settings(names, KNOWN) == {
        "FIGMENT_HOSTFILES": "FIGMENT_HOSTFILE",
        "FIGMENT_0123456789012345": "",
        "FIGMENT_WORKER": "FIGMENT_WORKERS",
    }


def test_what_figment_itself_sets_is_none(tmp_path: Path) -> None:
    ours = {RUN_VARIABLE: "/runs/a", "FIGMENT_TEST_REQUIRE": "hosts"}
    assert unknown_settings(names_set(ours, tmp_path / "no file"), KNOWN) == {}
