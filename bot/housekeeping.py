"""Does what people ask of concepts that are there, and of Figment itself."""

import re
import tempfile
from datetime import datetime
from pathlib import Path

import structlog

from backend.errors import BackendError, ErrorCode
from backend.people import Asker, Place
from backend.requests import ImportRequest, RetrainRequest
from backend.service import Service
from backend.views import Share, ShareKind
from bot import texts_housekeeping as texts
from bot.action_ids import Action
from bot.answers import Answers
from bot.asks import Ask, FileInfo, Payload, is_direct
from bot.blocks.concept_versions import delete_card, version_line, versions_card
from bot.blocks.kit import button, buttons, joined, section
from bot.calls import Calls
from bot.errors import BotError, BotErrorCode
from bot.files import PictureFetcher
from bot.gathering import Gatherer
from bot.membership import check_card_channel
from bot.places import place_for, tell_if_elsewhere
from bot.standings import Standings
from bot.wishes_housekeeping import (
    EVERYONE,
    HERE,
    Delete,
    Drain,
    Export,
    Housekeeping,
    Import,
    MakePrivate,
    Pause,
    Rename,
    Retrain,
    ShareConcept,
    ShowSettings,
    ShowStatus,
    UseVersion,
    Versions,
)
from cluster.spec import LearnableProperty

_log = structlog.get_logger(__name__)

_FILE_NAME = "learned_embeds.safetensors"
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


