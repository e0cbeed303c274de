"""Finds the pictures that somebody means: those of the message, of the thread, or the latest."""

from collections.abc import Collection, Iterable, Sequence

from bot.asks import Ask, FileInfo, Origin, Payload, source_of
from bot.calls import Calls
from bot.errors import BotError, BotErrorCode
from bot.files import looks_like_embedding, looks_like_picture
from bot.latest_set import Posted, latest_set


class Gatherer:
    """Finds the pictures to teach from."""

    def __init__(self, calls: Calls, minutes: float) -> None:
        self._calls = calls
        self._seconds = minutes * 60

    async def pictures(self, ask: Ask, used: Collection[str]) -> tuple[FileInfo, ...]:
        """Return the files that `ask` is about, oldest first.

        What is attached to the message is taken as it is. Otherwise, it is the person's latest
        pictures, see `latest_set`, of those that were not in `used` (sources of backend) yet.
        Raises BotError (used_pictures) if there are none but such.
        """
        if ask.files:
            return ask.files
        if ask.origin is Origin.FORM and ask.message is not None:
            return await pictures_around(
                self._calls, ask.channel, ask.thread, ask.message, ask.user
            )
        if ask.thread is not None and ask.thread != ask.message:
            in_thread = await self._calls.thread(ask.channel, ask.thread, in_part=True)
            mine = tuple(file for one in _fresh(in_thread, ask, used) for file in one.files)
            if found := mine or tuple(files_of(in_thread)):
                return found
        oldest = ask.at.timestamp() - self._seconds
        messages = await self._calls.history(ask.channel, oldest, in_part=True)
        if own := tuple(files_of(one for one in messages if one["ts"] == ask.message)):
            return own
        fresh = _fresh(messages, ask, used)
        if not fresh and _fresh(messages, ask, ()):
            raise BotError(
                BotErrorCode.USED_PICTURES,
                "Your latest pictures here were taught from already.",
                "Attach them to a message that mentions me, or upload others.",
            )
        return latest_set(fresh)

    async def embedding(self, ask: Ask) -> FileInfo | None:
        """Return the file with a concept that is attached, or the person's latest one here."""
        if found := [file for file in ask.files if looks_like_embedding(file)]:
            return found[-1]
        messages: Sequence[Payload] = ()
        if ask.thread is not None and ask.thread != ask.message:
            messages = await self._calls.thread(ask.channel, ask.thread, in_part=True)
        if not any(map(looks_like_embedding, files_of(messages))):
            messages = await self._calls.history(
                ask.channel, ask.at.timestamp() - self._seconds, in_part=True
            )
        own = files_of(one for one in messages if one.get("user") == ask.user)
        return next(iter([file for file in own if looks_like_embedding(file)][::-1]), None)


async def pictures_around(
    calls: Calls, channel: str, thread: str | None, message: str, user: str
) -> tuple[FileInfo, ...]:
    """Return the files that somebody means who points at a message.

    Those of the message; where it begins a thread, or has none itself, those of the thread by
    the same people, too: who wrote it, and `user`, who points at it.
    """
    messages = await calls.thread(channel, thread or message, in_part=True)
    pointed = next((one for one in messages if one["ts"] == message), None)
    if pointed is None:
        return ()
    own = tuple(files_of([pointed]))
    if own and thread is not None:
        return own
    people = {pointed.get("user"), user}
    theirs = [one for one in messages if one is pointed or one.get("user") in people]
    found = tuple(files_of(theirs))
    return own + tuple(file for file in found if file not in own and looks_like_picture(file))


def _fresh(messages: Sequence[Payload], ask: Ask, used: Collection[str]) -> list[Posted]:
    """Return the person's own pictures that nothing was taught from, by message."""
    own = [message for message in messages if message.get("user") == ask.user]
    found = [
        Posted(
            float(message["ts"]),
            tuple(
                file
                for file in files_of([message])
                if looks_like_picture(file) and source_of(file) not in used
            ),
        )
        for message in own
    ]
    return [one for one in found if one.files]


def files_of(messages: Iterable[Payload]) -> Iterable[FileInfo]:
    """Return the files of messages, each once, without those that their people have deleted."""
    seen = set()
    for message in messages:
        for file in message.get("files") or ():
            if file["id"] not in seen and file.get("mode") != "tombstone":
                seen.add(file["id"])
                yield FileInfo.model_validate(file)
