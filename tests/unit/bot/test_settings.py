"""Which server, and how it is reached."""

import pytest

from bot.errors import BotError, BotErrorCode
from bot.settings import Connection, SlackSettings


def settings(**values: object) -> SlackSettings:
    return SlackSettings.model_validate(
        {"slack_app_token": "", "slack_signing_secret": "", "slack_http_port": 0, **values}
    )


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://slack.com/api/", None),
        ("https://files.slack.com/api", None),
        ("https://slack-gov.com/api/", None),
        ("https://evil-slack-gov.com/api/", "evil-slack-gov.com"),
        ("http://127.0.0.1:8720/api/", "127.0.0.1:8720"),
        ("https://slack.com.example/api/", "slack.com.example"),
    ],
)
def test_another_server_is_the_only_one_that_is_trusted(url: str, other: str | None) -> None:
    found = settings(slack_api_url=url)
    assert found.other_server == other
    assert found.api_url.endswith("/api/")


def test_the_ways_in() -> None:
    assert settings(slack_bot_token="b", slack_app_token="a").connection is Connection.SOCKET
    http = settings(slack_bot_token="b", slack_signing_secret="s", slack_http_port=3000)
    assert http.connection is Connection.HTTP


MANY = {
    "slack_client_id": "1.2",
    "slack_client_secret": "c",
    "slack_http_port": 3000,
    "slack_app_token": "a",
    "slack_signing_secret": "s",
}


def test_the_ways_in_of_many_workspaces() -> None:
    assert settings(**MANY).connection is Connection.SOCKET
    assert settings(**MANY | {"slack_app_token": ""}).connection is Connection.HTTP
    assert settings(**MANY).is_installed_by_many
    assert not settings(slack_bot_token="b", slack_app_token="a").is_installed_by_many


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        (["slack_client_id"], "SLACK_CLIENT_ID"),
        (["slack_client_secret"], "SLACK_CLIENT_SECRET"),
        (["slack_http_port"], "SLACK_HTTP_PORT"),
        (["slack_app_token", "slack_signing_secret"], "Neither SLACK_APP_TOKEN"),
    ],
)
def test_what_many_workspaces_miss_is_named(left_out: list[str], named: str) -> None:
    empty = {name: type(MANY[name])() for name in left_out}
    with pytest.raises(BotError, match=named) as refused:
        _ = settings(slack_bot_token="b", **MANY | empty).connection
    assert refused.value.code is BotErrorCode.NOT_CONFIGURED
    assert refused.value.hint


@pytest.mark.parametrize(
    "values",
    [
        {"slack_bot_token": ""},
        {"slack_bot_token": "b"},
        {"slack_bot_token": "b", "slack_signing_secret": "s"},
    ],
)
def test_what_is_missing_is_named(values: dict[str, str]) -> None:
    with pytest.raises(BotError, match="SLACK_") as refused:
        _ = settings(**values).connection
    assert refused.value.code is BotErrorCode.NOT_CONFIGURED


def test_secrets_do_not_show() -> None:
    assert "hunter2" not in repr(settings(slack_bot_token="hunter2"))
