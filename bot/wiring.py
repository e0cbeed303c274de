"""The one place where every concrete object is built."""

import asyncio
import socket
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from backend.base import BaseShelf
from backend.clock import utc_now
from backend.dispatcher import Dispatcher
from backend.errors import BackendError
from backend.migrate import migrate
from backend.numa import nodes_here
from backend.runs import Runs, Start, launch_here
from backend.service import Service
from backend.settings import BackendSettings
from backend.store import Store
from backend.supervisor import Supervisor
from backend.tidying import Tidying
from backend.trainings import Trainings
from backend.views import DeliveryKind
from bot import texts
from bot.answers import Answers
from bot.app import build_app
from bot.budget import slack_budget
from bot.calls import Calls
from bot.cards import Cards
from bot.delivery import Deliverer, Notes
from bot.desk import Desk
from bot.doors import Door, Doors, HttpDoor, SocketDoor, all_pages, pages_to_install
from bot.drafts import Drafts
from bot.drawing import Drawing
from bot.files import PictureFetcher
from bot.gathering import Gatherer
from bot.homes import Homes
from bot.housekeeping import Housekeeper
from bot.inbox import Inbox
from bot.installation_tables import InstallationTables, StateTable
from bot.installations import Installations, Installed, OneInstallation
from bot.installing import new_flow
from bot.languages import Languages
from bot.office import Office
from bot.offices import Offices, Reception, not_installed
from bot.overheard import Overhearing
from bot.pictures import PictureShelf
from bot.removal import Removal
from bot.results import Results
from bot.retries import retry_handlers
from bot.scopes import not_granted
from bot.settings import BotSettings, Connection, SlackSettings
from bot.standings import Standings
from bot.statuses import Statuses
from bot.teaching import Teacher
from bot.watch import Watch
from bot.words import read_sentences
from cluster.settings import ClusterSettings

_log = structlog.get_logger(__name__)

# Not what lies in the working folder: the Figment that this is.
_WORKER = (sys.executable, "-P", "-m", "bot", "worker")


