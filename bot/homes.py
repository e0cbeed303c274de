"""Publishes App Homes: when they are opened, and when their person's jobs or renders end."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from slack_sdk.errors import SlackApiError

from backend.errors import BackendError
from backend.people import Asker, Person
from backend.service import Service
from backend.views import DeliveryKind, QueueView, RenderView
from bot import texts
from bot.blocks.home import MOST_RECENT, HomeFacts, closed_home, home, on_page, things_of
from bot.calls import SLACK_FAULTS, Calls
from bot.errors import BotError, SlackBusyError
from bot.languages import Languages
from bot.pictures import PictureShelf
from bot.rounds import Rounds
from bot.shown import Shown
from bot.slack_errors import error_code, shows_lost_picture
from bot.standings import Standings
from bot.words import Words

_log = structlog.get_logger(__name__)

_LOOK_SECONDS = 5.0
_LATELY_SECONDS = 15 * 60.0
"""For so long after it was opened, a Home is kept up to date: perhaps somebody looks at it."""
_LEAST_SECONDS = 10.0
"""A Home is published again at most so often, but for people who open it."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A Home that was opened lately: the page it shows, what was open in it, and when."""

    page: int
    own: frozenset[str]
    opened: float
    published: float


class Homes:
    """What people see when they open the bot's own page."""

    def __init__(
        self,
        service: Service,
        calls: Calls,
        shelf: PictureShelf,
        standings: Standings,
        languages: Languages,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = service
        self._calls = calls
        self._shelf = shelf
        self._standings = standings
        self._languages = languages
        self._now = clock
        self._open: dict[Person, _Open] = {}
        self._rounds = Rounds("homes", self._next_round, _LOOK_SECONDS)

    def start(self) -> None:
        """Begin to keep Homes up to date; returns at once."""
        self._rounds.start()

    async def stop(self) -> None:
        """End."""
        await self._rounds.stop()

    async def publish(self, user: str, workspace: str, page: int = 0) -> None:
        """Bring the App Home of somebody who opens it, or turns its pages, up to date."""
        person, now = Person(workspace, user), self._now()
        try:
            own = await self._publish(await self._standings.asker_of(person), page)
        except (BackendError, BotError) as error:
            # Whoever the rules keep out, or of whom Slack does not tell, sees why.
            words = await self._languages.of(person)
            view = closed_home(words, texts.of_error(words, error))
            await self._calls.publish_home(user, view)
            return
        self._open[person] = _Open(page, own, now, self._now())

    async def round(self) -> None:
        """Publish the Homes of people of whom something has ended, or begun, since they saw it."""
        now = self._now()
        self._open = {
            person: one for person, one in self._open.items() if now - one.opened < _LATELY_SECONDS
        }
        for person, one in list(self._open.items()):
            if now - one.published < _LEAST_SECONDS:
                continue
            try:
                asker = await self._standings.asker_of(person)
                if one.own == _own(await self._service.queue(person.workspace, asker), person):
                    continue
                own = await self._publish(asker, one.page)
            except (BackendError, SlackBusyError, *SLACK_FAULTS) as error:
                _log.info("home_not_published", user=person.user, error=repr(error))
                continue
            self._open[person] = replace(one, own=own, published=self._now())

    async def _next_round(self) -> float:
        await self.round()
        return _LOOK_SECONDS

    async def _publish(self, asker: Asker, page: int) -> frozenset[str]:
        """Publish a Home; return the ids of what is open in it."""
        person, is_admin = asker.person, asker.standing.is_admin
        concepts = await self._service.concepts(person.workspace, asker)
        queue = await self._service.queue(person.workspace, asker)
        recent = await self._service.recent(person, MOST_RECENT)
        words = await self._languages.of(person)
        samples = {one.token: one.samples[0] for one in on_page(concepts, page) if one.samples}
        facts = HomeFacts(
            person=person,
            queue=queue,
            concepts=concepts,
            page=page,
            samples=await self._uploaded(
                samples, {token: words.text("concept-sample", token=token) for token in samples}
            ),
            recent=recent,
            pictures=await self._first_pictures(words, recent),
            is_admin=is_admin,
            health=await self._service.health(person.workspace) if is_admin else None,
        )
        try:
            await self._calls.publish_home(person.user, home(words, facts))
        except SlackApiError as error:
            if not (shows_lost_picture(error) and (facts.samples or facts.pictures)):
                raise
            _log.info("home_without_pictures", user=person.user, error=error_code(error))
            bare = replace(facts, samples={}, pictures={})
            await self._calls.publish_home(person.user, home(words, bare))
            self._shelf.lose((*samples.values(), *(path for _, path in _firsts(recent).values())))
        return _own(queue, person)

    async def _first_pictures(
        self, words: Words, renders: tuple[RenderView, ...]
    ) -> dict[str, str]:
        firsts = _firsts(renders)
        for render_id, (index, path) in firsts.items():
            # What was shown in a channel is in Slack already, and is deleted with its message.
            receipt = await self._service.receipt(DeliveryKind.PICTURES, render_id)
            shown = dict(Shown.read(receipt).files) if receipt else {}
            if index in shown:
                self._shelf.know(path, shown[index])
        paths = {render_id: path for render_id, (_, path) in firsts.items()}
        return await self._uploaded(paths, dict.fromkeys(paths, words.text("home-picture")))

    async def _uploaded(
        self, paths: Mapping[str, Path], titles: Mapping[str, str]
    ) -> dict[str, str]:
        found = {}
        for name, path in paths.items():
            try:
                found[name] = await self._shelf.file(path, titles[name])
            except SLACK_FAULTS as error:
                _log.warning("picture_not_uploaded", path=path.name, error=repr(error))
        return found


def _firsts(renders: tuple[RenderView, ...]) -> dict[str, tuple[int, Path]]:
    """Return the first picture of each render that has one: its index, and where it lies."""
    drawn = ((render.id, one.index, one.path) for render in renders for one in render.pictures)
    found: dict[str, tuple[int, Path]] = {}
    for render_id, index, path in drawn:
        if path is not None:
            found.setdefault(render_id, (index, path))
    return found


def _own(queue: QueueView, person: Person) -> frozenset[str]:
    return frozenset(one.id for one in things_of(queue, person))
