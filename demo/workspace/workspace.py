"""The workspace as a whole: what is posted is kept, and the app is told."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace

from demo.workspace import events
from demo.workspace.controls import Controls
from demo.workspace.json_types import Json
from demo.workspace.manifest import BOT_TOKEN, BOT_USER_ID, EVENTS
from demo.workspace.messages import Message, StoredFile
from demo.workspace.meter import Meter
from demo.workspace.names import TOYBOX, Names
from demo.workspace.scopes import ChannelKind
from demo.workspace.socket_mode import NotAcknowledgedError, Patience, SocketHub
from demo.workspace.state import Change, ChangeKind, Team
from demo.workspace.text import mentions
from demo.workspace.tickets import ResponseTickets, Triggers, UploadSlot


class Workspace:
    """The team, the app's connections and the tickets between them."""

    def __init__(
        self,
        patience: Patience,
        controls: Controls | None = None,
        *,
        names: Names = TOYBOX,
        beside: "Workspace | None" = None,
    ) -> None:
        """Start empty and without a connection; the app has its public token, if it is installed.

        An app has the same connections for all its workspaces: those of the one `beside`.
        """
        self.names = names
        self.team = Team()
        self.controls = controls or Controls()
        self.triggers = Triggers(patience.trigger)
        self.responses = ResponseTickets()
        self.patience = patience
        self.slots: dict[str, UploadSlot] = {}
        """Announced uploads by their ticket."""
        self.received: dict[str, StoredFile] = {}
        """Uploads whose bytes came but that are not complete yet, by file id."""
        self.origin = ""
        """The workspace's address as the app last reached it, so that it can fetch files."""
        self.tokens = {BOT_TOKEN} if names is TOYBOX and self.controls.is_installed else set()
        """With which the app may call us."""
        self.meter: Meter = beside.meter if beside else Meter()
        self.hub: SocketHub = beside.hub if beside else SocketHub(patience, self.meter)
        self.hub.on_connected(self._app_came_or_went)
        self._later: set[asyncio.TimerHandle] = set()

    def post(self, message: Message) -> Message:
        """Keep a message and tell the app of it."""
        self.team.add(message)
        channel = self.team.channels[message.channel]
        if message.ephemeral_to is not None or BOT_USER_ID not in channel.members:
            return message
        stubs = self.controls.file_stubs and message.author != BOT_USER_ID
        kind = self.controls.kind_of(channel)
        self._notify(
            self._message_event(channel.id),
            events.posted(self.team, message, self.origin, kind, stub_files=stubs),
        )
        if (
            not channel.is_im
            and message.author != BOT_USER_ID
            and mentions(message.text, BOT_USER_ID)
        ):
            self._notify(
                "app_mention",
                events.mentioned(self.team, message, self.origin, stub_files=stubs),
            )
        return message

    def edit(self, before: Message, after: Message) -> Message:
        """Replace a message by its edited form and tell the app."""
        after = replace(after, edited_ts=self.team.next_ts())
        self.team.put(after)
        if after.ephemeral_to is None:
            ts = self.team.next_ts()
            self._notify(
                self._message_event(after.channel),
                events.changed(
                    self.team, before, after, self.origin, self._kind(after.channel), ts
                ),
            )
        return after

    def delete(self, message: Message) -> None:
        """Forget a message and tell the app."""
        kind = self._kind(message.channel)
        event = events.deleted(self.team, message, self.origin, kind, self.team.next_ts())
        self.team.remove(message)
        if message.ephemeral_to is None:
            self._notify(self._message_event(message.channel), event)

    def home_opened(self, person: str) -> None:
        """Tell the app that a person opened its Home tab."""
        channel = self.team.channel_of(person)
        if channel is not None:
            home = self.team.homes.get(person)
            self._notify(
                "app_home_opened",
                events.home_opened(person, channel.id, home, self.team.next_ts()),
            )

    def install(self, scopes: frozenset[str]) -> str:
        """Let the app in, or let it in anew, with these permissions; return its token."""
        token = next(iter(self.tokens), None) or f"xoxb-{self.names.domain}-{secrets.token_hex(8)}"
        self.tokens.add(token)
        self.controls.scopes, self.controls.events = scopes, EVENTS
        return token

    def uninstall(self) -> None:
        """Put the app out, and tell it."""
        self.tokens.clear()
        self._notify("tokens_revoked", events.tokens_revoked(self.team.next_ts()))
        self._notify("app_uninstalled", events.app_uninstalled(self.team.next_ts()))
        self.controls.scopes = self.controls.events = frozenset()

    async def ask(self, kind: str, payload: Json) -> Json:
        """Send a command or an interaction and return the payload of its acknowledgement.

        Raises:
            NotAcknowledgedError: nobody is connected, or nobody answered in time.
        """
        if not self.controls.is_installed:
            raise NotAcknowledgedError("dispatch_failed")
        return self.names.inward(await self.hub.ask(kind, self.names.outward(payload)))

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do something after a while, unless the workspace stops before."""
        loop = asyncio.get_running_loop()

        def run() -> None:
            self._later.discard(handle)
            act()

        handle = loop.call_later(seconds, run)
        self._later.add(handle)

    async def stop(self) -> None:
        """Stop what is still to come and hang up."""
        for handle in self._later:
            handle.cancel()
        self._later.clear()
        await self.hub.stop()

    def _kind(self, channel: str) -> ChannelKind:
        return self.controls.kind_of(self.team.channels[channel])

    def _message_event(self, channel: str) -> str:
        return f"message.{self._kind(channel).value}"

    def _notify(self, name: str, event: Json) -> None:
        """Tell the app, if it subscribed to events of this name and may know."""
        if self.controls.tells(name):
            self.hub.notify(self.names.outward(events.event_callback(event)))

    def _app_came_or_went(self) -> None:
        self.team.tell(Change(ChangeKind.CONNECTED))
