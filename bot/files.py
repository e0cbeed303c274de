"""Fetches people's pictures from Slack: the token goes to Slack's hosts only."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from backend.requests import IncomingPicture
from bot.asks import FileInfo, source_of
from bot.errors import BotError, BotErrorCode
from bot.manifest import DOWNLOAD
from bot.scopes import lacking
from bot.slack_errors import file_is_gone
from bot.slack_hosts import holds_slacks_files

_log = structlog.get_logger(__name__)

_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_PAGE = "text/html"
_CHUNK = 64 * 1024
_AT_ONCE = 4
_MOST_REDIRECTS = 3
_TIMEOUT = aiohttp.ClientTimeout(total=120, sock_connect=15, sock_read=30)
_REDIRECTS = (301, 302, 303, 307, 308)
"""What Slack says of a file that was deleted, and of one in channels that the bot is not in."""
_UNREADABLE_TYPES = ("image/heic", "image/heif")
_PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic")

_EMBEDDING_ENDINGS = (".safetensors", ".bin", ".pt")


@dataclass(frozen=True, slots=True)
class Fetched:
    """The pictures that could be fetched, and why each of the others could not."""

    pictures: tuple[IncomingPicture, ...]
    problems: tuple[BotError, ...]


def looks_like_embedding(file: FileInfo) -> bool:
    """Tell whether a file may hold a concept."""
    return file.title.lower().endswith(_EMBEDDING_ENDINGS)


def looks_like_picture(file: FileInfo) -> bool:
    """Tell whether somebody probably thinks of a file as a picture."""
    kind = file.mimetype or ""
    return kind.startswith("image/") or file.title.lower().endswith(_PICTURE_ENDINGS)


class PictureFetcher:
    """Downloads files with the bot's token.

    `other_server` is host and port of a server that is not Slack's: then it is the only one
    that files are fetched from. `describe` asks Slack about a file that is only a stub.
    """

    def __init__(
        self,
        token: str,
        other_server: str | None,
        max_bytes: int,
        describe: Callable[[str], Awaitable[FileInfo]],
    ) -> None:
        self._token = token
        self._other_server = other_server
        self._max_bytes = max_bytes
        self._describe = describe

    async def fetch(
        self, files: Sequence[FileInfo], folder: Path, pictures_only: bool = True
    ) -> Fetched:
        """Download `files` into `folder`, in order; raises BotError (missing_scope).

        Of what is no picture only the beginning is fetched, unless it may be one or not.
        """
        limit = asyncio.Semaphore(_AT_ONCE)
        headers = {"Authorization": f"Bearer {self._token}"}
        async with aiohttp.ClientSession(timeout=_TIMEOUT, headers=headers) as session:
            results = await asyncio.gather(
                *(
                    self._one(session, limit, file, folder / f"{number:02}", pictures_only)
                    for number, file in enumerate(files)
                )
            )
        return Fetched(
            tuple(result for result in results if isinstance(result, IncomingPicture)),
            tuple(result for result in results if isinstance(result, BotError)),
        )

    async def _one(
        self,
        session: aiohttp.ClientSession,
        limit: asyncio.Semaphore,
        file: FileInfo,
        path: Path,
        pictures_only: bool,
    ) -> IncomingPicture | BotError:
        async with limit:
            try:
                whole = await self._whole(file)
                path = path.with_suffix(Path(whole.title).suffix.lower())
                await self._download(session, whole, path, pictures_only)
            except BotError as error:
                if error.code is BotErrorCode.MISSING_SCOPE:
                    raise
                return error
            except (aiohttp.ClientError, TimeoutError) as error:
                _log.warning("file_not_fetched", file=file.id, error=repr(error))
                return _not_fetched(file)
            return IncomingPicture(whole.title, path, source_of(file))

    async def _whole(self, file: FileInfo) -> FileInfo:
        """Complete a stub, as files of other companies come in shared channels."""
        if file.file_access == "check_file_info" or not (
            file.url_private_download or file.url_private
        ):
            try:
                file = await self._describe(file.id)
            except SlackApiError as error:
                if not file_is_gone(error):
                    raise
                raise _hidden(file) from error
        if file.mode in ("tombstone", "hidden_by_limit") or not (
            file.url_private_download or file.url_private
        ):
            raise _hidden(file)
        return file

    async def _download(
        self, session: aiohttp.ClientSession, file: FileInfo, path: Path, pictures_only: bool
    ) -> None:
        url = file.url_private_download or file.url_private or ""
        if file.mimetype in _UNREADABLE_TYPES and file.thumb_1024:
            url = file.thumb_1024
        elif file.size > self._max_bytes:
            raise self._too_large(file)
        for _ in range(_MOST_REDIRECTS):
            self._check_host(url, file)
            async with session.get(url, allow_redirects=False) as answer:
                if answer.status in _REDIRECTS:
                    url = urljoin(url, answer.headers.get("Location", ""))
                    continue
                if answer.status != 200:
                    _log.warning("file_not_fetched", file=file.id, status=answer.status)
                    raise _not_fetched(file)
                if answer.content_type == _PAGE and file.mimetype != _PAGE:
                    # Slack shows its login page to who may not read the file.
                    _log.warning("scope_missing", scope=DOWNLOAD, file=file.id)
                    raise lacking([DOWNLOAD])
                await self._save(answer, file, path, pictures_only)
                return
        raise _not_fetched(file)

    async def _save(
        self, answer: aiohttp.ClientResponse, file: FileInfo, path: Path, pictures_only: bool
    ) -> None:
        done = 0
        with path.open("wb") as out:
            async for chunk in answer.content.iter_chunked(_CHUNK):
                done += len(chunk)
                if done > self._max_bytes:
                    raise self._too_large(file)
                await asyncio.to_thread(out.write, chunk)
                if pictures_only and done == len(chunk) and not _begins_like_picture(chunk):
                    # Its beginning is enough to be told, later on, that it is no picture.
                    return

    def _too_large(self, file: FileInfo) -> BotError:
        return BotError(
            BotErrorCode.FILE_TOO_LARGE,
            f"{file.title} is larger than {self._max_bytes / 1e6:g} MB.",
            facts={"file": file.title, "most": f"{self._max_bytes / 1e6:g}"},
        )

    def _check_host(self, url: str, file: FileInfo) -> None:
        address = urlsplit(url)
        host = (address.hostname or "").lower()
        if self._other_server is not None:
            allowed = address.netloc == self._other_server
        else:
            allowed = address.scheme == "https" and holds_slacks_files(host)
        if not allowed:
            _log.warning("file_on_foreign_host", file=file.id, host=host)
            raise BotError(
                BotErrorCode.FOREIGN_HOST,
                f"{file.title} does not lie on Slack's servers.",
                facts={"file": file.title},
            )


def _hidden(file: FileInfo) -> BotError:
    return BotError(
        BotErrorCode.FILE_GONE,
        f"{file.title} was deleted or is hidden from the bot.",
        case="hidden",
        facts={"file": file.title},
    )


def _not_fetched(file: FileInfo) -> BotError:
    return BotError(
        BotErrorCode.FILE_GONE,
        f"{file.title} could not be fetched from Slack.",
        facts={"file": file.title},
    )


def _begins_like_picture(head: bytes) -> bool:
    return head.startswith(_MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
