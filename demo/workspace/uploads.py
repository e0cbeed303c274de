"""Files in and out: the app's uploads, its downloads, and what becomes of bytes."""

import mimetypes
import time
from io import BytesIO

from aiohttp import web
from PIL import Image, UnidentifiedImageError

from demo.workspace.manifest import BOT_USER_ID
from demo.workspace.messages import StoredFile
from demo.workspace.state import new_id
from demo.workspace.workspace import Workspace

LOGIN_PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>Sign in to Toybox | Slack</title></head>
<body><h1>Sign in to Toybox</h1><p>You need to be signed in to see this file.</p></body></html>
"""
_PAGE_BEGINS = (b"<!doctype html", b"<html")
_FILETYPES = {"jpeg": "jpg", "plain": "text"}


def store_file(
    name: str,
    content: bytes,
    user: str,
    *,
    file_id: str | None = None,
    title: str = "",
    alt_text: str = "",
) -> StoredFile:
    """Make the record of an uploaded file; its type comes from its name, but for web pages."""
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if content[:64].lstrip().lower().startswith(_PAGE_BEGINS):
        mimetype = "text/html"
    subtype = mimetype.partition("/")[2]
    width, height = _picture_size(content)
    return StoredFile(
        id=file_id or new_id("F"),
        name=name,
        title=title or name,
        mimetype=mimetype,
        filetype=_FILETYPES.get(subtype, subtype if subtype != "octet-stream" else "binary"),
        user=user,
        created=int(time.time()),
        content=content,
        alt_text=alt_text,
        width=width,
        height=height,
    )


def file_response(stored: StoredFile) -> web.Response:
    """Answer with a file's bytes; a browser may show pictures but runs nothing."""
    shown = stored.mimetype.startswith("image/") and stored.mimetype != "image/svg+xml"
    return web.Response(
        body=stored.content,
        content_type=stored.mimetype if shown else "application/octet-stream",
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"},
    )


class Uploads:
    """Serves `/upload/<ticket>` and `/files/<id>/<name>` to the app."""

    def __init__(self, *workspaces: Workspace) -> None:
        """Serve these workspaces, each to its own token."""
        self._workspaces = workspaces

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the application's table."""
        return [
            web.post("/upload/{ticket}", self.receive),
            web.get("/files/{file}/{name}", self.download),
        ]

    async def receive(self, request: web.Request) -> web.Response:
        """Take the bytes of an announced upload."""
        ticket = request.match_info["ticket"]
        workspace = next((one for one in self._workspaces if ticket in one.slots), None)
        if workspace is None:
            return web.Response(status=404, text="This upload URL is unknown or was used before.")
        slot = workspace.slots.pop(ticket)
        content = await _body(request)
        if len(content) != slot.length:
            sentence = f"Announced were {slot.length} bytes, {len(content)} came."
            return web.Response(status=400, text=sentence)
        stored = store_file(
            slot.name, content, BOT_USER_ID, file_id=slot.file_id, alt_text=slot.alt_text
        )
        workspace.received[stored.id] = stored
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.Response:
        """Hand a file to the bot; anyone else gets Slack's login page, with status 200."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        workspace = next((one for one in self._workspaces if token in one.tokens), None)
        if workspace is None or "files:read" not in workspace.controls.provided:
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        stored = workspace.team.files.get(request.match_info["file"])
        if stored is None:
            return web.Response(status=404, text="This file was deleted.")
        if stored.mimetype == "text/html":
            return web.Response(body=stored.content, content_type=stored.mimetype)
        return file_response(stored)


async def _body(request: web.Request) -> bytes:
    """Return the upload's bytes, sent as they are or as a form's first file."""
    if request.content_type != "multipart/form-data":
        return await request.read()
    for sent in (await request.post()).values():
        if isinstance(sent, web.FileField):
            return sent.file.read()
    return b""


def _picture_size(content: bytes) -> tuple[int, int]:
    try:
        with Image.open(BytesIO(content)) as picture:
            return picture.width, picture.height
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return 0, 0
