"""Slack's Web API as the bot uses it: few calls, within budget, with our own errors."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.models.blocks import Block
from slack_sdk.models.metadata import Metadata
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.asks import FileInfo, Payload
from bot.blocks.kit import Mrkdwn
from bot.budget import Budget
from bot.errors import BotError, BotErrorCode, SlackBusyError

SLACK_FAULTS = (SlackClientError, BotError, aiohttp.ClientError, TimeoutError, OSError)
"""What a call may raise that is not our mistake, SlackBusyError aside."""
METADATA_TYPE = "figment"
_TOO_MANY = 429
_PATIENCE_SECONDS = 20.0
"""A longer pause is the caller's to plan for."""
_READY_LOOKS = 10
_NOT_READY = ("invalid_blocks",)
"""What Slack says of a message whose pictures it is still working on."""

_MEANINGS = {
    "not_in_channel": BotErrorCode.NOT_IN_CHANNEL,
    "channel_not_found": BotErrorCode.NOT_IN_CHANNEL,
    "missing_scope": BotErrorCode.MISSING_SCOPE,
    "invalid_auth": BotErrorCode.TOKEN_REFUSED,
    "not_authed": BotErrorCode.TOKEN_REFUSED,
    "account_inactive": BotErrorCode.TOKEN_REFUSED,
    "token_revoked": BotErrorCode.TOKEN_REFUSED,
}
_SENTENCES = {
    BotErrorCode.NOT_IN_CHANNEL: (
        "I am not a member of this channel.",
        "Invite me with `/invite @figment`, then ask again.",
    ),
    BotErrorCode.MISSING_SCOPE: (
        "The Slack app lacks a permission that this needs.",
        "Whoever administers it: compare its scopes with the manifest and install it again.",
    ),
    BotErrorCode.TOKEN_REFUSED: (
        "Slack does not accept the bot's token.",
        "Copy the bot token from the app's page again and set SLACK_BOT_TOKEN.",
    ),
}


