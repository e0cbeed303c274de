"""The door of the Web API: token, rate limit, method, answer."""

import json
from collections.abc import Mapping

from aiohttp import web

from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json
from demo.workspace.manifest import APP_TOKEN, BOT_TOKEN, SCOPES
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
    """Serves `/api/<method>`."""

    def __init__(self, workspace: Workspace) -> None:
        """Serve this workspace."""
        self._workspace = workspace

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one call; a refusal is status 200 with `ok: false`, as Slack does it."""
        method = request.match_info["method"]
        limit = self._workspace.controls.refuse(method)
        if limit is not None:
            return web.json_response(
                {"ok": False, "error": "ratelimited"},
                status=429,
                headers={"Retry-After": str(limit.retry_after)},
            )
        try:
            body = await self._answer(request, method)
        except ApiError as error:
            body = error.body()
        return web.json_response(body, headers={"x-oauth-scopes": SCOPES})

    async def _answer(self, request: web.Request, method: str) -> Json:
        handler = METHODS.get(method)
        if handler is None:
            raise ApiError("unknown_method")
        arguments = await _arguments(request)
        _check_token(method, _token(request, arguments))
        arguments.pop("token", None)
        return {"ok": True, **handler(self._workspace, Call(method, arguments, origin(request)))}


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


def _check_token(method: str, token: str) -> None:
    if method in _WITHOUT_TOKEN:
        return
    if not token:
        raise ApiError("not_authed")
    if token not in {BOT_TOKEN, APP_TOKEN}:
        raise ApiError("invalid_auth")
    if (token == APP_TOKEN) != (method in _WITH_APP_TOKEN):
        raise ApiError("not_allowed_token_type")
