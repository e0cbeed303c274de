"""Installing the app over OAuth: the page of consent, the codes, and what they are changed for."""

import secrets
import time
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from bot.manifest import REDIRECT_PATH
from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json
from demo.workspace.manifest import APP_ID, BOT_USER_ID, CLIENT_ID, CLIENT_SECRET, PEOPLE
from demo.workspace.scopes import ALL_SCOPES
from demo.workspace.workspace import Workspace

_CODE_SECONDS = 600.0
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Figment wants to join a workspace</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto;
padding: 0 1rem; color: #1d1c1d }} label {{ display: block }} button {{ font: inherit;
padding: .5rem 1.25rem; margin-right: .5rem }}</style></head>
<body><h1>Figment wants to join a workspace</h1>
<form method="post">{hidden}
<fieldset><legend>Which workspace?</legend>{teams}</fieldset>
<p>It will have these permissions:</p><ul>{scopes}</ul>
<button name="answer" value="allow">Allow</button>
<button name="answer" value="cancel">Cancel</button>
</form></body></html>
"""


@dataclass(frozen=True)
class _Code:
    """What somebody agreed to."""

    workspace: Workspace
    person: str
    scopes: frozenset[str]
    redirect_uri: str
    until: float


class Consent:
    """Serves `/oauth/v2/authorize` and `oauth.v2.access`."""

    def __init__(self, workspaces: Sequence[Workspace]) -> None:
        """Offer these workspaces."""
        self._workspaces = {one.names.team: one for one in workspaces}
        self._codes: dict[str, _Code] = {}

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the application's table."""
        return [
            web.get("/oauth/v2/authorize", self.ask),
            web.post("/oauth/v2/authorize", self.answer),
            web.post("/api/oauth.v2.access", self.access),
            web.get("/app_redirect", self.open_app),
        ]

    async def ask(self, request: web.Request) -> web.Response:
        """Show the page of consent."""
        wrong = _wrong(request.query)
        if wrong is not None:
            return web.Response(status=400, text=wrong)
        teams = "".join(
            f'<label><input type="radio" name="team" value="{escape(team)}"'
            f"{' checked' if number == 0 else ''}> {escape(one.names.name)}</label>"
            for number, (team, one) in enumerate(self._workspaces.items())
        )
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(request.query.get(name, ""))}">'
            for name in ("client_id", "scope", "state", "redirect_uri")
        )
        scopes = "".join(f"<li>{escape(one)}</li>" for one in sorted(_scopes(request.query)))
        page = _PAGE.format(hidden=hidden, teams=teams, scopes=scopes)
        return web.Response(text=page, content_type="text/html")

    async def answer(self, request: web.Request) -> web.Response:
        """Lead back to the app, with a code or with the refusal."""
        sent = {name: str(value) for name, value in (await request.post()).items()}
        wrong = _wrong(sent)
        workspace = self._workspaces.get(sent.get("team", ""))
        if wrong is not None or workspace is None:
            return web.Response(status=400, text=wrong or "There is no such workspace.")
        back = {"state": sent.get("state", "")}
        if sent.get("answer") != "allow":
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_urlsafe(24)
            self._codes[back["code"]] = _Code(
                workspace,
                PEOPLE[0].id,
                _scopes(sent),
                sent["redirect_uri"],
                time.monotonic() + _CODE_SECONDS,
            )
        raise web.HTTPFound(f"{sent['redirect_uri']}?{urlencode(back)}")

    async def access(self, request: web.Request) -> web.Response:
        """Change a code for a token; each works once."""
        try:
            return web.json_response({"ok": True, **self._token(request, await request.post())})
        except ApiError as error:
            return web.json_response(error.body())

    async def open_app(self, request: web.Request) -> web.Response:
        """Lead from the app's page to the workspace."""
        raise web.HTTPFound("/")

    def _token(self, request: web.Request, sent: Mapping[str, object]) -> Json:
        client = _client(request, sent)
        if client[0] != CLIENT_ID:
            raise ApiError("invalid_client_id")
        if not secrets.compare_digest(client[1], CLIENT_SECRET):
            raise ApiError("bad_client_secret")
        code = self._codes.pop(str(sent.get("code", "")), None)
        if code is None or code.until < time.monotonic():
            raise ApiError("invalid_code")
        if code.redirect_uri != sent.get("redirect_uri"):
            raise ApiError("bad_redirect_uri")
        token = code.workspace.install(code.scopes)
        return code.workspace.names.outward(
            {
                "access_token": token,
                "token_type": "bot",
                "scope": ",".join(sorted(code.scopes)),
                "bot_user_id": BOT_USER_ID,
                "app_id": APP_ID,
                "team": {"name": code.workspace.names.name, "id": code.workspace.names.team},
                "enterprise": None,
                "is_enterprise_install": False,
                "authed_user": {"id": code.person},
            }
        )


def _scopes(asked: Mapping[str, str]) -> frozenset[str]:
    return frozenset(asked.get("scope", "").split(",")) - {""}


def _wrong(asked: Mapping[str, str]) -> str | None:
    """Return what is wrong with what the app asks for."""
    if asked.get("client_id") != CLIENT_ID:
        return "There is no app with this client_id."
    if unknown := sorted(_scopes(asked) - ALL_SCOPES):
        return f"There is no scope {unknown[0]}."
    address = urlsplit(asked.get("redirect_uri", ""))
    if address.scheme not in ("http", "https") or address.path != REDIRECT_PATH:
        return "The redirect_uri is none of the app's."
    return None


def _client(request: web.Request, sent: Mapping[str, object]) -> tuple[str, str]:
    """Return who asks for a token, and their secret."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return str(sent.get("client_id", "")), str(sent.get("client_secret", ""))
    try:
        name, _, secret = b64decode(given).decode().partition(":")
    except (Base64Error, UnicodeDecodeError) as error:
        raise ApiError("invalid_client_id") from error
    return name, secret
