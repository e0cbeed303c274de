"""Settings of the Slack side, read once from the environment and `.env`."""

from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import BotError, BotErrorCode
from bot.slack_hosts import is_slacks_api
from bot.words import Language

SLACK_API_URL = "https://slack.com/api/"


class Connection(StrEnum):
    """How Slack reaches the bot."""

    SOCKET = "socket"
    """A websocket that the bot opens; needs no public address."""
    HTTP = "http"
    """Requests to a port of ours, signed by Slack."""


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    """Everything, Slack's libraries included."""
    INFO = "info"
    """What happens."""
    WARNING = "warning"
    """What may need somebody's attention."""
    ERROR = "error"
    """What went wrong."""


class SlackSettings(BaseSettings):
    """The names that Slack's own pages use, for the app's credentials and the server."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
    )

    slack_bot_token: SecretStr = SecretStr("")
    """Bot User OAuth Token, `xoxb-...`: page OAuth & Permissions of the app."""
    slack_app_token: SecretStr = SecretStr("")
    """Token of Socket Mode, `xapp-...` with the scope connections:write: page Basic Information of
    the app. Empty when Slack calls a port of ours."""
    slack_signing_secret: SecretStr = SecretStr("")
    """Secret that Slack signs its requests with, when it calls a port of ours: page Basic
    Information of the app."""
    slack_client_id: str = ""
    """Client ID of the app, for several workspaces that install Figment by themselves: page Basic
    Information of the app. Then each has a token of its own, and SLACK_BOT_TOKEN is not used."""
    slack_client_secret: SecretStr = SecretStr("")
    """Client Secret of the app: beside its Client ID."""
    slack_redirect_uri: str = ""
    """Address that Slack leads people back to who install Figment, such as
    https://figment.example.com/slack/oauth_redirect; empty for the only Redirect URL of the app."""
    slack_workspaces: tuple[str, ...] = ()
    """Ids of the workspaces that may install Figment, as ["T024BE7LG"]; empty for all whose people
    reach its page to install."""
    slack_api_url: str = SLACK_API_URL
    """Web API of Slack, of GovSlack (https://slack-gov.com/api/), or of a server that speaks like
    them; then its host is the only one that files are fetched from."""
    slack_http_host: str = "0.0.0.0"  # noqa: S104  (Slack calls from outside)
    """Address that is listened on for Slack's requests, under /slack/events, and for people who
    install Figment, under /slack/install."""
    slack_http_port: int = Field(default=0, ge=0, le=65535)
    """Port for Slack's requests and for people who install Figment; 0 where there are neither."""

    @property
    def api_url(self) -> str:
        """The URL of the Web API, ending in a slash."""
        return self.slack_api_url.rstrip("/") + "/"

    @property
    def other_server(self) -> str | None:
        """Host and port of a server that is not Slack's own; None for Slack itself."""
        address = urlsplit(self.api_url)
        return None if is_slacks_api(address.hostname or "") else address.netloc

    @property
    def connection(self) -> Connection:
        """How Slack reaches the bot; raises BotError (not_configured)."""
        if self.is_installed_by_many:
            return self._connection_of_many()
        if not self.slack_bot_token.get_secret_value():
            raise _missing(
                "SLACK_BOT_TOKEN is not set.",
                "Put it into .env; .env.example says where to find it. For several workspaces set "
                "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET instead.",
            )
        if self.slack_signing_secret.get_secret_value() and self.slack_http_port:
            return Connection.HTTP
        if self.slack_app_token.get_secret_value():
            return Connection.SOCKET
        raise _missing(
            "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET with SLACK_HTTP_PORT is set.",
            "Set the first for Socket Mode, the others for HTTP; .env.example explains both.",
        )

    @property
    def is_installed_by_many(self) -> bool:
        """Whether workspaces install the app by themselves, each with a token of its own."""
        return bool(self.slack_client_id or self.slack_client_secret.get_secret_value())

    def _connection_of_many(self) -> Connection:
        where = "It stands on the page Basic Information of the app, under App Credentials."
        if not self.slack_client_id:
            raise _missing("SLACK_CLIENT_SECRET is set, but SLACK_CLIENT_ID is not.", where)
        if not self.slack_client_secret.get_secret_value():
            raise _missing("SLACK_CLIENT_ID is set, but SLACK_CLIENT_SECRET is not.", where)
        if not self.slack_http_port:
            raise _missing(
                "SLACK_HTTP_PORT is not set, so that nobody could install Figment.",
                "Choose a port for the page /slack/install, and have people reach it over https; "
                "figment manifest --redirect with that address makes the app's manifest.",
            )
        if self.slack_app_token.get_secret_value():
            return Connection.SOCKET
        if self.slack_signing_secret.get_secret_value():
            return Connection.HTTP
        raise _missing(
            "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set.",
            "Set the first for Socket Mode, the other for HTTP; .env.example explains both.",
        )


def _missing(sentence: str, hint: str) -> BotError:
    return BotError(BotErrorCode.NOT_CONFIGURED, sentence, hint)


class BotSettings(BaseSettings):
    """How the bot behaves in channels."""

    model_config = SettingsConfigDict(
        env_prefix="FIGMENT_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
    )

    card_updates_per_minute: float = Field(default=50, gt=0)
    """Messages brought up to date, in the whole workspace; Slack allows about 50."""
    posts_per_second: float = Field(default=1, gt=0)
    """Messages posted to one channel; Slack allows about 1."""
    preview_seconds: float = Field(default=20, ge=0)
    """Least seconds between two preview pictures on a card."""
    upload_minutes: float = Field(default=30, gt=0)
    """How far back `/concept teach` looks for a person's pictures."""
    max_upload_mb: float = Field(default=25, gt=0)
    """Largest file that is fetched from Slack."""
    language: Language = Language.EN
    """Language of what a whole channel reads, such as cards: `en` or `zh-Hans`. What one person
    alone sees is in the language that they chose in Slack, where it is one of these."""
    log_level: LogLevel = LogLevel.INFO
    """What `figment serve` and `figment worker` write about."""