class Figment:
    """Everything that `figment serve` runs. `start_run` begins a prepared training run."""

    def __init__(
        self,
        slack: SlackSettings,
        bot: BotSettings,
        backend: BackendSettings,
        cluster: ClusterSettings,
        start_run: Start = launch_here,
    ) -> None:
        self._slack = slack
        self._connection = slack.connection
        self._backend = backend
        self._base = BaseShelf(backend.base)
        self._store = Store.open(backend)
        self._service = Service(self._store, self._base, backend, cluster)
        self._dispatcher = self._new_dispatcher(cluster, start_run)

        self._bot = bot
        self._statuses = Statuses(self._service)
        self._sentences = read_sentences()
        self._drafts = Drafts(self._service)
        self._tables = None
        self._installations: Installations
        if slack.is_installed_by_many:
            self._tables = InstallationTables(slack.slack_client_id, self._store.database)
            self._installations = self._tables
        else:
            token = slack.slack_bot_token.get_secret_value()
            self._installations = OneInstallation(
                token, Calls(self._new_client(token), slack_budget(bot))
            )
        self._offices = Offices(self._installations, self._new_office)
        reception = Reception(self._offices)
        self._inbox = Inbox(self._service, reception)
        self._deliverer = Deliverer(self._service, reception.makers())
        self._running = AsyncExitStack()

    async def start(self) -> None:
        """Start everything, Slack's door last; raises BackendError, BotError."""
        async with AsyncExitStack() as started:
            started.push_async_callback(self._store.close)
            await migrate(self._backend.url)
            await self._dispatcher.start()
            started.push_async_callback(self._dispatcher.stop)
            started.push_async_callback(self._offices.stop)
            workspaces = await self._installations.workspaces()
            for workspace in workspaces:
                await self._offices.of(workspace)
            warming = asyncio.create_task(self._warm_up(), name="warm up")
            started.callback(warming.cancel)
            rows = await self._service.unsettled()
            self._statuses.restore(rows)
            await self._drafts.restore(rows)
            await self._inbox.replay(rows)
            started.push_async_callback(self._inbox.stop)
            self._deliverer.start()
            started.push_async_callback(self._deliverer.stop)
            door = self._new_door()
            started.push_async_callback(door.close)
            await door.open()
            self._running = started.pop_all()
        if self._tables is not None and self._slack.slack_bot_token.get_secret_value():
            _log.warning("bot_token_not_used", why="SLACK_CLIENT_ID is set")
        _log.info("serving", workspaces=",".join(workspaces), by=self._connection.value)

    async def stop(self) -> None:
        """Stop everything in the opposite order. Training runs go on."""
        await self._running.aclose()
        _log.info("stopped")

    async def _warm_up(self) -> None:
        try:
            base = await self._base.get()
        except BackendError as error:
            _log.error("base_model_missing", error=error.message, hint=error.hint)
        else:
            _log.info("base_model", hash=base.hash[:12], resolution=base.resolution)

    def _new_dispatcher(self, cluster: ClusterSettings, start_run: Start) -> Dispatcher:
        trainings = Trainings(
            self._store,
            self._base,
            Runs(self._store.folder, cluster, start_run, self._backend.slots),
            self._backend,
            # The same after a restart, so that jobs are taken up at once.
            holder=f"{socket.gethostname()}:{self._store.folder.root}",
        )
        pinned = [("--node", str(node)) for node in nodes_here()]
        supervisor = Supervisor(
            _WORKER, self._backend.workers, further=pinned if self._backend.pin_workers else ((),)
        )
        return Dispatcher(
            self._store.folder,
            trainings,
            Tidying(self._store, self._base),
            self._backend,
            supervisor if self._backend.workers else None,
        )

    def _new_client(self, token: str | None) -> AsyncWebClient:
        return AsyncWebClient(
            token=token, base_url=self._slack.api_url, retry_handlers=retry_handlers()
        )

    def _new_office(self, installed: Installed, refused: Callable[[], None]) -> Office:
        """Build what works for one workspace, around its own token and limits."""
        bot, service = self._bot, self._service
        calls = Calls(
            self._new_client(installed.token),
            slack_budget(bot),
            installed.scopes,
            # With one token from the settings, nobody else could take over.
            None if self._tables is None else refused,
        )
        shelf = PictureShelf(calls)
        fetcher = PictureFetcher(
            installed.token,
            self._slack.other_server,
            int(bot.max_upload_mb * 1e6),
            calls.files.info,
        )
        standings = Standings(calls)
        words = self._sentences.of(bot.language)
        languages = Languages(self._sentences, words, standings)
        answers = Answers(calls, service, languages)
        gatherer = Gatherer(calls, bot.upload_minutes)
        drawing = Drawing(service, calls, answers, fetcher, self._statuses, standings)
        desk = Desk(
            service,
            answers,
            Teacher(service, calls, answers, gatherer, fetcher, self._drafts, standings),
            shelf,
            drawing,
            Removal(service, calls, shelf, standings, words),
            standings,
            Housekeeper(service, calls, answers, gatherer, fetcher, standings),
        )
        if installed.scopes is not None and (missing := not_granted(installed.scopes)):
            _log.warning(
                "scopes_not_granted", scopes=",".join(missing), workspace=installed.workspace
            )
        one = "" if self._tables is None else installed.workspace
        results = Results(service, calls, shelf, self._statuses, words)
        return Office(
            installed=installed,
            calls=calls,
            desk=desk,
            standings=standings,
            languages=languages,
            overhearing=Overhearing(service, self._inbox, standings, installed.bot_user),
            homes=Homes(service, calls, shelf, standings, languages),
            watch=Watch(service, calls, self._statuses, words, workspace=one),
            makers={
                DeliveryKind.CARD: Cards(service, calls, words, bot.preview_seconds).deliver,
                DeliveryKind.PICTURES: results.deliver,
                DeliveryKind.NOTE: Notes(calls).deliver,
            },
        )

    async def _joined(self, workspace: str) -> None:
        """Go on where a workspace left, if it was here before."""
        await self._offices.renew(workspace)
        await self._service.resume_deliveries(workspace)

    def _new_door(self) -> Door:
        slack, client = self._slack, self._new_client(None)
        words = self._sentences.of(self._bot.language)
        flow = None
        if self._tables is not None:
            states = StateTable(self._store.database)
            flow = new_flow(client, slack, self._tables, states, words, self._joined)
        secret = slack.slack_signing_secret.get_secret_value()
        app = build_app(
            client,
            secret,
            self._offices,
            self._inbox,
            self._service,
            utc_now,
            flow,
            texts.in_full(words, not_installed()),
        )
        host, port = slack.slack_http_host, slack.slack_http_port
        if self._connection is Connection.HTTP:
            return HttpDoor(all_pages(app), host, port)
        socket_door = SocketDoor(app, slack.slack_app_token.get_secret_value())
        if flow is None:
            return socket_door
        return Doors(HttpDoor(pages_to_install(app), host, port), socket_door)
