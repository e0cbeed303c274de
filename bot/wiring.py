"""The one place where every concrete object is built."""

import asyncio
import socket
import sys
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
from backend.trainings import Trainings
from backend.views import DeliveryKind
from bot.answers import Answers
from bot.app import build_app
from bot.budget import slack_budget
from bot.calls import Calls
from bot.cards import Cards
from bot.delivery import Deliverer, Notes
from bot.desk import Desk
from bot.doors import Door, HttpDoor, SocketDoor
from bot.drafts import Drafts
from bot.drawing import Drawing
from bot.files import PictureFetcher
from bot.gathering import Gatherer
from bot.homes import Homes
from bot.housekeeping import Housekeeper
from bot.inbox import Inbox
from bot.languages import Languages
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

_WORKER = (sys.executable, "-m", "bot", "worker")


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

        token = slack.slack_bot_token.get_secret_value()
        self._client = AsyncWebClient(
            token=token, base_url=slack.api_url, retry_handlers=retry_handlers()
        )
        self._calls = Calls(self._client, slack_budget(bot))
        self._shelf = PictureShelf(self._calls)
        self._statuses = Statuses(self._service)
        fetcher = PictureFetcher(
            token, slack.other_server, int(bot.max_upload_mb * 1e6), self._calls.file
        )
        self._standings = Standings(self._calls)
        sentences = read_sentences()
        words = sentences.of(bot.language)
        self._languages = Languages(sentences, words, self._standings)
        self._drafts = Drafts(self._service)
        answers = Answers(self._calls, self._service, self._languages)
        gatherer = Gatherer(self._calls, bot.upload_minutes)
        self._drawing = Drawing(
            self._service, self._calls, answers, fetcher, self._statuses, self._standings
        )
        desk = Desk(
            self._service,
            self._calls,
            answers,
            Teacher(
                self._service,
                self._calls,
                answers,
                gatherer,
                fetcher,
                self._drafts,
                self._standings,
            ),
            fetcher,
            self._shelf,
            self._drawing,
            Removal(self._service, self._calls, self._shelf, self._standings, words),
            self._standings,
            Housekeeper(self._service, self._calls, answers, gatherer, fetcher, self._standings),
        )
        self._inbox = Inbox(self._service, desk)
        self._deliverer = Deliverer(
            self._service,
            {
                DeliveryKind.CARD: Cards(
                    self._service, self._calls, words, bot.preview_seconds
                ).deliver,
                DeliveryKind.PICTURES: Results(
                    self._service, self._calls, self._shelf, self._statuses, words
                ).deliver,
                DeliveryKind.NOTE: Notes(self._calls).deliver,
            },
        )
        self._watch = Watch(self._service, self._calls, self._statuses, words)
        self._homes = Homes(
            self._service, self._calls, self._shelf, self._standings, self._languages
        )
        self._running = AsyncExitStack()

    async def start(self) -> None:
        """Start everything, Slack's door last; raises BackendError, BotError."""
        async with AsyncExitStack() as started:
            started.push_async_callback(self._store.close)
            await migrate(self._backend.url)
            await self._dispatcher.start()
            started.push_async_callback(self._dispatcher.stop)
            me = await self._calls.who_am_i()
            if me.scopes is not None and (missing := not_granted(me.scopes)):
                _log.warning("scopes_not_granted", scopes=",".join(missing))
            warming = asyncio.create_task(self._warm_up(), name="warm up")
            started.callback(warming.cancel)
            rows = await self._service.unsettled()
            self._statuses.restore(rows)
            await self._drafts.restore(rows)
            await self._inbox.replay(rows)
            started.push_async_callback(self._inbox.stop)
            self._deliverer.start()
            started.push_async_callback(self._deliverer.stop)
            self._watch.start()
            started.push_async_callback(self._watch.stop)
            self._homes.start()
            started.push_async_callback(self._homes.stop)
            door = self._new_door(me.user)
            started.push_async_callback(door.close)
            await door.open()
            self._running = started.pop_all()
        _log.info("serving", workspace=me.workspace, by=self._connection.value)

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
            self._store, trainings, self._backend, supervisor if self._backend.workers else None
        )

    def _new_door(self, bot_user: str) -> Door:
        app = build_app(
            self._client,
            self._slack.slack_signing_secret.get_secret_value(),
            bot_user,
            self._inbox,
            self._service,
            self._calls,
            self._homes,
            self._standings,
            self._languages,
            utc_now,
        )
        if self._connection is Connection.HTTP:
            return HttpDoor(app, self._slack.slack_http_host, self._slack.slack_http_port)
        return SocketDoor(app, self._slack.slack_app_token.get_secret_value())
