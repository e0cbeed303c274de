"""The team's memory: messages, files, views. No IO; everyone who watches is told of changes."""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum

from demo.workspace.manifest import BOT_USER_ID, CHANNELS, Channel
from demo.workspace.messages import Message, Share, StoredFile, View


class ChangeKind(Enum):
    """What kind of thing changed."""

    MESSAGE = "message"
    """A message came, changed or went."""
    EPHEMERAL = "ephemeral"
    """A message that only one person sees came, changed or went."""
    VIEW = "view"
    """A person's modal opened, changed or closed."""
    HOME = "home"
    """A person's Home tab was published."""
    CONNECTED = "connected"
    """The app came or went."""


@dataclass(frozen=True)
class Change:
    """One change, enough for a page to know what to fetch again."""

    kind: ChangeKind
    channel: str | None = None
    ts: str | None = None
    person: str | None = None


def new_id(prefix: str) -> str:
    """Return a fresh id in Slack's alphabet."""
    return prefix + secrets.token_hex(5).upper()


class Team:
    """Everything the workspace remembers until it stops."""

    def __init__(self) -> None:
        """Start with the manifest's channels, all empty."""
        self.channels: dict[str, Channel] = {channel.id: channel for channel in CHANNELS}
        self.files: dict[str, StoredFile] = {}
        self.homes: dict[str, View] = {}
        self.modals: dict[str, list[View]] = {}
        self._messages: dict[str, list[Message]] = {channel.id: [] for channel in CHANNELS}
        self._watchers: list[Callable[[Change], None]] = []
        self._last_ts = 0

    def watch(self, watcher: Callable[[Change], None]) -> Callable[[], None]:
        """Call `watcher` on every change; the returned function ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def tell(self, change: Change) -> None:
        """Tell every watcher of a change."""
        for watcher in tuple(self._watchers):
            watcher(change)

    def next_ts(self) -> str:
        """Return a message timestamp, later than every one before."""
        self._last_ts = max(time.time_ns() // 1000, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def channel_of(self, name_or_id: str) -> Channel | None:
        """Find a channel by id, `#name`, or a person's id (their direct message)."""
        if name_or_id in self.channels:
            return self.channels[name_or_id]
        wanted = name_or_id.removeprefix("#")
        for channel in self.channels.values():
            if channel.is_im and name_or_id in channel.members and name_or_id.startswith("U"):
                return channel
            if not channel.is_im and channel.name == wanted:
                return channel
        return None

    def without_bot(self, channel: str) -> None:
        """Put the bot out of a channel."""
        held = self.channels[channel]
        others = tuple(one for one in held.members if one != BOT_USER_ID)
        self.channels[channel] = replace(held, members=others)

    def bot_sees(self, stored: StoredFile) -> bool:
        """Tell whether the bot may know of a file: not of what was shared elsewhere only."""
        places = [self.channels[one.channel] for one in stored.shares]
        own = stored.user == BOT_USER_ID
        return own or not places or any(BOT_USER_ID in place.members for place in places)

    def messages(self, channel: str) -> tuple[Message, ...]:
        """Return all of a channel's messages, replies included, oldest first."""
        return tuple(self._messages[channel])

    def message(self, channel: str, ts: str) -> Message | None:
        """Return one message, or None."""
        return next((one for one in self._messages.get(channel, ()) if one.ts == ts), None)

    def replies(self, channel: str, ts: str, person: str | None = None) -> tuple[Message, ...]:
        """Return a thread's replies, oldest first, with the ephemeral ones of `person`.

        Those who came before anybody had replied are shown to nobody, as in Slack.
        """
        found = [one for one in self._messages[channel] if one.thread_ts == ts and one.ts != ts]
        first = next((one.ts for one in found if one.ephemeral_to is None), None)
        return tuple(
            one
            for one in found
            if one.ephemeral_to is None
            or (one.ephemeral_to == person and first is not None and one.ts > first)
        )

    def add(self, message: Message) -> Message:
        """Keep a new message, note where its files are now shared, and tell."""
        self._messages[message.channel].append(message)
        if message.ephemeral_to is None:
            share = Share(message.channel, message.ts, message.thread_ts)
            for file_id in message.file_ids:
                stored = self.files[file_id]
                self.files[file_id] = replace(stored, shares=(*stored.shares, share))
        self._tell_of(message)
        return message

    def put(self, message: Message) -> Message:
        """Replace the message with the same channel and ts."""
        held = self._messages[message.channel]
        held[:] = [message if one.ts == message.ts else one for one in held]
        self._tell_of(message)
        return message

    def remove(self, message: Message) -> None:
        """Forget a message."""
        held = self._messages[message.channel]
        held[:] = [one for one in held if one.ts != message.ts]
        self._tell_of(message)

    def remove_file(self, file_id: str) -> None:
        """Forget a file; of the messages that showed it, a tombstone is left to show."""
        del self.files[file_id]
        for held in self._messages.values():
            for message in held:
                if file_id in message.file_ids:
                    self._tell_of(message)

    def files_of(self, file_ids: Iterable[str]) -> tuple[StoredFile, ...]:
        """Return the files with these ids that are still there."""
        return tuple(self.files[one] for one in file_ids if one in self.files)

    def views(self) -> tuple[View, ...]:
        """Return every open modal and every Home tab."""
        return (*(one for stack in self.modals.values() for one in stack), *self.homes.values())

    def view(self, view_id: str) -> View | None:
        """Find an open modal or a Home tab by id."""
        return next((one for one in self.views() if one.id == view_id), None)

    def put_view(self, view: View) -> View:
        """Keep a view: a Home tab, a changed modal, or a new one on top of the person's stack."""
        if view.type == "home":
            self.homes[view.person] = view
            self.tell(Change(ChangeKind.HOME, person=view.person))
            return view
        stack = self.modals.setdefault(view.person, [])
        if any(one.id == view.id for one in stack):
            stack[:] = [view if one.id == view.id else one for one in stack]
        else:
            stack.append(view)
        self.tell(Change(ChangeKind.VIEW, person=view.person))
        return view

    def close_views(self, person: str, *, keep: int) -> None:
        """Close a person's modals from the top until `keep` are left."""
        del self.modals.get(person, [])[keep:]
        self.tell(Change(ChangeKind.VIEW, person=person))

    def _tell_of(self, message: Message) -> None:
        kind = ChangeKind.EPHEMERAL if message.ephemeral_to else ChangeKind.MESSAGE
        self.tell(Change(kind, message.channel, message.ts, message.ephemeral_to))
