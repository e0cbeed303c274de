"""`POST /page/control`: switches for tests and for showing what the bot does in trouble."""

from collections.abc import Mapping

from aiohttp import web

from demo.workspace.controls import RateLimit
from demo.workspace.faults import PageError
from demo.workspace.page_form import Form, read_form
from demo.workspace.scopes import ChannelKind
from demo.workspace.workspace import Workspace

SWITCHES = frozenset(
    {
        "ratelimit",
        "drop_sockets",
        "redeliver_last_event",
        "missing_scopes",
        "channel_kinds",
        "delete_files",
        "leave_channels",
        "file_stubs",
        "escape_commands",
        "people",
        "uninstall",
    }
)


class PageControl:
    """Serves the switches."""

    def __init__(self, workspace: Workspace) -> None:
        """Serve this workspace."""
        self._workspace = workspace

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the application's table."""
        return [web.post("/page/control", self.control)]

    async def control(self, request: web.Request) -> web.Response:
        """Turn the named switches.

        `ratelimit` {method, times, retry_after in seconds}; `drop_sockets` true for a broken
        line, "refresh" for Slack's announced move; `redeliver_last_event` true, for
        the last that a person caused;
        `missing_scopes` [names]; `channel_kinds` {channel: prefix of its scopes};
        `delete_files` [ids], as the people do whose they are; `leave_channels` [ids], which the
        bot is put out of; `file_stubs`
        and `escape_commands` true or false; `people` {id: what users.info says otherwise, such as
        {"is_restricted": true}}; `uninstall` true to put the app out.
        """
        form = await read_form(request)
        unknown = sorted(set(form.sent) - SWITCHES)
        if unknown:
            raise PageError("unknown_switch", f"There is no switch {unknown[0]!r}.")
        controls = self._workspace.controls
        if form.value("ratelimit") is not None:
            _limit(self._workspace, Form(form.mapping("ratelimit")))
        scopes = form.value("missing_scopes")
        if isinstance(scopes, list):
            controls.missing_scopes = frozenset(str(one) for one in scopes)
        if form.value("channel_kinds") is not None:
            controls.channel_kinds = _kinds(form.mapping("channel_kinds"))
        deleted = form.value("delete_files")
        for file_id in deleted if isinstance(deleted, list) else ():
            self._workspace.team.remove_file(str(file_id))
        left = form.value("leave_channels")
        for channel in left if isinstance(left, list) else ():
            self._workspace.team.without_bot(str(channel))
        if "file_stubs" in form.sent:
            controls.file_stubs = form.value("file_stubs") is True
        if "people" in form.sent:
            said = form.mapping("people")
            controls.people = {one: dict(facts) for one, facts in said.items()}
        if "escape_commands" in form.sent:
            controls.escape_commands = form.value("escape_commands") is True
        if form.value("drop_sockets"):
            announced = form.value("drop_sockets") == "refresh"
            await self._workspace.hub.drop(announced=announced)
        if form.value("redeliver_last_event") and not self._workspace.hub.redeliver_last_event():
            raise PageError("no_event", "No event was sent yet.")
        if form.value("uninstall"):
            self._workspace.uninstall()
        return web.json_response({"ok": True})


def _kinds(kinds: Mapping[str, object]) -> dict[str, ChannelKind]:
    try:
        return {channel: ChannelKind(kind) for channel, kind in kinds.items()}
    except ValueError as error:
        raise PageError("invalid_kind", f"{error}.") from error


def _limit(workspace: Workspace, limit: Form) -> None:
    try:
        times, seconds = int(limit.text("times") or 1), int(limit.text("retry_after") or 1)
    except ValueError as error:
        raise PageError("invalid_ratelimit", "times and retry_after are numbers.") from error
    workspace.controls.rate_limits[limit.text("method")] = RateLimit(times, seconds)
