"""The door of the Web API: token, rate limit, method, answer."""

import json
from collections.abc import Mapping

from aiohttp import web

from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json
from demo.workspace.manifest import APP_TOKEN
from demo.workspace.scopes import METHOD_SCOPES, check_method
from demo.workspace.web_api import (
    basics,
    chat,
    conversations,
    files,
    reactions,
    users,
    views,
)
from demo.workspace.web_api.call import Call, Handler
from demo.workspace.workspace import Workspace

METHODS: Mapping[str, Handler] = {
    name: handler
    for family in (basics, chat, conversations, files, reactions, users, views)
    for name, handler in family.TABLE.methods.items()
}
_WITH_APP_TOKEN = frozenset({"apps.connections.open"})
_WITHOUT_TOKEN = frozenset({"api.test"})


class WebApi:
    """Serves `/api/<method>`: the token says which workspace it is about."""

    def __init__(self, *workspaces: Workspace) -> None:
        """Serve these workspaces; who has no token of any is refused by the first."""
        self._workspaces = workspaces

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one call; a refusal is status 200 with `ok: false`, as Slack does it."""
        method = request.match_info["method"]
        try:
            arguments = await _arguments(request)
        except ApiError as error:
            return web.json_response(error.body())
        token = _token(request, arguments)
        holders = (one for one in self._workspaces if token in one.tokens)
        workspace = next(holders, self._workspaces[0])
        limit = workspace.controls.refuse(method)
        if limit is not None:
            return web.json_response(
                {"ok": False, "error": "ratelimited"},
                status=429,
                headers={"Retry-After": str(limit.retry_after)},
            )
        arguments.pop("token", None)
        try:
            _check_token(method, token, workspace)
            call = Call(method, workspace.names.inward(arguments), origin(request))
            body = workspace.names.outward(_answer(workspace, call))
        except ApiError as error:
            body = error.body()
        headers = {
            "x-oauth-scopes": ",".join(sorted(workspace.controls.provided)),
            "x-accepted-oauth-scopes": ",".join(METHOD_SCOPES.get(method, ())),
        }
        return web.json_response(body, headers=headers)


def _answer(workspace: Workspace, call: Call) -> Json:
    handler = METHODS[call.method]
    channel = workspace.team.channel_of(call.text("channel"))
    kind = workspace.controls.kind_of(channel) if channel is not None else None
    check_method(call.method, kind, workspace.controls.provided)
    workspace.meter.called(call.method)
    return {"ok": True, **handler(workspace, call)}


def origin(request: web.Request) -> str:
    """Return the workspace's address as this caller wrote it."""
    return f"{request.scheme}://{request.host}"


async def _arguments(request: web.Request) -> dict[str, object]:
    arguments: dict[str, object] = dict(request.query)
    if request.method != "POST":
        return arguments
    if request.content_type == "application/json":
        try:
            sent = await request.json()
        except json.JSONDecodeError as error:
            raise ApiError("invalid_json") from error
        if not isinstance(sent, dict):
            raise ApiError("json_not_object")
        arguments.update(sent)
    else:
        arguments.update(await request.post())
    return arguments


def _token(request: web.Request, arguments: Mapping[str, object]) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return str(arguments.get("token") or "")


def _check_token(method: str, token: str, workspace: Workspace) -> None:
    if method not in METHODS:
        raise ApiError("unknown_method")
    if method in _WITHOUT_TOKEN:
        return
    if not token:
        raise ApiError("not_authed")
    if token != APP_TOKEN and token not in workspace.tokens:
        raise ApiError("invalid_auth")
    if (token == APP_TOKEN) != (method in _WITH_APP_TOKEN):
        raise ApiError("not_allowed_token_type")
