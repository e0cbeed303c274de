"""Does what people ask for: one use case of backend each, and an answer."""

import structlog
from slack_sdk.errors import SlackApiError

from backend.errors import BackendError
from backend.service import Service
from bot import texts
from bot.answers import Answers
from bot.asks import Ask, Origin
from bot.blocks.concept_card import concept_card
from bot.drawing import Drawing
from bot.errors import BotError
from bot.housekeeping import Housekeeper
from bot.lists import concept_list, queue_list
from bot.lookup import find_open
from bot.overheard import stays_unsaid
from bot.parse import parse_concept, parse_mention
from bot.parse_housekeeping import parse_figment
from bot.parse_imagine import parse_imagine
from bot.pictures import PictureShelf
from bot.removal import Removal
from bot.slack_errors import for_people, shows_lost_picture
from bot.standings import Standings
from bot.teaching import Teacher
from bot.wishes import (
    Again,
    Cancel,
    Help,
    Imagine,
    ListConcepts,
    MakeOf,
    OpenTeach,
    RemovePictures,
    Show,
    ShowQueue,
    Teach,
    TellRecipe,
    Wish,
)
from bot.wishes_teaching import JobWish

_log = structlog.get_logger(__name__)


class Desk:
    """Where asks arrive, from listeners and, after a restart, from the inbox."""

    def __init__(
        self,
        service: Service,
        answers: Answers,
        teacher: Teacher,
        shelf: PictureShelf,
        drawing: Drawing,
        removal: Removal,
        standings: Standings,
        housekeeper: Housekeeper,
    ) -> None:
        self._standings = standings
        self._housekeeper = housekeeper
        self._service = service
        self._answers = answers
        self._teacher = teacher
        self._shelf = shelf
        self._drawing = drawing
        self._removal = removal

    async def serve(self, ask: Ask, again: bool) -> None:
        """Do what is asked; `again` where an earlier attempt may have done some of it.

        Raises BackendError, BotError, SlackBusyError, SlackApiError.
        """
        if again:
            self._answers.look_first(ask)
        match _wish_of(ask):
            case Imagine() as wish:
                await self._drawing.imagine(ask, wish, again)
            case Again(render_id=render_id):
                await self._drawing.draw_again(ask, render_id, again)
            case MakeOf() as wish:
                await self._drawing.make_of(ask, wish, again)
            case TellRecipe(render_id=render_id):
                await self._drawing.tell_recipe(ask, render_id)
            case RemovePictures(render_id=render_id):
                await self._removal.remove(ask, render_id)
            case Cancel(what=what):
                await self._cancel(ask, what)
            case ListConcepts():
                asker = await self._standings.asker(ask)
                concepts = await self._service.concepts(ask.workspace, asker)
                told = concept_list(await self._answers.words(ask), concepts)
                if any(one.is_private for one in concepts):
                    await self._answers.tell_alone(ask, told)
                else:
                    await self._answers.tell(ask, told)
            case Show(name=name):
                await self._show(ask, name)
            case ShowQueue():
                asker = await self._standings.asker(ask)
                queue = await self._service.queue(ask.workspace, asker)
                told = queue_list(await self._answers.words(ask), queue, ask)
                # What one person sees of it, others need not.
                await self._answers.tell_alone(ask, told)
            case Help():
                words = await self._answers.words(ask)
                await self._answers.tell(ask, words.mrkdwn("help"))
            case Teach() | OpenTeach() as wish:
                await self._teacher.serve(ask, wish)
            case wish if isinstance(wish, JobWish):
                await self._teacher.serve(ask, wish)
            case wish:
                await self._housekeeper.serve(ask, wish, again)

    async def complain(self, ask: Ask, error: Exception) -> None:
        """Tell somebody that their ask came to nothing, and why."""
        error = for_people(error)
        if isinstance(error, BackendError | BotError):
            _log.info("refused", ask=ask.event_id, code=str(error.code), message=error.message)
        else:
            _log.error("ask_failed", ask=ask.event_id, exc_info=error)
        if stays_unsaid(ask, error):
            return
        told = texts.of_any(await self._answers.words(ask), error)
        if ask.is_overheard or await self._names_private(ask, error):
            await self._answers.tell_alone(ask, told)
        else:
            await self._answers.tell(ask, told)

    async def _names_private(self, ask: Ask, error: Exception) -> bool:
        """Tell whether an error names a concept that not everybody may know of."""
        if not isinstance(error, BackendError) or not error.suggestions:
            return False
        asker = await self._standings.asker(ask)
        concepts = await self._service.concepts(ask.workspace, asker)
        return any(one.is_private and one.token in error.suggestions for one in concepts)

    async def _cancel(self, ask: Ask, what: str) -> None:
        asker = await self._standings.asker(ask)
        queue = await self._service.queue(ask.workspace, asker)
        cancelled = await self._service.cancel(find_open(what, queue), ask.person, asker.standing)
        await self._answers.tell(ask, texts.cancelled(await self._answers.words(ask), cancelled))

    async def _show(self, ask: Ask, name: str) -> None:
        asker = await self._standings.asker(ask)
        concept = await self._service.concept(ask.workspace, name, asker)
        paths = dict(enumerate(concept.samples))
        words = await self._answers.words(ask)
        title = words.text("concept-sample", token=concept.token)

        async def show() -> None:
            files = await self._shelf.files(paths, title)
            card = concept_card(words, concept, tuple(files.values()))
            tell = self._answers.tell_alone if concept.is_private else self._answers.tell
            await tell(ask, texts.concept_line(words, concept), card)

        try:
            await show()
        except SlackApiError as error:
            if not (shows_lost_picture(error) and paths):
                raise
            # Somebody deleted a file of ours in Slack.
            self._shelf.lose(paths.values())
            await show()


def _wish_of(ask: Ask) -> Wish:
    """Return what somebody wants; raises BotError (not_understood)."""
    if ask.wish is not None:
        return ask.wish
    if ask.origin is Origin.MENTION:
        return parse_mention(ask.text, ask.mentioned)
    if ask.command == "figment":
        return parse_figment(ask.text)
    if ask.command == "imagine":
        return parse_imagine(ask.text)
    return parse_concept(ask.text, ask.mentioned)
