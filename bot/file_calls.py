"""Slack's Web API as the bot uses it for files: pictures that messages show, and files to keep."""

import asyncio
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient

from backend.people import Place
from bot.asks import FileInfo
from bot.blocks.kit import Mrkdwn, file_text
from bot.slack_web import SlackWeb

_READY_LOOKS = 10


class FileCalls:
    """What the bot does with files in Slack. Calls raise as those of `Calls` do."""

    def __init__(self, client: AsyncWebClient, web: SlackWeb) -> None:
        self._client = client
        self._web = web

    async def info(self, file_id: str) -> FileInfo:
        """Return what Slack knows of a file."""
        answer = await self._web.call(
            "files.info", "", lambda: self._client.files_info(file=file_id)
        )
        return FileInfo.model_validate(answer["file"])

    async def upload(self, path: Path, title: str) -> str:
        """Upload a picture, share it nowhere, and return its id once it can be shown."""
        answer = await self._web.call(
            "files.getUploadURLExternal",
            "",
            lambda: self._client.files_upload_v2(
                file=str(path),
                filename=path.name,
                title=file_text(title),
                alt_txt=file_text(title),
            ),
        )
        file_id = str(answer["files"][0]["id"])
        for look in range(_READY_LOOKS):
            # Slack goes on working on a file after the upload: its type is the last it learns.
            if (await self.info(file_id)).mimetype:
                break
            await asyncio.sleep(0.2 * (look + 1))
        return file_id

    async def share(self, path: Path, name: str, title: str, text: Mrkdwn, place: Place) -> None:
        """Post a file of any kind to a place."""
        await self._web.call(
            "files.getUploadURLExternal",
            place.channel,
            lambda: self._client.files_upload_v2(
                file=str(path),
                filename=name,
                title=file_text(title),
                channel=place.channel,
                thread_ts=place.thread,
                initial_comment=file_text(text),
            ),
        )

    async def remove(self, file_id: str) -> None:
        """Delete a file of ours."""
        await self._web.call("files.delete", "", lambda: self._client.files_delete(file=file_id))
