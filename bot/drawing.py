"""Does what people ask for about pictures: draws them, draws them again, makes others of them."""

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from slack_sdk.errors import SlackApiError

from backend.errors import BackendError, ErrorCode
from backend.jobs import OPEN_RENDERS
from backend.people import Place, Standing
from backend.redraws import Redraw, RedrawRequest
from backend.requests import ImagineRequest, IncomingPicture
from backend.service import Service
from backend.views import RenderView
from bot.answers import Answers
from bot.asks import Ask
from bot.blocks.recipe_text import recipe_blocks, recipe_summary
from bot.blocks.render_messages import asked, render_status, status_line
from bot.calls import Calls
from bot.earlier import wish_of
from bot.errors import BotError
from bot.files import PictureFetcher, looks_like_picture
from bot.scopes import PICTURES_SCOPES
from bot.standings import Standings
from bot.statuses import Status, Statuses
from bot.wishes import Imagine, MakeOf

_log = structlog.get_logger(__name__)


class Drawing:
    """The use cases of backend about renders, each with its answer."""

    def __init__(
        self,
        service: Service,
        calls: Calls,
        answers: Answers,
        fetcher: PictureFetcher,
        statuses: Statuses,
        standings: Standings,
    ) -> None:
        self._service = service
        self._calls = calls
        self._answers = answers
        self._fetcher = fetcher
        self._statuses = statuses
        self._standings = standings

    async def imagine(
        self, ask: Ask, wish: Imagine, again: bool, place: Place | None = None
    ) -> None:
        """Queue what is wished for, and say so; raises BackendError, BotError, SlackApiError."""
        await self._calls.require(*PICTURES_SCOPES)
        place = await self._with_channel(ask, ask.place if place is None else place)
        with tempfile.TemporaryDirectory(prefix="figment-") as folder:
            start = await self._start(ask, Path(folder)) if wish.start is None else wish.start
            standing = await self._standings.of(ask.person, place.channel)
            request = request_for(ask, wish, place, standing, start)
            await self._begin(ask, again, lambda: self._service.imagine(request))

    async def draw_again(self, ask: Ask, render_id: str, again: bool) -> None:
        """Draw the same with a new seed; of variations, others of the same picture."""
        earlier = await self.earlier(ask.workspace, render_id)
        first = earlier.pictures[0].recipe
        wish = wish_of(earlier).model_copy(
            update={} if first.variation is not None else {"seed": None}
        )
        if not first.varied_before:
            await self.imagine(ask, wish, again, _beneath(ask))
            return
        # Variations of a variation: no words say that, but its recipe does.
        drawn = next((one.index for one in earlier.pictures if one.path is not None), 0)
        await self._service_redraw(ask, again, render_id, drawn, Redraw.AGAIN, earlier.count)

    async def make_of(self, ask: Ask, wish: MakeOf, again: bool) -> None:
        """Draw variations of one picture, or the picture itself, larger."""
        await self._service_redraw(ask, again, wish.render_id, wish.index, wish.change, None)

    async def tell_recipe(self, ask: Ask, render_id: str) -> None:
        """Show somebody how each picture of a render is drawn again."""
        render = await self.earlier(ask.workspace, render_id)
        words = await self._answers.words(ask)
        await self._answers.tell(ask, recipe_summary(words, render), recipe_blocks(words, render))

    async def earlier(self, workspace: str, render_id: str) -> RenderView:
        """Return a render of the workspace; raises BackendError (not_found)."""
        render = await self._service.render(render_id)
        if render.owner.workspace != workspace:
            raise BackendError(ErrorCode.NOT_FOUND, "There is no such render here.", case="render")
        return render

    async def _service_redraw(
        self, ask: Ask, again: bool, render_id: str, index: int, change: Redraw, count: int | None
    ) -> None:
        await self._calls.require(*PICTURES_SCOPES)
        place = await self._with_channel(ask, _beneath(ask))
        standing = await self._standings.of(ask.person, place.channel)
        request = RedrawRequest(
            render_id,
            index,
            change,
            ask.person,
            place,
            ask.event_id,
            count=count,
            standing=standing,
        )
        await self._begin(ask, again, lambda: self._service.redraw(request))

    async def _begin(
        self, ask: Ask, again: bool, queue: Callable[[], Awaitable[RenderView]]
    ) -> None:
        """Queue a render and show how it stands; nobody waits for one that cannot be shown."""
        render = await queue()
        _log.info("imagined", render=render.id, prompt=render.prompt)
        try:
            await self._show_status(render, again)
        except (BotError, SlackApiError):
            # Nobody could see its pictures here, or they will ask once more.
            await self._withdraw(ask, render)
            raise

    async def _with_channel(self, ask: Ask, place: Place) -> Place:
        if place.channel:
            return place
        return Place(ask.workspace, await self._calls.direct_channel(ask.user))

    async def _start(self, ask: Ask, folder: Path) -> IncomingPicture | None:
        """Fetch the picture that is attached to a prompt; raises BackendError (bad_pictures)."""
        files = [file for file in ask.files if looks_like_picture(file)][:1]
        fetched = await self._fetcher.fetch(files, folder)
        if fetched.problems:
            raise fetched.problems[0].with_hint("Send another one.")
        return next(iter(fetched.pictures), None)

    async def _show_status(self, render: RenderView, again: bool) -> None:
        """Post the message that says how a render stands; before a slash command's pictures."""
        async with self._statuses.turn(render.id):
            if self._statuses.of(render.id) is not None:
                return
            if again and (await self._service.render(render.id)).state not in OPEN_RENDERS:
                # Its pictures come, or came, with a message that they found or made themselves.
                await self._statuses.forget(render.id)
                return
            await self._post_status(render, again)

    async def _post_status(self, render: RenderView, again: bool) -> None:
        place, key = render.place, f"status:{render.id}"
        ts, line = None, ""
        words = self._answers.channel_words
        if again:
            since = render.created_at.timestamp() - 60
            ts = await self._calls.posted(place.channel, place.thread, key, since)
        if ts is None:
            line = status_line(words, render)
            ts = await self._calls.post(
                place.channel, asked(words, render), render_status(words, render), place.thread, key
            )
        await self._statuses.remember(
            Status(
                render_id=render.id,
                channel=place.channel,
                ts=ts,
                line=line,
                workspace=place.workspace,
            )
        )

    async def _withdraw(self, ask: Ask, render: RenderView) -> None:
        try:
            await self._service.cancel(render.id, ask.person)
        except BackendError as error:
            _log.info("not_withdrawn", render=render.id, code=str(error.code))


def request_for(
    ask: Ask, wish: Imagine, place: Place, standing: Standing, start: IncomingPicture | str | None
) -> ImagineRequest:
    """Return a wish as backend takes it."""
    return ImagineRequest(
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
        standing=standing,
    )


def _beneath(ask: Ask) -> Place:
    """Return the thread of the message whose button was pressed."""
    return Place(ask.workspace, ask.channel, ask.thread or ask.message)
