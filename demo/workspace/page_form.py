"""What the page sent, with plain refusals for what is not there."""

import json
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from demo.workspace.faults import PageError
from demo.workspace.json_types import Json


@dataclass(frozen=True)
class Form:
    """The JSON object that the page sent."""

    sent: Json

    def text(self, name: str) -> str:
        """Return a field as text, empty when it was not sent."""
        value = self.sent.get(name)
        return "" if value is None else str(value)

    def value(self, name: str) -> object:
        """Return a field as it was sent, None when it was not."""
        return self.sent.get(name)

    def mapping(self, name: str) -> Json:
        """Return a field that is an object, an empty one when it was not sent."""
        value = self.sent.get(name)
        return value if isinstance(value, dict) else {}


async def read_form(request: web.Request) -> Form:
    """Read the request's JSON.

    Raises:
        PageError: it is not a JSON object.
    """
    try:
        sent = await request.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        sent = None
    if not isinstance(sent, dict):
        raise PageError("invalid_json", "The page must send a JSON object.")
    return Form(sent)


async def read_upload(request: web.Request) -> tuple[Form, list[tuple[str, bytes]]]:
    """Read a form's fields, and the names and bytes of its `files`.

    Raises:
        PageError: it is not a form with files.
    """
    if request.content_type != "multipart/form-data":
        raise PageError("invalid_form", "The page must send a form with files.")
    sent = await request.post()
    files = [
        (Path(one.filename).name, one.file.read())
        for one in sent.getall("files", ())
        if isinstance(one, web.FileField)
    ]
    fields: Json = {name: value for name, value in sent.items() if isinstance(value, str)}
    return Form(fields), files
