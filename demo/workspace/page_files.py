"""The page's pictures and files: uploads by people, downloads, samples, avatars."""

from html import escape
from pathlib import Path

from aiohttp import web

from demo.workspace import people
from demo.workspace.faults import PageError
from demo.workspace.manifest import Person, member
from demo.workspace.messages import StoredFile
from demo.workspace.page_form import read_upload
from demo.workspace.uploads import file_response, store_file
from demo.workspace.workspace import Workspace

_AVATAR = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" role="img" aria-label="{name}">'
    '<rect width="40" height="40" rx="9" fill="{colour}"/>'
    '<text x="20" y="27" font-family="sans-serif" font-size="19" font-weight="600"'
    ' text-anchor="middle" fill="#fff">{initial}</text></svg>'
)


class PageFiles:
    """Serves the page's files."""

    def __init__(self, workspace: Workspace, samples: Path | None) -> None:
        """Serve this workspace; `samples` is a folder of pictures to try."""
        self._workspace = workspace
        self._samples = samples

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for the application's table."""
        return [
            web.post("/page/files", self.share),
            web.post("/page/uploads", self.keep),
            web.get("/page/files/{file}", self.file),
            web.get("/page/files/{file}/{name}", self.file),
            web.get("/page/samples/{name}", self.sample),
            web.get("/page/avatars/{person}.svg", self.avatar),
        ]

    async def share(self, request: web.Request) -> web.Response:
        """Post a message with files."""
        form, sent = await read_upload(request)
        person = people.person_named(form.text("as"))
        channel = people.channel_named(self._workspace, person, form.text("channel"))
        files = self._stored(person, sent)
        if not files:
            raise PageError("no_files", "Attach at least one file.")
        message = people.say(
            self._workspace,
            person,
            channel,
            form.text("text"),
            thread_ts=form.text("thread_ts") or None,
            file_ids=tuple(one.id for one in files),
        )
        ids = [one.id for one in files]
        return web.json_response({"ok": True, "ts": message.ts, "files": ids})

    async def keep(self, request: web.Request) -> web.Response:
        """Keep files that a modal's file input will name, without posting them."""
        form, sent = await read_upload(request)
        files = self._stored(people.person_named(form.text("as")), sent)
        shown = [{"id": one.id, "name": one.name, "mimetype": one.mimetype} for one in files]
        return web.json_response({"ok": True, "files": shown})

    async def file(self, request: web.Request) -> web.Response:
        """Show a file to the page."""
        stored = self._workspace.team.files.get(request.match_info["file"])
        if stored is None:
            raise PageError("file_not_found", "This file is not there any more.", status=404)
        return file_response(stored)

    async def sample(self, request: web.Request) -> web.FileResponse:
        """Show a sample picture."""
        for path in sample_paths(self._samples):
            if path.name == request.match_info["name"]:
                return web.FileResponse(path)
        raise PageError("file_not_found", "There is no such sample picture.", status=404)

    async def avatar(self, request: web.Request) -> web.Response:
        """Draw a member's avatar."""
        person = member(request.match_info["person"])
        if person is None:
            raise PageError("user_not_found", "Nobody here has this id.", status=404)
        drawn = _AVATAR.format(
            name=escape(person.real_name), colour=person.colour, initial=person.real_name[0]
        )
        return web.Response(text=drawn, content_type="image/svg+xml")

    def _stored(self, person: Person, sent: list[tuple[str, bytes]]) -> list[StoredFile]:
        files = [store_file(name, content, person.id) for name, content in sent]
        self._workspace.team.files.update({one.id: one for one in files})
        return files


def sample_paths(samples: Path | None) -> list[Path]:
    """Return the sample pictures in order of name."""
    if samples is None or not samples.is_dir():
        return []
    return sorted(p for p in samples.iterdir() if p.suffix.lower() in {".png", ".jpg", ".jpeg"})