def unreachable(error: Exception) -> BotError:
    """Return what is said when Slack gives no answer at all."""
    return BotError(
        BotErrorCode.SLACK_UNREACHABLE,
        f"Slack cannot be reached: {error or type(error).__name__}.",
        "See the network and proxy of this machine, and SLACK_API_URL if it is set.",
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in its workspace."""

    user: str
    workspace: str


class Calls:
    """What the bot does in Slack. All text is mrkdwn, escaped already.

    Calls raise BotError, SlackBusyError after a longer pause than is waited for here, and
    SlackApiError for everything that is not expected.
    """

    def __init__(self, client: AsyncWebClient, budget: Budget) -> None:
        self._client = client
        self._budget = budget

    async def who_am_i(self) -> Identity:
        """Ask Slack whose token this is."""
        try:
            answer = await self._call("auth.test", "", self._client.auth_test)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise unreachable(error) from error
        return Identity(str(answer["user_id"]), str(answer["team_id"]))

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
        answer = await self._call(
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
        await self._call(
            "chat.update",
            channel,
            lambda: self._client.chat_update(
                channel=channel, ts=ts, text=text, blocks=list(blocks), metadata=metadata
            ),
            retried=_NOT_READY,
        )

    def update_waits(self) -> bool:
        """Tell whether an update would have to wait: then what can be left out is left out."""
        return self._budget.wait("chat.update") > 0

    async def whisper(
        self,
        channel: str,
        user: str,
        text: Mrkdwn,
        blocks: Sequence[Block] = (),
        thread: str | None = None,
    ) -> None:
        """Show a message to one person in a channel."""
        await self._call(
            "chat.postEphemeral",
            channel,
            lambda: self._client.chat_postEphemeral(
                channel=channel, user=user, text=text, blocks=list(blocks) or None, thread_ts=thread
            ),
        )

    async def direct_channel(self, user: str) -> str:
        """Return the channel between a person and the bot."""
        answer = await self._call(
            "conversations.open", "", lambda: self._client.conversations_open(users=[user])
        )
        return str(answer["channel"]["id"])

    async def history(self, channel: str, oldest: float, limit: int = 200) -> tuple[Payload, ...]:
        """Return a channel's messages since `oldest`, in order of time; replies are not among."""
        answer = await self._call(
            "conversations.history",
            channel,
            lambda: self._client.conversations_history(
                channel=channel,
                oldest=f"{oldest:.6f}",
                limit=limit,
                inclusive=True,
                include_all_metadata=True,
            ),
        )
        return _in_order(answer["messages"])

    async def thread(self, channel: str, thread: str) -> tuple[Payload, ...]:
        """Return a thread's messages, the first one included, in order of time."""
        answer = await self._call(
            "conversations.replies",
            channel,
            lambda: self._client.conversations_replies(
                channel=channel, ts=thread, limit=200, include_all_metadata=True
            ),
        )
        return _in_order(answer["messages"])

    async def posted(self, channel: str, thread: str | None, key: str, since: float) -> str | None:
        """Find a message of ours by its key; None if it was never posted."""
        messages = (
            await self.thread(channel, thread)
            if thread is not None
            else await self.history(channel, since)
        )
        for message in messages:
            metadata = message.get("metadata") or {}
            if (
                metadata.get("event_type") == METADATA_TYPE
                and (metadata.get("event_payload") or {}).get("key") == key
            ):
                return str(message["ts"])
        return None

    async def file(self, file_id: str) -> FileInfo:
        """Return what Slack knows of a file."""
        answer = await self._call("files.info", "", lambda: self._client.files_info(file=file_id))
        return FileInfo.model_validate(answer["file"])

    async def upload(self, path: Path, title: str) -> str:
        """Upload a picture, share it nowhere, and return its id once it can be shown."""
        answer = await self._call(
            "files.getUploadURLExternal",
            "",
            lambda: self._client.files_upload_v2(
                file=str(path), filename=path.name, title=title, alt_txt=title
            ),
        )
        file_id = str(answer["files"][0]["id"])
        for look in range(_READY_LOOKS):
            # Slack goes on working on a file after the upload: its type is the last it learns.
            if (await self.file(file_id)).mimetype:
                break
            await asyncio.sleep(0.2 * (look + 1))
        return file_id

    async def remove_file(self, file_id: str) -> None:
        """Delete a file of ours."""
        await self._call("files.delete", "", lambda: self._client.files_delete(file=file_id))

    async def open_view(self, trigger: str, view: View) -> None:
        """Open a modal."""
        await self._call(
            "views.open", "", lambda: self._client.views_open(trigger_id=trigger, view=view)
        )

    async def update_view(self, view_id: str, version: str, view: View) -> None:
        """Replace an open modal, unless it was changed since `version`."""
        await self._call(
            "views.update",
            "",
            lambda: self._client.views_update(view_id=view_id, hash=version, view=view),
        )

    async def publish_home(self, user: str, view: View) -> None:
        """Replace somebody's App Home."""
        await self._call(
            "views.publish", "", lambda: self._client.views_publish(user_id=user, view=view)
        )

    async def _call(
        self,
        method: str,
        channel: str,
        send: Callable[[], Awaitable[AsyncSlackResponse]],
        retried: Sequence[str] = (),
    ) -> AsyncSlackResponse:
        looks = 0
        while True:
            await self._budget.take(method, channel)
            try:
                return await send()
            except SlackApiError as error:
                looks += 1
                answer: Any = error.response
                if answer.status_code == _TOO_MANY:
                    self._wait_longer(method, channel, float(answer.headers.get("Retry-After", 1)))
                    continue
                code = answer.get("error", "")
                if code in retried and looks < 3:
                    await asyncio.sleep(looks)
                    continue
                raise _translated(code, error) from error

    def _wait_longer(self, method: str, channel: str, seconds: float) -> None:
        self._budget.pause(method, channel, seconds)
        if seconds > _PATIENCE_SECONDS:
            raise SlackBusyError(seconds)


def error_code(error: SlackApiError) -> str:
    """Return Slack's own name of what went wrong."""
    answer: Any = error.response
    return str(answer.get("error", ""))


def _translated(code: str, error: SlackApiError) -> Exception:
    meaning = _MEANINGS.get(code)
    if meaning is None:
        return error
    return BotError(meaning, *_SENTENCES[meaning])


def _in_order(messages: Sequence[Payload]) -> tuple[Payload, ...]:
    return tuple(sorted(messages, key=lambda message: float(message["ts"])))
