"""Settings of the Slack side, read once from the environment and `.env`."""

from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import BotError, BotErrorCode
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
        env_file=".env", extra="ignore", frozen=True, use_attribute_docstrings=True
    )

    slack_bot_token: SecretStr = SecretStr("")
    """Bot User OAuth Token, `xoxb-...`: page OAuth & Permissions of the app."""
    slack_app_token: SecretStr = SecretStr("")
    """Token of Socket Mode, `xapp-...` with the scope connections:write: page Basic Information of
    the app. Empty when Slack calls a port of ours."""
    slack_signing_secret: SecretStr = SecretStr("")
    """Secret that Slack signs its requests with, when it calls a port of ours: page Basic
    Information of the app."""
    slack_api_url: str = SLACK_API_URL
    """Web API of Slack, or of a server that speaks like it; then its host is the only one that
    files are fetched from."""
    slack_http_host: str = "0.0.0.0"  # noqa: S104  (Slack calls from outside)
    """Address that is listened on for Slack's requests, under /slack/events."""
    slack_http_port: int = Field(default=0, ge=0, le=65535)
    """Port for Slack's requests; 0 for Socket Mode."""

    @property
    def api_url(self) -> str:
        """The URL of the Web API, ending in a slash."""
        return self.slack_api_url.rstrip("/") + "/"

    @property
    def other_server(self) -> str | None:
        """Host and port of a server that is not Slack's own; None for Slack itself."""
        address = urlsplit(self.api_url)
        host = address.hostname or ""
        if host == "slack.com" or host.endswith(".slack.com"):
            return None
        return address.netloc

    @property
    def connection(self) -> Connection:
        """How Slack reaches the bot; raises BotError (not_configured)."""
        if not self.slack_bot_token.get_secret_value():
            raise BotError(
                BotErrorCode.NOT_CONFIGURED,
                "SLACK_BOT_TOKEN is not set.",
                "Put it into .env; .env.example says where to find it.",
            )
        if self.slack_signing_secret.get_secret_value() and self.slack_http_port:
            return Connection.HTTP
        if self.slack_app_token.get_secret_value():
            return Connection.SOCKET
        raise BotError(
            BotErrorCode.NOT_CONFIGURED,
            "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET with SLACK_HTTP_PORT is set.",
            "Set the first for Socket Mode, the others for HTTP; .env.example explains both.",
        )


class BotSettings(BaseSettings):
    """How the bot behaves in channels."""

    model_config = SettingsConfigDict(
        env_prefix="FIGMENT_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
    )

    card_updates_per_minute: float = Field(default=50, gt=0)
    """Messages brought up to date, in the whole workspace; Slack allows about 50."""
    posts_per_second: float = Field(default=1, gt=0)
    """Messages posted to one channel; Slack allows about 1."""
    preview_seconds: float = Field(default=20, ge=0)
    """A card gets a new preview picture at most so often."""
    upload_minutes: float = Field(default=30, gt=0)
    """How far back `/concept teach` looks for a person's pictures."""
    max_upload_mb: float = Field(default=25, gt=0)
    """Largest file that is fetched from Slack."""
    language: Language = Language.EN
    """Language of what a whole channel reads, such as cards: `en` or `zh-Hans`. What one person
    alone sees is in the language that they chose in Slack, where it is one of these."""
    log_level: LogLevel = LogLevel.INFO
    """What `figment serve` and `figment worker` write about."""
