"""What is pressed under pictures, and the form to imagine."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from backend.clock import Clock
from backend.errors import BackendError, ErrorCode
from backend.redraws import Redraw
from backend.service import Service
from bot.action_ids import Action, Shortcut, read_picture_value
from bot.asks import FileInfo, Payload, person_of, workspace_of
from bot.blocks.modals import message_modal, outside_modal
from bot.blocks.prompt_form import PromptContext, fits_in_form, prompt_form, startable
from bot.calls import LOOK_SECONDS, SLACK_FAULTS
from bot.earlier import wish_of
from bot.errors import SlackBusyError
from bot.files import looks_like_picture
from bot.inbox import Inbox
from bot.listeners.taking_in import pressing
from bot.membership import check_member, is_outside
from bot.office import Office
from bot.prompt_answers import prompt_context, typed_so_far
from bot.wishes import Imagine, MakeOf, RemovePictures, TellRecipe, Wish

_log = structlog.get_logger(__name__)


def register(app: AsyncApp, inbox: Inbox, service: Service, clock: Clock) -> None:
    """Listen for the buttons of pictures and for what opens the form to imagine."""

    def asking(wish: Callable[[str], Wish]) -> Callable[..., Any]:
        return pressing(inbox, clock, lambda action: wish(_value(action)))

    async def edit(ack: AsyncAck, body: Payload, action: Payload, office: Office) -> None:
        await ack()
        render = await service.render(_value(action))
        if render.owner.workspace != workspace_of(body):
            raise BackendError(ErrorCode.NOT_FOUND, "There is no such render here.", case="render")
        wish = wish_of(render)
        context = _context(body).carrying(wish).model_copy(update={"more": True})
        words = await office.languages.of(person_of(body))
        if fits_in_form(wish):
            form = prompt_form(words, context, wish, service.limits)
        else:
            title = words.text("too-long-title")
            form = message_modal(words, title, words.mrkdwn("too-long"))
        await office.calls.open_view(body["trigger_id"], form)

    async def unfold(ack: AsyncAck, body: Payload, office: Office) -> None:
        await ack()
        view = body["view"]
        context = prompt_context(view).model_copy(update={"more": True})
        words = await office.languages.of(person_of(body))
        form = prompt_form(words, context, typed_so_far(view), service.limits)
        await office.calls.update_view(view["id"], view["hash"], form)

    async def imagine_with_picture(ack: AsyncAck, body: Payload, office: Office) -> None:
        await ack()
        message = body["message"]
        files = _pictures_in(message)
        words = await office.languages.of(person_of(body))
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await check_member(office.calls, body["channel"]["id"], float(message["ts"]))
        except (SlackBusyError, *SLACK_FAULTS) as error:
            if is_outside(error):
                await office.calls.open_view(body["trigger_id"], outside_modal(words, error))
                return
            _log.info("channel_not_read", channel=body["channel"]["id"], error=repr(error))
        if files:
            thread = message.get("thread_ts") or message["ts"]
            context = PromptContext(
                channel=body["channel"]["id"],
                thread=thread,
                message=message["ts"],
                files=startable(files),
            )
            form = prompt_form(words, context, Imagine(prompt=""), service.limits)
        else:
            title = words.text("no-picture-title")
            form = message_modal(words, title, words.mrkdwn("no-picture"))
        await office.calls.open_view(body["trigger_id"], form)

    def make(change: Redraw) -> Callable[[str], Wish]:
        def wish(value: str) -> Wish:
            render_id, index = read_picture_value(value)
            return MakeOf(render_id=render_id, index=index, change=change)

        return wish

    app.action(_of(Action.PICTURE_VARY))(asking(make(Redraw.VARY)))
    app.action(_of(Action.PICTURE_UPSCALE))(asking(make(Redraw.UPSCALE)))
    app.action(Action.RENDER_RECIPE.value)(asking(lambda value: TellRecipe(render_id=value)))
    app.action(Action.RENDER_DELETE.value)(asking(lambda value: RemovePictures(render_id=value)))
    app.action(Action.RENDER_EDIT.value)(edit)
    app.action(Action.PROMPT_MORE.value)(unfold)
    app.shortcut(Shortcut.IMAGINE_WITH_PICTURE.value)(imagine_with_picture)


def _of(action: Action) -> re.Pattern[str]:
    """Match an action of whichever picture."""
    return re.compile(rf"{re.escape(action.value)}(?:\.[0-9]+)?")


def _value(action: Payload) -> str:
    """Return the value of a button, or of what was chosen from a list."""
    return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")


def _context(body: Payload) -> PromptContext:
    """Remember the thread of the message whose button was pressed."""
    message = body.get("message") or {}
    channel, ts = (body.get("channel") or {}).get("id") or "", message.get("ts")
    return PromptContext(channel=channel, thread=message.get("thread_ts") or ts, message=ts)


def _pictures_in(message: Payload) -> list[FileInfo]:
    """Return the pictures of a message: those that somebody attached, or those that we show."""
    attached = [FileInfo.model_validate(file) for file in message.get("files") or ()]
    found = [file for file in attached if looks_like_picture(file)]
    for block in message.get("blocks") or ():
        file_id = (block.get("slack_file") or {}).get("id")
        if block.get("type") == "image" and file_id:
            title = (block.get("title") or {}).get("text")
            found.append(FileInfo(id=file_id, name=title or "picture", mimetype="image/*"))
    return found
