"""Socket Mode: connections, envelopes, acknowledgements, and what happens without them."""

import asyncio
import json
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from demo.workspace.json_types import Json
from demo.workspace.manifest import APP_ID
from demo.workspace.meter import Meter

MOST_CONNECTIONS = 10


@dataclass(frozen=True)
class Patience:
    """How long the workspace waits, in seconds."""

    ack: float = 3.0
    trigger: float = 3.0
    """For a view, from the press to its being opened."""
    retry_delays: tuple[float, ...] = (1.0, 5.0, 30.0)
    app_return: float = 300.0
    file_ready: float = 0.2


class NotAcknowledgedError(Exception):
    """The app did not take an envelope; `code` is Slack's word for it."""

    def __init__(self, code: str) -> None:
        """Keep the code: dispatch_failed (no connection) or operation_timeout."""
        super().__init__(code)
        self.code = code


@dataclass(eq=False)
class _Connection:
    socket: web.WebSocketResponse
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)


class SocketHub:
    """The app's connections; each envelope goes to one of them, in turn."""

    def __init__(self, patience: Patience, meter: Meter | None = None) -> None:
        """Start without connections."""
        self._patience = patience
        self._meter = meter or Meter()
        self._watchers: list[Callable[[], None]] = []
        self._tickets: set[str] = set()
        self._connections: list[_Connection] = []
        self._turn = 0
        self._present = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_event: Json | None = None

    def on_connected(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` when a connection comes or goes."""
        self._watchers.append(watcher)

    @property
    def connections(self) -> int:
        """How many sockets the app holds open."""
        return len(self._connections)

    def new_ticket(self) -> str:
        """Return a ticket that opens one connection, once."""
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        return ticket

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until it closes."""
        ticket = request.match_info["ticket"]
        if ticket not in self._tickets:
            raise web.HTTPNotFound(text="This connection ticket is unknown or was used before.")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self._connections) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        connection = _Connection(socket)
        self._connections.append(connection)
        try:
            await socket.send_json(self._hello())
            self._present.set()
            self._tell_watchers()
            await self._read(connection)
        finally:
            self._connections.remove(connection)
            if not self._connections:
                self._present.clear()
            for acknowledged in connection.waiting.values():
                if not acknowledged.done():
                    acknowledged.set_exception(NotAcknowledgedError("operation_timeout"))
            self._tell_watchers()
        return socket

    async def ask(self, kind: str, payload: Json) -> Json:
        """Send a command or an interaction and return the payload of its acknowledgement.

        Raises:
            NotAcknowledgedError: nobody is connected, or nobody answered in time.
        """
        return await self._send(kind, payload, accepts_response=True)

    def notify(self, payload: Json) -> None:
        """Deliver an event in the background, and again when it is not acknowledged."""
        if not _is_of_a_bot(payload):
            self._last_event = payload
        self._start(payload, first_attempt=0)

    def redeliver_last_event(self) -> bool:
        """Send the last event once more under its old id; False when there was none.

        The last that a person caused: what the bot did itself is told of as well, and would hide
        it.
        """
        if self._last_event is None:
            return False
        self._start(self._last_event, first_attempt=1)
        return True

    async def drop(self, *, announced: bool) -> None:
        """Close every connection; `announced` says so first, as Slack does when it moves hosts."""
        for connection in tuple(self._connections):
            if announced:
                await connection.socket.send_json(
                    {
                        "type": "disconnect",
                        "reason": "refresh_requested",
                        "debug_info": {"host": "workspace"},
                    }
                )
            await connection.socket.close()

    async def stop(self) -> None:
        """Stop delivering and close every connection."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.drop(announced=False)

    def _start(self, payload: Json, first_attempt: int) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(payload, first_attempt))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, payload: Json, first_attempt: int) -> None:
        last = first_attempt + len(self._patience.retry_delays)
        for attempt in range(first_attempt, last + 1):
            # An app that is restarting gets its events when it is back.
            try:
                async with asyncio.timeout(self._patience.app_return):
                    await self._present.wait()
                await self._send("events_api", payload, attempt=attempt)
            except TimeoutError:
                return
            except NotAcknowledgedError:
                if attempt < last:
                    await asyncio.sleep(self._patience.retry_delays[attempt - first_attempt])
            else:
                return

    async def _send(
        self,
        kind: str,
        payload: Json,
        *,
        attempt: int | None = None,
        accepts_response: bool = False,
    ) -> Json:
        if not self._connections:
            raise NotAcknowledgedError("dispatch_failed")
        self._turn += 1
        connection = self._connections[self._turn % len(self._connections)]
        envelope_id = str(uuid.uuid4())
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": accepts_response,
        }
        if attempt is not None:
            envelope["retry_attempt"] = attempt
            envelope["retry_reason"] = "timeout" if attempt else ""
        acknowledged: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = acknowledged
        sent = time.monotonic()
        try:
            await connection.socket.send_json(envelope)
            async with asyncio.timeout(self._patience.ack):
                answer = await acknowledged
            self._meter.acknowledged(kind, sent)
            return answer
        except (TimeoutError, ConnectionError) as error:
            self._meter.acknowledged(kind, None)
            raise NotAcknowledgedError("operation_timeout") from error
        finally:
            connection.waiting.pop(envelope_id, None)

    async def _read(self, connection: _Connection) -> None:
        async for frame in connection.socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            try:
                answer = json.loads(frame.data)
            except ValueError:
                continue
            if not isinstance(answer, dict):
                continue
            acknowledged = connection.waiting.get(str(answer.get("envelope_id")))
            if acknowledged is not None and not acknowledged.done():
                given = answer.get("payload")
                acknowledged.set_result(given if isinstance(given, dict) else {})

    def _tell_watchers(self) -> None:
        for watcher in self._watchers:
            watcher()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.connections,
            "connection_info": {"app_id": APP_ID},
            "debug_info": {
                "host": "workspace",
                "build_number": 1,
                "approximate_connection_time": 3600,
            },
        }


def _is_of_a_bot(payload: Json) -> bool:
    event = payload.get("event") or {}
    message = event.get("message") or event.get("previous_message") or {}
    return bool(event.get("bot_id") or message.get("bot_id"))
