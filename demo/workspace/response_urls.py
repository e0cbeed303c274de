"""`/respond/<ticket>`: where the app answers a command or a click later."""

import json

from aiohttp import web

from demo.workspace.faults import ApiError
from demo.workspace.responding import Response, post_response
from demo.workspace.workspace import Workspace

_GONE = frozenset({"expired_url", "used_url"})


class ResponseUrls:
    """Serves the response URLs."""

    def __init__(self, *workspaces: Workspace) -> None:
        """Serve these workspaces."""
        self._workspaces = workspaces

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
        name = request.match_info["ticket"]
        try:
            # One that nobody knows is refused by whichever is asked.
            known = (one for one in self._workspaces if one.responses.peek(name) is not None)
            workspace = next(known, self._workspaces[0])
            ticket = workspace.responses.use(name)
            post_response(workspace, ticket, Response.from_json(workspace.names.inward(sent)))
        except ApiError as error:
            return web.json_response(error.body(), status=404 if error.code in _GONE else 400)
        return web.Response(text="ok")