class Housekeeper:
    """One use case of backend for each wish, and an answer. Each may be begun twice."""

    def __init__(
        self,
        service: Service,
        calls: Calls,
        answers: Answers,
        gatherer: Gatherer,
        fetcher: PictureFetcher,
        standings: Standings,
    ) -> None:
        self._service = service
        self._calls = calls
        self._answers = answers
        self._gatherer = gatherer
        self._fetcher = fetcher
        self._standings = standings

    async def serve(self, ask: Ask, wish: Housekeeping, again: bool) -> None:
        """Do what is asked; `again` where an earlier attempt may have done some of it.

        Raises BackendError, BotError, SlackBusyError, SlackApiError.
        """
        asker = await self._standings.asker(ask)
        words = await self._answers.words(ask)
        match wish:
            case Rename():
                await self._rename(ask, asker, wish, again)
            case Delete():
                await self._delete(ask, asker, wish, again)
            case Export(name=name):
                await self._export(ask, asker, name, again)
            case Import():
                await self._import(ask, asker, wish)
            case Versions(name=name):
                versions = await self._service.versions(asker, name)
                text = joined((version_line(words, one) for one in versions), "\n")
                is_private = any(one.concept.is_private for one in versions)
                tell = self._answers.tell_alone if is_private else self._answers.tell
                await tell(ask, text, versions_card(words, versions))
            case UseVersion(name=name, version=version):
                concept = await self._service.use_version(asker, name, version)
                await self._answers.tell(ask, texts.in_use(words, concept))
            case Retrain(name=name):
                await self._retrain(ask, asker, name)
            case ShareConcept():
                await self._share(ask, asker, wish)
            case MakePrivate(name=name):
                concept = await self._service.make_private(asker, name)
                words = await self._answers.own_words(ask)
                await self._answers.tell_alone(ask, texts.private(words, concept))
            case ShowStatus():
                status = await self._service.status(asker)
                await self._answers.tell(ask, texts.status(words, status))
            case ShowSettings():
                await self._settings(ask)
            case Pause(paused=paused):
                rules = await self._service.pause(asker, paused)
                await self._answers.tell(ask, texts.paused(words, rules))
            case Drain(draining=draining):
                rules = await self._service.drain(asker, draining)
                await self._answers.tell(ask, texts.draining(words, rules))

    async def _rename(self, ask: Ask, asker: Asker, wish: Rename, again: bool) -> None:
        try:
            concept = await self._service.rename(asker, wish.old, wish.new)
        except BackendError as error:
            if not again or error.code is not ErrorCode.UNKNOWN_TOKEN:
                raise
            # An earlier attempt has come so far, or there is no such concept either.
            concept = await self._service.may_delete(asker, wish.new)
        _log.info("renamed", old=wish.old, new=concept.token)
        await self._answers.tell(
            ask, texts.renamed(await self._answers.words(ask), wish.old, concept)
        )

    async def _delete(self, ask: Ask, asker: Asker, wish: Delete, again: bool) -> None:
        if not wish.sure:
            concept = await self._service.may_delete(asker, wish.name)
            words = await self._answers.own_words(ask)
            card = delete_card(words, concept)
            await self._answers.tell_alone(ask, texts.delete_question(words, concept), card)
            return
        try:
            await self._service.delete(asker, wish.name)
        except BackendError as error:
            if not again or error.code is not ErrorCode.UNKNOWN_TOKEN:
                raise
        _log.info("deleted", token=wish.name)
        await self._answers.tell(ask, texts.deleted(await self._answers.words(ask), wish.name))

    async def _export(self, ask: Ask, asker: Asker, name: str, again: bool) -> None:
        concept = await self._service.concept(ask.workspace, name, asker)
        place = await place_for(self._calls, ask, concept)
        # A file is for everybody in its place, whoever asked.
        words = self._answers.channel_words
        title = words.text("concept-file-title", token=concept.token, version=concept.version)
        if again and await self._has_file(place, ask.at, title):
            return
        if not place.channel:
            raise _needs_a_channel()
        await self._calls.files.share(
            concept.embedding, _FILE_NAME, title, texts.exported(words, concept), place
        )
        await tell_if_elsewhere(self._answers, ask, concept.token, place)

    async def _has_file(self, place: Place, asked_at: datetime, title: str) -> bool:
        """Tell whether a file of this title was posted since somebody asked."""
        since = asked_at.timestamp() - 1
        found: tuple[Payload, ...]
        if place.thread is not None:
            found = await self._calls.thread(place.channel, place.thread)
        else:
            found = await self._calls.history(place.channel, since)
        return any(
            float(message["ts"]) >= since
            and any(file.get("title") == title for file in message.get("files") or ())
            for message in found
            if message.get("bot_id")
        )

    async def _import(self, ask: Ask, asker: Asker, wish: Import) -> None:
        file = await self._gatherer.embedding(ask)
        if file is None:
            await self._answers.tell(
                ask, (await self._answers.words(ask)).mrkdwn("concept-no-file")
            )
            return
        with tempfile.TemporaryDirectory(prefix="figment-") as folder:
            fetched = await self._fetcher.fetch([file], Path(folder), pictures_only=False)
            if fetched.problems:
                raise fetched.problems[0].with_hint("Send another one.")
            path = fetched.pictures[0].path
            kind = LearnableProperty.STYLE if wish.style else LearnableProperty.OBJECT
            view = await self._service.import_concept(
                ImportRequest(
                    file=path.replace(path.with_name(_name_of(file) + path.suffix)),
                    by=ask.person,
                    token=wish.name or None,
                    learnable_property=kind,
                    channel=ask.channel,
                    standing=asker.standing,
                )
            )
        _log.info("imported", token=view.concept.token, new=view.is_new)
        await self._answers.tell(ask, texts.imported(await self._answers.words(ask), view))

    async def _retrain(self, ask: Ask, asker: Asker, name: str) -> None:
        concept = await self._service.concept(ask.workspace, name, asker)
        place = await place_for(self._calls, ask, concept)
        if place == ask.place:
            await check_card_channel(self._calls, ask)
        job = await self._service.retrain(
            RetrainRequest(name, ask.person, place, ask.event_id, asker.standing)
        )
        _log.info("retrained", job=job.id, token=job.token)
        await tell_if_elsewhere(self._answers, ask, concept.token, place)

    async def _share(self, ask: Ask, asker: Asker, wish: ShareConcept) -> None:
        share, named = None, wish.whom
        if named == HERE:
            if not ask.channel or is_direct(ask.channel):
                raise _needs_a_channel()
            named = f"#{ask.channel}"
        if named != EVERYONE:
            kind = ShareKind.CHANNEL if named.startswith("#") else ShareKind.PERSON
            share = Share(kind, named[1:])
        words = await self._answers.words(ask)
        view = await self._service.share(asker, wish.name, share)
        if view.was_everyones:
            await self._answers.tell(ask, texts.everyones(words, view.concept))
        else:
            whom = texts.whom(words, named)
            await self._answers.tell(ask, texts.shared(words, view.concept, whom))

    async def _settings(self, ask: Ask) -> None:
        words = await self._answers.own_words(ask)
        text = texts.defaults(words, await self._service.defaults(ask.person))
        change = buttons(button(words.text("settings-change"), Action.SETTINGS_OPEN, "settings"))
        await self._answers.tell_alone(ask, text, (section(text), change))


def _needs_a_channel() -> BotError:
    return BotError(BotErrorCode.NOT_UNDERSTOOD, "Ask for it in a channel.", case="in-a-channel")


def _name_of(file: FileInfo) -> str:
    """Return a file's name without ending, of marks that no disk objects to."""
    return _UNSAFE.sub("_", Path(file.title).stem)[:60] or "concept"
