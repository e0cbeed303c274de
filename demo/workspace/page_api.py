"""The page's own interface: what a person sees and does, as JSON."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from demo.workspace import modals, people
from demo.workspace.elements import Given
from demo.workspace.faults import ApiError, PageError
from demo.workspace.json_types import Json
from demo.workspace.manifest import (
    BOT,
    BOT_ID,
    BOT_USER_ID,
    COMMANDS,
    GUIDE,
    PEOPLE,
    SHORTCUTS,
    Person,
)
from demo.workspace.messages import Message
from demo.workspace.page_files import sample_paths
from demo.workspace.page_form import read_form
from demo.workspace.scopes import SCOPE_OF_COMMANDS
from demo.workspace.workspace import Workspace

PageHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def page_errors(request: web.Request, handler: PageHandler) -> web.StreamResponse:
    """Turn a refusal into its JSON."""
    try:
        return await handler(request)
    except PageError as error:
        return web.json_response(error.body(), status=error.status)
    except ApiError as error:
        # The app's own answer was not valid; the person hears that, not the details.
        message = f"The app answered with something that Slack refuses: {error.code}."
        return web.json_response(PageError(error.code, message).body() | {"details": error.body()})


class PageApi:
    """Serves `/page/*`."""

    def __init__(self, workspace: Workspace, samples: Path | None) -> None:
        """Serve this workspace; `samples` is a folder of pictures to try."""
        self._workspace = workspace
        self._samples = samples

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the application's table."""
        return [
            web.get("/page/state", self.state),
            web.get("/page/channels/{channel}/messages", self.messages),
            web.post("/page/messages", self.say),
            web.post("/page/commands", self.command),
            web.post("/page/actions", self.act),
            web.post("/page/shortcuts", self.shortcut),
        ]

    async def state(self, request: web.Request) -> web.Response:
        """Tell who and what is here."""
        provided = self._workspace.controls.provided
        commands, shortcuts = (COMMANDS, SHORTCUTS) if SCOPE_OF_COMMANDS in provided else ((), ())
        return web.json_response(
            {
                "team": {"id": self._workspace.names.team, "name": self._workspace.names.name},
                "people": [_person_json(one) for one in PEOPLE],
                "bot": _person_json(BOT) | {"bot_id": BOT_ID},
                "channels": [
                    {
                        "id": one.id,
                        "name": one.name,
                        "is_im": one.is_im,
                        "members": list(one.members),
                    }
                    for one in self._workspace.team.channels.values()
                ],
                "commands": [
                    {"name": one.name, "description": one.description, "usage": one.usage}
                    for one in commands
                ],
                "shortcuts": [
                    {
                        "callback_id": one.callback_id,
                        "name": one.name,
                        "type": "message" if one.on_message else "global",
                    }
                    for one in shortcuts
                ],
                "connected": self._workspace.hub.connections > 0,
                "samples": [
                    {"name": path.name, "url": f"/page/samples/{path.name}"}
                    for path in sample_paths(self._samples)
                ],
                "guide": [{"title": one.title, "text": one.text} for one in GUIDE],
            }
        )

    async def messages(self, request: web.Request) -> web.Response:
        """Return a channel's messages with their threads, as one person sees them."""
        person = people.person_named(request.query.get("as", ""))
        channel = people.channel_named(self._workspace, person, request.match_info["channel"])
        team = self._workspace.team
        shown = [
            self._message_json(one)
            | {
                "replies": [
                    self._message_json(r) for r in team.replies(channel.id, one.ts, person.id)
                ]
            }
            for one in team.messages(channel.id)
            if one.ephemeral_to in (None, person.id) and (one.thread_ts is None or one.broadcast)
        ]
        return web.json_response({"messages": shown})

    async def say(self, request: web.Request) -> web.Response:
        """Post a message."""
        form = await read_form(request)
        person = people.person_named(form.text("as"))
        channel = people.channel_named(self._workspace, person, form.text("channel"))
        thread_ts = form.text("thread_ts") or None
        message = people.say(
            self._workspace, person, channel, form.text("text"), thread_ts=thread_ts
        )
        return web.json_response({"ok": True, "ts": message.ts})

    async def command(self, request: web.Request) -> web.Response:
        """Run a slash command."""
        form = await read_form(request)
        person = people.person_named(form.text("as"))
        channel = people.channel_named(self._workspace, person, form.text("channel"))
        await people.command(
            self._workspace,
            person,
            channel,
            form.text("command"),
            form.text("text"),
            threaded=bool(form.text("thread_ts")),
        )
        return web.json_response({"ok": True})

    async def act(self, request: web.Request) -> web.Response:
        """Use an element of a message or of a view."""
        form = await read_form(request)
        person = people.person_named(form.text("as"))
        given = Given(form.text("value") or None, form.value("selected"))
        if form.text("view_id"):
            view = modals.view_of(self._workspace, person, form.text("view_id"))
            block_id, action_id = form.text("block_id"), form.text("action_id")
            typed = form.mapping("values")
            await modals.click(self._workspace, person, view, block_id, action_id, given, typed)
            return web.json_response({"ok": True})
        channel = people.channel_named(self._workspace, person, form.text("channel"))
        await people.click(
            self._workspace,
            person,
            channel,
            form.text("message_ts"),
            form.text("block_id"),
            form.text("action_id"),
            given,
        )
        return web.json_response({"ok": True})

    async def shortcut(self, request: web.Request) -> web.Response:
        """Use a shortcut."""
        form = await read_form(request)
        person = people.person_named(form.text("as"))
        message: Message | None = None
        if form.text("message_ts"):
            channel = people.channel_named(self._workspace, person, form.text("channel"))
            message = people.message_at(
                self._workspace, person, channel.id, form.text("message_ts")
            )
        await people.shortcut(self._workspace, person, form.text("callback_id"), message)
        return web.json_response({"ok": True})

    def _message_json(self, message: Message) -> Json:
        team = self._workspace.team
        author = (
            {"bot_id": BOT_ID, "user": BOT_USER_ID}
            if message.author == BOT_USER_ID
            else {"user": message.author}
        )
        return {
            **author,
            "ts": message.ts,
            "text": message.text,
            "blocks": list(message.blocks),
            "files": [
                {
                    "id": one.id,
                    "name": one.name,
                    "title": one.title,
                    "alt_text": one.alt_text,
                    "mimetype": one.mimetype,
                    "size": one.size,
                    "url": f"/page/files/{one.id}/{one.name}",
                }
                for one in team.files_of(message.file_ids)
            ],
            "thread_ts": message.thread_ts,
            "reply_count": len(team.replies(message.channel, message.ts)),
            "replies": [],
            "edited": message.edited_ts is not None,
            "ephemeral_to": message.ephemeral_to,
            "reactions": [
                {"name": one.name, "users": list(one.users)} for one in message.reactions
            ],
        }


def _person_json(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "avatar": f"/page/avatars/{person.id}.svg",
    }
