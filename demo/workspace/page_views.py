"""The page's interface to modals and Home tabs."""

from aiohttp import web

from demo.workspace import modals, people
from demo.workspace.json_types import Json
from demo.workspace.messages import View
from demo.workspace.page_form import read_form
from demo.workspace.rendering import view_json
from demo.workspace.workspace import Workspace


class PageViews:
    """Serves `/page/views` and `/page/home`."""

    def __init__(self, workspace: Workspace) -> None:
        """Serve this workspace."""
        self._workspace = workspace

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the application's table."""
        return [
            web.get("/page/views", self.modal),
            web.post("/page/views/{view}/submit", self.submit),
            web.post("/page/views/{view}/close", self.close),
            web.get("/page/home", self.home),
            web.post("/page/home/open", self.open_home),
        ]

    async def modal(self, request: web.Request) -> web.Response:
        """Return the person's topmost modal, or null."""
        person = people.person_named(request.query.get("as", ""))
        stack = self._workspace.team.modals.get(person.id, [])
        return _view_response(stack[-1] if stack else None)

    async def home(self, request: web.Request) -> web.Response:
        """Return the person's Home tab, or null while the app published none."""
        person = people.person_named(request.query.get("as", ""))
        return _view_response(self._workspace.team.homes.get(person.id))

    async def open_home(self, request: web.Request) -> web.Response:
        """Tell the app that the person looks at its Home tab."""
        form = await read_form(request)
        self._workspace.home_opened(people.person_named(form.text("as")).id)
        return web.json_response({"ok": True})

    async def submit(self, request: web.Request) -> web.Response:
        """Submit a modal; `errors` holds a sentence by block id when it stays open."""
        form = await read_form(request)
        person = people.person_named(form.text("as"))
        view = modals.view_of(self._workspace, person, request.match_info["view"])
        errors = await modals.submit(self._workspace, person, view, form.mapping("values"))
        answer: Json = {"ok": not errors}
        return web.json_response(answer | ({"errors": errors} if errors else {}))

    async def close(self, request: web.Request) -> web.Response:
        """Close a modal without submitting it."""
        form = await read_form(request)
        person = people.person_named(form.text("as"))
        view = modals.view_of(self._workspace, person, request.match_info["view"])
        await modals.close(self._workspace, person, view)
        return web.json_response({"ok": True})


def _view_response(view: View | None) -> web.Response:
    return web.json_response({"view": view_json(view) if view else None})
