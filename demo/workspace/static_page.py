"""The built page: `/`, `/assets/*`, and the page again for links to messages."""

from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).parent / "static"
NOT_BUILT = (
    "The workspace runs, but its page was not built.\n"
    "Build it with `npm ci && npm run build` in demo/workspace/page, then load this again.\n"
)


class StaticPage:
    """Serves the page from a folder."""

    def __init__(self, folder: Path = STATIC) -> None:
        """Serve this folder; it may be missing."""
        self._folder = folder

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the application's table."""
        return [
            web.get("/", self.index),
            web.get("/archives/{tail:.*}", self.message_link),
            web.get("/assets/{tail:.+}", self.asset),
            web.get("/{name:[a-z0-9-]+\\.(?:svg|ico|png|webmanifest)}", self.asset),
        ]

    async def index(self, request: web.Request) -> web.StreamResponse:
        """Show the page, or say how to build it."""
        page = self._folder / "index.html"
        if not page.is_file():
            return web.Response(status=503, text=NOT_BUILT)
        return web.FileResponse(page, headers={"Cache-Control": "no-cache"})

    async def message_link(self, request: web.Request) -> web.StreamResponse:
        """Lead from a message's permalink to the page."""
        raise web.HTTPFound("/")

    async def asset(self, request: web.Request) -> web.StreamResponse:
        """Show a file of the built page."""
        wanted = (self._folder / request.path.lstrip("/")).resolve()
        if not wanted.is_relative_to(self._folder.resolve()) or not wanted.is_file():
            raise web.HTTPNotFound(text="The page has no such file.")
        return web.FileResponse(wanted)
