"""Does what people ask for: one use case of backend each, and an answer."""

import tempfile
from pathlib import Path

import structlog
from slack_sdk.errors import SlackApiError

from backend.errors import BackendError, ErrorCode
from backend.people import Place
from backend.requests import ImagineRequest, IncomingPicture
from backend.service import Service
from backend.views import RenderView
from bot import texts
from bot.answers import Answers
from bot.asks import Ask, Origin
from bot.blocks.concept_card import concept_card
from bot.blocks.render_messages import asked, render_status, status_line
from bot.calls import Calls
from bot.errors import BotError
from bot.files import PictureFetcher, looks_like_picture
from bot.lookup import find_open
from bot.parse import parse_concept, parse_imagine, parse_mention
from bot.pictures import PictureShelf
from bot.statuses import Status, Statuses
from bot.teaching import Teacher
from bot.wishes import (
    Again,
    Cancel,
    Help,
    Imagine,
    ListConcepts,
    Show,
    ShowQueue,
    Wish,
)

_log = structlog.get_logger(__name__)


class Desk:
    """Where asks arrive, from listeners and, after a restart, from the inbox."""

    def __init__(
        self,
        service: Service,
        calls: Calls,
        answers: Answers,
        teacher: Teacher,
        fetcher: PictureFetcher,
        shelf: PictureShelf,
        statuses: Statuses,
    ) -> None:
        self._service = service
        self._calls = calls
        self._answers = answers
        self._teacher = teacher
        self._fetcher = fetcher
        self._shelf = shelf
        self._statuses = statuses

    async def serve(self, ask: Ask, again: bool) -> None:
        """Do what is asked; `again` where an earlier attempt may have done some of it.

        Raises BackendError, BotError, SlackBusyError, SlackApiError.
        """
        match _wish_of(ask):
            case Imagine() as wish:
                await self._imagine(ask, wish, ask.place, again)
            case Again(render_id=render_id):
                await self._draw_again(ask, render_id, again)
            case Cancel(what=what):
                await self._cancel(ask, what)
            case ListConcepts():
                concepts = await self._service.concepts(ask.workspace)
                await self._answers.tell(ask, texts.concept_list(concepts))
            case Show(name=name):
                await self._show(ask, name)
            case ShowQueue():
                queue = await self._service.queue(ask.workspace)
                await self._answers.tell(ask, texts.queue(queue))
            case Help():
                await self._answers.tell(ask, texts.HELP)
            case wish:
                await self._teacher.serve(ask, wish)

    async def complain(self, ask: Ask, error: Exception) -> None:
        """Tell somebody that their ask came to nothing, and why."""
        if isinstance(error, BackendError | BotError):
            _log.info("refused", ask=ask.event_id, code=str(error.code), message=error.message)
        else:
            _log.error("ask_failed", ask=ask.event_id, exc_info=error)
        await self._answers.tell(ask, texts.of_any(error))

    async def _imagine(self, ask: Ask, wish: Imagine, place: Place, again: bool) -> None:
        if not place.channel:
            place = Place(ask.workspace, await self._channel(ask))
        if ask.origin is Origin.FORM:
            place = Place(place.workspace, place.channel, None)
        with tempfile.TemporaryDirectory(prefix="figment-") as folder:
            start = await self._start(ask, Path(folder)) if wish.start is None else wish.start
            render = await self._service.imagine(
                ImagineRequest(
                    prompt=wish.prompt,
                    by=ask.person,
                    place=place,
                    key=ask.event_id,
                    count=wish.count,
                    seed=wish.seed,
                    steps=wish.steps,
                    guidance=wish.guidance,
                    guidance_until=wish.until,
                    negative_prompt=wish.negative,
                    sampler=wish.sampler,
                    width=wish.width,
                    height=wish.height,
                    ratio=wish.ratio,
                    start=start,
                    strength=wish.strength,
                    vary=wish.vary,
                    upscale=wish.upscale,
                )
            )
        _log.info("imagined", render=render.id, prompt=render.prompt)
        try:
            await self._show_status(render, again)
        except (BotError, SlackApiError):
            # Nobody could see its pictures here, or they will ask once more.
            await self._withdraw(ask, render)
            raise

    async def _start(self, ask: Ask, folder: Path) -> IncomingPicture | None:
        """Fetch the picture that is attached to a prompt; raises BackendError (bad_pictures)."""
        files = [file for file in ask.files if looks_like_picture(file)][:1]
        fetched = await self._fetcher.fetch(files, folder)
        if fetched.problems:
            raise BackendError(ErrorCode.BAD_PICTURES, fetched.problems[0], "Send another one.")
        return next(iter(fetched.pictures), None)

    async def _show_status(self, render: RenderView, again: bool) -> None:
        """Post the message that says how a render stands; before a slash command's pictures."""
        if self._statuses.of(render.id) is not None:
            return
        place, key = render.place, f"status:{render.id}"
        ts, line = None, ""
        if again:
            since = render.created_at.timestamp() - 60
            ts = await self._calls.posted(place.channel, place.thread, key, since)
        if ts is None:
            line = status_line(render)
            ts = await self._calls.post(
                place.channel, asked(render), render_status(render), place.thread, key
            )
        await self._statuses.remember(
            Status(render_id=render.id, channel=place.channel, ts=ts, line=line)
        )

    async def _withdraw(self, ask: Ask, render: RenderView) -> None:
        try:
            await self._service.cancel(render.id, ask.person)
        except BackendError as error:
            _log.info("not_withdrawn", render=render.id, code=str(error.code))

    async def _draw_again(self, ask: Ask, render_id: str, again: bool) -> None:
        earlier = await self._service.render(render_id)
        if earlier.owner.workspace != ask.workspace:
            raise BackendError(ErrorCode.NOT_FOUND, "There is no such render here.")
        recipe = earlier.pictures[0].recipe
        wish = Imagine(
            prompt=earlier.prompt,
            count=earlier.count,
            steps=earlier.steps,
            guidance=earlier.guidance,
            until=recipe.guidance_until,
            negative=earlier.negative_prompt or None,
            sampler=earlier.sampler,
            width=earlier.width,
            height=earlier.height,
            start=None if recipe.start is None else recipe.start.sha256,
            strength=None if recipe.start is None else recipe.start.strength,
            upscale=recipe.upscale is not None,
        )
        place = Place(ask.workspace, ask.channel, ask.thread or ask.message)
        await self._imagine(ask, wish, place, again)

    async def _cancel(self, ask: Ask, what: str) -> None:
        queue = await self._service.queue(ask.workspace)
        cancelled = await self._service.cancel(find_open(what, queue), ask.person)
        await self._answers.tell(ask, texts.cancelled(cancelled))

    async def _show(self, ask: Ask, name: str) -> None:
        concept = await self._service.concept(ask.workspace, name)
        paths = dict(enumerate(concept.samples))
        files = await self._shelf.files(paths, f"A sample of {concept.token}")
        card = concept_card(concept, tuple(files.values()))
        await self._answers.tell(ask, texts.concept_line(concept), card)

    async def _channel(self, ask: Ask) -> str:
        return ask.channel or await self._calls.direct_channel(ask.user)


def _wish_of(ask: Ask) -> Wish:
    """Return what somebody wants; raises BotError (not_understood)."""
    if ask.wish is not None:
        return ask.wish
    if ask.origin is Origin.MENTION:
        return parse_mention(ask.text)
    return parse_imagine(ask.text) if ask.command == "imagine" else parse_concept(ask.text)
