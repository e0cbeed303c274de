"""The errors that the bot itself raises; backend has its own family."""

from enum import StrEnum
from typing import NoReturn

from cluster.told import NO_FACTS, Fact, Facts


class BotErrorCode(StrEnum):
    """Stable names of what can go wrong between Slack and backend."""

    NOT_CONFIGURED = "not_configured"
    """Settings that are needed are missing."""
    NOT_UNDERSTOOD = "not_understood"
    """Words that cannot be read as a request."""
    USED_PICTURES = "used_pictures"
    """Somebody's latest pictures have been taught from already."""
    NO_MATCH = "no_match"
    """What should be cancelled is not in the queue, or not clear."""
    NOT_IN_CHANNEL = "not_in_channel"
    """The bot cannot see or post in this channel."""
    MISSING_SCOPE = "missing_scope"
    """The app was installed without a permission that it needs."""
    FOREIGN_HOST = "foreign_host"
    """A file lies on a host that must not get the bot's token."""
    FILE_TOO_LARGE = "file_too_large"
    """A file has more bytes than are fetched."""
    FILE_GONE = "file_gone"
    """A file cannot be fetched, now or ever."""
    DISK = "disk"
    """A file on this machine cannot be read or written."""
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a code
    """Slack does not accept a token of the bot."""
    NOT_INSTALLED = "not_installed"
    """The app is not installed in this workspace, or not any more."""
    TOO_LATE = "too_late"
    """Something was asked for so long ago that nobody waits for it any more."""
    CHANNEL_CLOSED = "channel_closed"
    """Slack lets the bot post nothing in this channel, or thread: archived, or kept for some."""
    FORM_TOO_LATE = "form_too_late"
    """Slack opens a form only in the seconds after it was asked for."""
    SLACK_BUSY = "slack_busy"
    """Slack takes nothing more at this moment, or does not answer."""
    SLACK_UNREACHABLE = "slack_unreachable"
    """Slack gives no answer at all."""
    PORT_TAKEN = "port_taken"
    """The bot cannot listen where it was told to."""


class BotError(Exception):
    """What could not be done: a stable code, one sentence, a hint what to do (may be empty).

    For other languages, `case` is which of the code's sentences it is, `facts` what stands in it.
    """

    def __init__(
        self,
        code: BotErrorCode,
        message: str,
        hint: str = "",
        *,
        case: str = "",
        facts: Facts = NO_FACTS,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.case = case
        self.facts = facts

    def with_hint(self, hint: str) -> "BotError":
        """Return the same with what to do about it here."""
        return BotError(self.code, self.message, hint, case=self.case, facts=self.facts)


def not_understood(message: str, hint: str, case: str, **facts: Fact) -> NoReturn:
    """Refuse words that cannot be read as a request; raises BotError (not_understood)."""
    raise BotError(BotErrorCode.NOT_UNDERSTOOD, message, hint, case=case, facts=facts)


class SlackBusyError(Exception):
    """Slack asks to be called again in `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"again in {retry_after:g} s")
        self.retry_after = retry_after
