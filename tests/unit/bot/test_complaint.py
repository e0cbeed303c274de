"""How commands say that something went wrong."""

import io

import pytest
import typer
from rich.console import Console

from backend.settings import BackendSettings
from bot.cli.complaint import complaints, disk_in_words
from bot.settings import SlackSettings


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=200)


def words_of(console: Console) -> str:
    output = console.file
    assert isinstance(output, io.StringIO)
    return output.getvalue()


def test_a_setting_that_should_be_json_is_named(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_WORKSPACES", "T024BE7LG")
    with pytest.raises(typer.Exit) as caught, complaints(console):
        SlackSettings(_env_file=None)
    assert caught.value.exit_code == 1
    assert "slack_workspaces" in words_of(console)
    assert "Traceback" not in words_of(console)


def test_a_file_that_cannot_be_written_is_named(console: Console) -> None:
    with pytest.raises(typer.Exit), complaints(console), disk_in_words():
        raise PermissionError(13, "Permission denied", "/nowhere/7.png")
    assert "/nowhere/7.png cannot be used: Permission denied." in words_of(console)


def test_a_setting_without_a_value_is_as_if_it_were_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("FIGMENT_BLOCKLIST", "FIGMENT_STEPS", "SLACK_WORKSPACES"):
        monkeypatch.setenv(name, "")
    assert BackendSettings(_env_file=None).blocklist is None
    assert BackendSettings(_env_file=None).steps == 20
    assert SlackSettings(_env_file=None).slack_workspaces == ()
