"""`/respond/<ticket>`: where the app answers a command or a click later."""

import json

from aiohttp import web

from demo.workspace.faults import ApiError
from demo.workspace.responding import Response, post_response
from demo.workspace.workspace import Workspace

_GONE = frozenset({"expired_url", "used_url"})


class ResponseUrls:
    """Serves the response URLs."""

    def __init__(self, workspace: Workspace) -> None:
        """Serve this workspace."""
        self._workspace = workspace

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the application's table."""
        return [web.post("/respond/{ticket}", self.respond)]

    async def respond(self, request: web.Request) -> web.Response:
        """Post, replace or delete; 404 when the URL is used up or too old."""
        try:
            sent = await request.json()
        except json.JSONDecodeError:
            sent = None
        if not isinstance(sent, dict):
            return web.Response(status=400, text="invalid_payload")
        try:
            ticket = self._workspace.responses.use(request.match_info["ticket"])
            post_response(self._workspace, ticket, Response.from_json(sent))
        except ApiError as error:
            return web.json_response(error.body(), status=404 if error.code in _GONE else 400)
        return web.Response(text="ok")
