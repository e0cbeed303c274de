"""Somebody in the workspace, acting over the page's own API as the page would."""

import asyncio
import html
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout, FormData

Message = dict[str, Any]
"""A message as the page gets it (JSON): ts, text, blocks, files, replies and so on."""

_LOOK_SECONDS = 0.25


class StoryError(Exception):
    """What somebody waited for did not come, or the workspace refused what they did."""


@dataclass(frozen=True)
class Person:
    """A person in a channel. All methods raise StoryError when the workspace refuses."""

    session: ClientSession
    url: str
    user: str = "U0ADA"
    channel: str = "C0TOYS"

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self.session.post(f"{self.url}{path}", json=body) as response:
            answer: dict[str, Any] = await response.json()
            if response.status >= 400:
                raise StoryError(f"{path}: {answer}")
            return answer

    async def _get(self, path: str) -> dict[str, Any]:
        async with self.session.get(f"{self.url}{path}") as response:
            answer: dict[str, Any] = await response.json()
            return answer

    async def say(self, text: str, thread: str | None = None) -> str:
        """Post a message; returns its ts."""
        body = {"as": self.user, "channel": self.channel, "text": text}
        answer = await self._post(
            "/page/messages", body | ({"thread_ts": thread} if thread else {})
        )
        return str(answer["ts"])

    async def upload(self, files: Sequence[Path], text: str = "", thread: str | None = None) -> str:
        """Post files with a text; returns the message's ts."""
        form = FormData()
        form.add_field("as", self.user)
        form.add_field("channel", self.channel)
        form.add_field("text", text)
        if thread:
            form.add_field("thread_ts", thread)
        for file in files:
            form.add_field("files", file.read_bytes(), filename=file.name)
        async with self.session.post(f"{self.url}/page/files", data=form) as response:
            answer = await response.json()
            if response.status >= 400:
                raise StoryError(f"upload: {answer}")
            return str(answer["ts"])

    async def command(self, command: str, text: str) -> dict[str, Any]:
        """Give a slash command."""
        body = {"as": self.user, "channel": self.channel, "command": command, "text": text}
        return await self._post("/page/commands", body)

    async def press(self, message: Message, action_id: str) -> dict[str, Any]:
        """Press a button of a message."""
        for block in message.get("blocks") or []:
            for element in block.get("elements", []):
                if element.get("action_id") == action_id:
                    body = {
                        "as": self.user,
                        "channel": self.channel,
                        "message_ts": message["ts"],
                        "block_id": block.get("block_id", ""),
                        "action_id": action_id,
                        "value": element.get("value"),
                    }
                    return await self._post("/page/actions", body)
        raise StoryError(f"the message has no button {action_id}")

    async def messages(self) -> list[Message]:
        """The channel as this person sees it, replies within their messages."""
        answer = await self._get(f"/page/channels/{self.channel}/messages?as={self.user}")
        found: list[Message] = answer["messages"]
        return found

    async def all_messages(self) -> list[Message]:
        """Messages and replies in one list."""
        found = await self.messages()
        return [one for message in found for one in (message, *(message.get("replies") or []))]

    async def wait_for(
        self, wanted: Callable[[Message], bool], seconds: float, what: str
    ) -> Message:
        """The first message or reply that is `wanted`.

        Raises:
            StoryError: it did not come in `seconds`.
        """
        limit = time.monotonic() + seconds
        while True:
            for message in await self.all_messages():
                if wanted(message):
                    return message
            if time.monotonic() > limit:
                raise StoryError(f"waited {seconds:.0f} s for {what}")
            await asyncio.sleep(_LOOK_SECONDS)

    async def connected(self) -> bool:
        """Whether a bot is connected to the workspace."""
        return bool((await self._get("/page/state"))["connected"])

    async def download(self, file_id: str, out: Path) -> Path:
        """Save a file of a message."""
        async with self.session.get(f"{self.url}/page/files/{file_id}") as response:
            if response.status >= 400:
                raise StoryError(f"the file {file_id} cannot be read")
            return _written(out, await response.read())


def _written(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def words_of(message: Message) -> str:
    """All text of a message, its blocks' included, as one string, as people read it."""
    parts = [str(message.get("text") or "")]

    def collect(value: object) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in {"text", "alt_text"} and isinstance(inner, str):
                    parts.append(inner)
                else:
                    collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)

    collect(message.get("blocks"))
    return html.unescape("\n".join(parts))


def pictures_of(message: Message) -> list[str]:
    """Ids of the picture files a message carries, or that its image blocks show."""
    ids = [str(file["id"]) for file in message.get("files") or []]
    for block in message.get("blocks") or []:
        if block.get("type") == "image" and "slack_file" in block:
            ids.append(str(block["slack_file"].get("id", "")))
    return [one for one in dict.fromkeys(ids) if one]


@asynccontextmanager
async def person_at(
    url: str, user: str = "U0ADA", channel: str = "C0TOYS"
) -> AsyncIterator[Person]:
    """A person at the workspace of `url`."""
    async with ClientSession(timeout=ClientTimeout(total=60)) as session:
        yield Person(session, url, user, channel)
