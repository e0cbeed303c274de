"""Teaching, and what is asked for about jobs: pictures in, a job out, or a question back."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import structlog

from backend.checks import checked_token
from backend.errors import BackendError, ErrorCode
from backend.job_options import JobOptions
from backend.people import Place
from backend.picture_review import Review, Tile
from backend.requests import TeachRequest
from backend.service import Service
from bot import texts, texts_teaching
from bot.answers import Answers
from bot.asks import Ask, FileInfo, Origin, source_of
from bot.blocks.checkpoints import checkpoint_message
from bot.blocks.contact_sheet import question, sheet_message
from bot.blocks.teach_button import teach_button
from bot.calls import Calls
from bot.drafts import Draft, Drafts
from bot.errors import BotError, BotErrorCode
from bot.files import Fetched, PictureFetcher
from bot.gathering import Gatherer
from bot.membership import check_card_channel
from bot.places import place_for, tell_if_elsewhere
from bot.scopes import CARD_SCOPES
from bot.sheets import Sheets
from bot.standings import Standings
from bot.wishes import OpenTeach, Teach
from bot.wishes_teaching import (
    DropThese,
    JobWish,
    Keep,
    Retry,
    ShowCheckpoints,
    TeachThese,
    TrainLonger,
    UseCheckpoint,
)
from cluster.pictures import MINIMUM_PICTURES
from cluster.spec import LearnableProperty

_log = structlog.get_logger(__name__)

ENOUGH = 3
"""Good pictures from which on nobody is asked back: fewer are worth a second thought."""
_NEEDS_PICTURES = (
    ErrorCode.NO_PICTURES,
    ErrorCode.TOO_FEW_PICTURES,
    ErrorCode.BAD_PICTURES,
)


class Teacher:
    """Teaches, and looks after jobs that are there."""

    def __init__(
        self,
        service: Service,
        calls: Calls,
        answers: Answers,
        gatherer: Gatherer,
        fetcher: PictureFetcher,
        drafts: Drafts,
        standings: Standings,
    ) -> None:
        self._service = service
        self._calls = calls
        self._answers = answers
        self._gatherer = gatherer
        self._fetcher = fetcher
        self._drafts = drafts
        self._sheets = Sheets(calls)
        self._standings = standings

    async def serve(self, ask: Ask, wish: Teach | OpenTeach | JobWish) -> None:
        """Do what is asked; raises BackendError, BotError, SlackBusyError, SlackApiError."""
        words = await self._answers.words(ask)
        match wish:
            case Teach():
                await self._teach(ask, wish)
            case OpenTeach():
                await self._answers.tell(ask, words.mrkdwn("teach-open"), teach_button(words))
            case Keep(job_id=job_id):
                job = await self._service.keep(job_id, await self._standings.asker(ask))
                await self._answers.tell(ask, texts_teaching.kept(words, job))
            case Retry(job_id=job_id):
                job = await self._service.retry(job_id, await self._standings.asker(ask))
                await self._answers.tell(ask, texts_teaching.retried(words, job))
            case TrainLonger(job_id=job_id):
                await self._train_longer(ask, job_id)
            case ShowCheckpoints(job_id=job_id):
                await self._show_checkpoints(ask, job_id)
            case UseCheckpoint(job_id=job_id, step=step, sheet=sheet):
                asker = await self._standings.asker(ask)
                concept = await self._service.choose_checkpoint(job_id, step, asker)
                await self._answers.replace(ask, texts_teaching.chosen(words, concept, step))
                await self._sheets.remove(sheet)
            case TeachThese(draft_id=draft_id):
                await self._teach_these(ask, self._draft(ask, draft_id))
            case DropThese(draft_id=draft_id):
                await self._let_go(self._draft(ask, draft_id))
                await self._answers.replace(ask, words.mrkdwn("teach-nothing-queued"))

    async def _teach(self, ask: Ask, wish: Teach) -> None:
        await self._calls.require(*CARD_SCOPES)
        if ask.origin is Origin.FORM:
            await check_card_channel(self._calls, ask)
        used = await self._service.sources_used(ask.workspace)
        files = await self._gatherer.pictures(ask, used)
        with tempfile.TemporaryDirectory(prefix="figment-") as folder:
            fetched = await self._fetcher.fetch(files, Path(folder))
            request = await self._request(ask, wish, fetched)
            review = await self._service.review(fetched.pictures)
            if _worth_a_question(review, fetched):
                # What would be refused whatever the pictures are is refused first.
                await self._service.check_teachable(request)
                await self._ask_back(ask, wish, files, fetched, review, Path(folder))
                return
            await self._queue(request, fetched)

    async def _teach_these(self, ask: Ask, draft: Draft) -> None:
        with tempfile.TemporaryDirectory(prefix="figment-") as folder:
            fetched = await self._fetcher.fetch(draft.files, Path(folder))
            request = await self._request(draft.ask, draft.wish, fetched)
            pictures = await self._queue(request, fetched)
        await self._let_go(draft)
        words, token = await self._answers.words(ask), checked_token(draft.wish.name)
        told = texts_teaching.taught_with(words, token, pictures, fetched.problems)
        await self._answers.replace(ask, told)

    async def _request(self, ask: Ask, wish: Teach, fetched: Fetched) -> TeachRequest:
        place = ask.place
        if ask.origin is Origin.FORM:
            # A card belongs to the channel, wherever the form was opened.
            channel = ask.channel or await self._calls.direct_channel(ask.user)
            place = Place(ask.workspace, channel, None)
        return TeachRequest(
            token=wish.name,
            initializer=wish.word,
            learnable_property=LearnableProperty.STYLE if wish.style else LearnableProperty.OBJECT,
            pictures=fetched.pictures,
            by=ask.person,
            place=place,
            key=ask.event_id,
            standing=await self._standings.of(ask.person, place.channel),
            options=JobOptions(
                max_steps=wish.max_steps,
                vectors=wish.vectors,
                learning_rate=wish.learning_rate,
                repeats=wish.repeats,
            ),
        )

    async def _queue(self, request: TeachRequest, fetched: Fetched) -> int:
        """Queue a job; return how many pictures it has."""
        try:
            job = await self._service.teach(request)
        except BackendError as error:
            if fetched.problems and error.code in _NEEDS_PICTURES:
                error.also = fetched.problems
            raise
        _log.info("taught", job=job.id, token=job.token, pictures=len(job.pictures))
        return len(job.pictures)

    async def _ask_back(
        self,
        ask: Ask,
        wish: Teach,
        files: Sequence[FileInfo],
        fetched: Fetched,
        review: Review,
        folder: Path,
    ) -> None:
        good = {picture.source for picture in review.good}
        words, token = await self._answers.words(ask), checked_token(wish.name)
        for outdated in self._drafts.outdated(ask.workspace):
            await self._let_go(outdated)
        there = self._drafts.about(ask)
        if there is None:
            sheet = await self._sheets.upload(words, review.tiles, token, folder)
        else:
            sheet = there.sheet
        usable = [f for f in files if source_of(f) in good]
        draft = await self._drafts.keep(ask, wish, usable, sheet)
        problems = [words.told(one.told) for one in review.problems]
        problems += [texts.problem(words, one) for one in fetched.problems]
        good_ones = len(review.good)
        blocks = sheet_message(words, token, good_ones, problems, sheet, draft.id)
        await self._answers.tell(ask, question(words, token, good_ones, problems), blocks)
        _log.info("asked_back", draft=draft.id, good=len(good), problems=len(problems))

    async def _train_longer(self, ask: Ask, job_id: str) -> None:
        asker = await self._standings.asker(ask)
        token = (await self._service.job(job_id)).token
        there = await self._service.concepts(ask.workspace, asker)
        # What is not there for them is refused below.
        concept = next((one for one in there if one.token == token), None)
        place = ask.place if concept is None else await place_for(self._calls, ask, concept)
        job = await self._service.train_longer(job_id, asker, place, ask.event_id)
        await self._answers.tell(ask, texts_teaching.longer(await self._answers.words(ask), job))
        await tell_if_elsewhere(self._answers, ask, token, place)

    async def _show_checkpoints(self, ask: Ask, job_id: str) -> None:
        found = await self._service.checkpoints(job_id, await self._standings.asker(ask))
        token = (await self._service.job(job_id)).token
        words = await self._answers.words(ask)
        labels = [words.text("checkpoint-label", step=one.step) for one in found]
        tiles = tuple(
            Tile(label, one.preview, label=label) for label, one in zip(labels, found, strict=True)
        )
        with tempfile.TemporaryDirectory(prefix="figment-") as folder:
            sheet = await self._sheets.upload(words, tiles, token, Path(folder))
        steps = [one.step for one in found]
        blocks = checkpoint_message(words, token, job_id, steps, sheet)
        await self._answers.tell(ask, texts_teaching.choose(words, token), blocks)

    async def _let_go(self, draft: Draft) -> None:
        await self._drafts.forget(draft.id)
        await self._sheets.remove(draft.sheet)

    def _draft(self, ask: Ask, draft_id: str) -> Draft:
        draft = self._drafts.of(draft_id)
        if draft is None or draft.ask.workspace != ask.workspace:
            raise BotError(BotErrorCode.NO_MATCH, "This was dealt with already.", case="dealt-with")
        if draft.ask.user != ask.user:
            raise BackendError(
                ErrorCode.NOT_YOURS,
                "Only the person who asked for it can answer that.",
                case="answer",
            )
        return draft


def _worth_a_question(review: Review, fetched: Fetched) -> bool:
    """Tell whether somebody should look before it is taught.

    Where too few are left nothing can be taught at all, and that is said instead.
    """
    if len(review.good) < MINIMUM_PICTURES:
        return False
    return bool(review.problems or fetched.problems) or len(review.good) < ENOUGH
