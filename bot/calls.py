"""Slack's Web API as the bot uses it: few calls, within budget, with our own errors."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.models.blocks import Block
from slack_sdk.models.metadata import Metadata
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.asks import Payload
from bot.blocks.kit import Mrkdwn, edited_text
from bot.budget import Budget
from bot.errors import BotError
from bot.file_calls import FileCalls
from bot.scopes import lacking
from bot.slack_errors import error_code, is_outdated, unreachable
from bot.slack_web import SlackWeb

_log = structlog.get_logger(__name__)

SLACK_FAULTS = (SlackClientError, BotError, aiohttp.ClientError, TimeoutError, OSError)
"""What a call may raise that is not our mistake, SlackBusyError aside."""
LOOK_SECONDS = 1.5
"""So long is asked for what can be done without, before Slack has its answer: after three seconds
it opens no form any more, closes one with a complaint, and sends an event again."""
METADATA_TYPE = "figment"
_PAGE = 200
_NOT_READY = ("invalid_blocks",)
"""What Slack says of a message whose pictures it is still working on."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in its workspace, and what it may do there (None: that was not told)."""

    user: str
    workspace: str
    scopes: frozenset[str] | None = None
    bot: str = ""
    """The bot's other id, that of its messages."""


class Calls:
    """What the bot does in Slack. All text is mrkdwn, escaped already.

    Calls raise BotError, SlackBusyError after a longer pause than is waited for here, and
    SlackApiError for everything that is not expected. `granted` are the scopes that are known;
    `refused` is called when Slack accepts the token no more.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        budget: Budget,
        granted: frozenset[str] | None = None,
        refused: Callable[[], None] | None = None,
    ) -> None:
        self._client = client
        self._web = SlackWeb(budget, refused)
        self._granted = granted
        self.files = FileCalls(client, self._web)
        """The calls about files."""

    async def who_am_i(self) -> Identity:
        """Ask Slack whose token this is."""
        try:
            answer = await self._web.call("auth.test", "", self._client.auth_test)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise unreachable(error) from error
        scopes = answer.headers.get("x-oauth-scopes")
        if scopes is not None:
            self._granted = frozenset(one.strip() for one in scopes.split(","))
        bot = str(answer.get("bot_id") or "")
        return Identity(str(answer["user_id"]), str(answer["team_id"]), self._granted, bot)

    async def require(self, *scopes: str) -> None:
        """Look that all these scopes are there before something long begins; raises BotError.

        What was missing when Slack was asked last is asked for again: the app may have got it.
        """
        if self._granted is None or self._granted.issuperset(scopes):
            return
        granted = (await self.who_am_i()).scopes or frozenset()
        for scope in scopes:
            if scope not in granted:
                raise lacking([scope])

    async def post(
        self,
        channel: str,
        text: Mrkdwn,
        blocks: Sequence[Block] = (),
        thread: str | None = None,
        key: str | None = None,
    ) -> str:
        """Post a message and return its ts. `key` finds it again, see `posted`."""
        metadata = Metadata(METADATA_TYPE, {"key": key}) if key is not None else None
        answer = await self._web.call(
            "chat.postMessage",
            channel,
            lambda: self._client.chat_postMessage(
                channel=channel,
                text=text,
                blocks=list(blocks) or None,
                thread_ts=thread,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
            ),
            retried=_NOT_READY if blocks else (),
        )
        return str(answer["ts"])

    async def update(
        self, channel: str, ts: str, text: Mrkdwn, blocks: Sequence[Block], key: str | None = None
    ) -> None:
        """Replace a message of ours."""
        metadata = Metadata(METADATA_TYPE, {"key": key}) if key is not None else None
        await self._web.call(
            "chat.update",
            channel,
            lambda: self._client.chat_update(
                channel=channel,
                ts=ts,
                text=edited_text(text),
                blocks=list(blocks),
                metadata=metadata,
            ),
            retried=_NOT_READY,
        )

    def update_waits(self) -> bool:
        """Tell whether an update would have to wait: then what can be left out is left out."""
        return self._web.would_wait("chat.update")

    async def whisper(
        self,
        channel: str,
        user: str,
        text: Mrkdwn,
        blocks: Sequence[Block] = (),
        thread: str | None = None,
    ) -> None:
        """Show a message to one person in a channel."""
        await self._web.call(
            "chat.postEphemeral",
            channel,
            lambda: self._client.chat_postEphemeral(
                channel=channel, user=user, text=text, blocks=list(blocks) or None, thread_ts=thread
            ),
            retried=_NOT_READY if blocks else (),
        )

    async def direct_channel(self, user: str) -> str:
        """Return the channel between a person and the bot."""
        answer = await self._web.call(
            "conversations.open", "", lambda: self._client.conversations_open(users=[user])
        )
        return str(answer["channel"]["id"])

    async def history(
        self, channel: str, oldest: float, latest: float | None = None, in_part: bool = False
    ) -> tuple[Payload, ...]:
        """Return a channel's messages since `oldest`, in order of time; replies are not among.

        With `in_part` only the latest, where Slack lets no more be read now.
        """
        found = self._history(channel, oldest, latest, in_part)
        return _in_order([one async for one in found])

    async def thread(self, channel: str, thread: str, in_part: bool = False) -> tuple[Payload, ...]:
        """Return a thread's messages, the first one included, in order of time.

        With `in_part` only the first ones, where Slack lets no more be read now.
        """
        found = self._thread(channel, thread, in_part=in_part)
        return _in_order([one async for one in found])

    async def posted(self, channel: str, thread: str | None, key: str, since: float) -> str | None:
        """Find a message of ours by its key; None if it was never posted."""
        messages = (
            self._history(channel, since)
            if thread is None
            else self._thread(channel, thread, since)
        )
        async for message in messages:
            metadata = message.get("metadata") or {}
            if (
                metadata.get("event_type") == METADATA_TYPE
                and (metadata.get("event_payload") or {}).get("key") == key
            ):
                return str(message["ts"])
        return None

    async def user_info(self, user: str) -> Payload:
        """Return what Slack knows of a person; empty for somebody it does not tell of."""
        try:
            answer = await self._web.call(
                "users.info", "", lambda: self._client.users_info(user=user, include_locale=True)
            )
        except SlackApiError as error:
            if error_code(error) in ("user_not_found", "user_not_visible"):
                return {}
            raise
        found: Payload = answer["user"]
        return found

    async def open_view(self, trigger: str, view: View) -> None:
        """Open a modal."""
        await self._web.call(
            "views.open", "", lambda: self._client.views_open(trigger_id=trigger, view=view)
        )

    async def update_view(self, view_id: str, version: str, view: View) -> None:
        """Replace an open modal, unless it was changed since `version`, or closed."""
        try:
            await self._web.call(
                "views.update",
                "",
                lambda: self._client.views_update(view_id=view_id, hash=version, view=view),
            )
        except SlackApiError as error:
            if not is_outdated(error):
                raise
            # A second click on the same button, or nobody looks at it any more.
            _log.info("view_outdated", error=error_code(error))

    async def publish_home(self, user: str, view: View) -> None:
        """Replace somebody's App Home."""
        await self._web.call(
            "views.publish",
            "",
            lambda: self._client.views_publish(user_id=user, view=view),
            retried=_NOT_READY,
        )

    def _history(
        self, channel: str, oldest: float, latest: float | None = None, in_part: bool = False
    ) -> AsyncIterator[Payload]:
        return self._web.pages(
            "conversations.history",
            channel,
            lambda cursor: self._client.conversations_history(
                channel=channel,
                oldest=f"{oldest:.6f}",
                latest=None if latest is None else f"{latest:.6f}",
                limit=_PAGE,
                inclusive=True,
                include_all_metadata=True,
                cursor=cursor,
            ),
            in_part,
        )

    def _thread(
        self, channel: str, thread: str, oldest: float = 0, in_part: bool = False
    ) -> AsyncIterator[Payload]:
        return self._web.pages(
            "conversations.replies",
            channel,
            lambda cursor: self._client.conversations_replies(
                channel=channel,
                ts=thread,
                oldest=f"{oldest:.6f}",
                limit=_PAGE,
                inclusive=True,
                include_all_metadata=True,
                cursor=cursor,
            ),
            in_part,
        )


def _in_order(messages: Sequence[Payload]) -> tuple[Payload, ...]:
    return tuple(sorted(messages, key=lambda message: float(message["ts"])))
