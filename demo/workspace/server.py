"""The workspace's server: one address for the Web API, Socket Mode, files and the page."""

from pathlib import Path

from aiohttp import web

from demo.workspace.consent import Consent
from demo.workspace.controls import Controls
from demo.workspace.meter import Meter
from demo.workspace.names import ATTIC
from demo.workspace.own_page import own_page_only
from demo.workspace.page_api import PageApi, page_errors
from demo.workspace.page_control import PageControl
from demo.workspace.page_feed import PageFeed
from demo.workspace.page_files import PageFiles
from demo.workspace.page_views import PageViews
from demo.workspace.response_urls import ResponseUrls
from demo.workspace.socket_mode import Patience
from demo.workspace.static_page import StaticPage
from demo.workspace.uploads import Uploads
from demo.workspace.web_api.dispatch import WebApi
from demo.workspace.workspace import Workspace

LARGEST_REQUEST = 64 * 1024 * 1024


class WorkspaceServer:
    """A running workspace; its state goes when it stops.

    Beside it is another one, the attic, which the app can be installed in over OAuth. It has no
    page, but everything that a page asks for is under `/attic/page`.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        samples: Path | None = None,
        patience: Patience | None = None,
        controls: Controls | None = None,
    ) -> None:
        """Prepare a workspace; port 0 takes any free one, `samples` is a folder of pictures.

        The app has what its manifest asks for, unless `controls` say something else.
        """
        self._host = host
        self._port = port
        self._samples = samples
        self._patience = patience or Patience()
        self._controls = controls
        self._runner: web.AppRunner | None = None
        self._workspace: Workspace | None = None
        self._attic: Workspace | None = None
        self._feeds: list[PageFeed] = []

    @property
    def url(self) -> str:
        """The workspace's address, such as `http://127.0.0.1:8720`."""
        return f"http://{self._host}:{self._port}"

    @property
    def connections(self) -> int:
        """How many sockets the app holds open now."""
        return self._workspace.hub.connections if self._workspace else 0

    @property
    def meter(self) -> Meter:
        """What was measured of the app since the start."""
        return self._workspace.meter if self._workspace else Meter()

    async def start(self) -> None:
        """Start to serve.

        Raises:
            OSError: the port is taken.
        """
        workspace = Workspace(self._patience, self._controls)
        attic = Workspace(self._patience, Controls.without_the_app(), names=ATTIC, beside=workspace)
        api = WebApi(workspace, attic)
        app = web.Application(
            client_max_size=LARGEST_REQUEST, middlewares=[page_errors, own_page_only]
        )
        app.add_routes(self._page_of(workspace))
        beside = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[page_errors])
        beside.add_routes(self._page_of(attic))
        app.add_subapp(f"/{ATTIC.domain}", beside)
        for part in (
            Consent((workspace, attic)),
            ResponseUrls(workspace, attic),
            Uploads(workspace, attic),
            StaticPage(),
        ):
            app.add_routes(part.routes())
        app.router.add_route("*", "/api/{method}", api.handle)
        app.router.add_get("/socket-mode/{ticket}", workspace.hub.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        if not self._port:
            self._port = self._runner.addresses[0][1]
        workspace.origin = attic.origin = self.url
        self._workspace, self._attic = workspace, attic

    async def stop(self) -> None:
        """Hang up and stop to serve."""
        for feed in self._feeds:
            feed.close()
        self._feeds.clear()
        for workspace in (self._attic, self._workspace):
            if workspace is not None:
                await workspace.stop()
        self._workspace = self._attic = None
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _page_of(self, workspace: Workspace) -> list[web.RouteDef]:
        """Return the routes of what a page asks for."""
        feed = PageFeed(workspace)
        self._feeds.append(feed)
        parts = (
            PageApi(workspace, self._samples),
            PageFiles(workspace, self._samples),
            PageViews(workspace),
            PageControl(workspace),
            feed,
        )
        return [route for part in parts for route in part.routes()]
