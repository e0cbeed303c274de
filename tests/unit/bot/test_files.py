"""Pictures are fetched from Slack, and from nowhere else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.asks import FileInfo
from bot.errors import BotError, BotErrorCode
from bot.files import PictureFetcher, looks_like_picture

PNG = b"\x89PNG\r\n\x1a\n" + bytes(1000)
LIMIT = 300_000


@dataclass
class Host:
    """A server of files that writes down who asked with which token."""

    server: TestServer
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    described: list[str] = field(default_factory=list)

    def file(self, name: str, **more: object) -> FileInfo:
        return FileInfo.model_validate(
            {"id": f"F-{name}", "name": name, "url_private": self.url(name), **more}
        )

    def url(self, name: str) -> str:
        return str(self.server.make_url(f"/files/{name}"))

    @property
    def address(self) -> str:
        return f"{self.server.host}:{self.server.port}"

    def fetcher(self, other_server: str | None = "") -> PictureFetcher:
        async def describe(file_id: str) -> FileInfo:
            self.described.append(file_id)
            return self.file("a.png", id=file_id)

        server = self.address if other_server == "" else other_server
        return PictureFetcher("xoxb-1", server, LIMIT, describe)


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    async def serve(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        here.asked.append((name, request.headers.get("Authorization")))
        if name == "login.png":
            return web.Response(
                text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html"
            )
        if name == "missing.png":
            return web.Response(status=404)
        if name == "away.png":
            raise web.HTTPFound("http://evil.example/a.png")
        if name == "moved.png":
            raise web.HTTPFound("/files/a.png")
        if name == "round.png":
            raise web.HTTPFound("/files/round.png")
        body = {"diary.png": b"dear diary" * 50_000, "huge.png": PNG * 1000}.get(name, PNG)
        return web.Response(body=body, content_type="image/png")

    app = web.Application()
    app.router.add_get("/files/{name}", serve)
    server = TestServer(app)
    here = Host(server)
    await server.start_server()
    yield here
    await server.close()


async def test_pictures_come_in_order_with_the_token(host: Host, tmp_path: Path) -> None:
    fetched = await host.fetcher().fetch([host.file("b.png"), host.file("a.JPG")], tmp_path)
    assert [one.name for one in fetched.pictures] == ["b.png", "a.JPG"]
    assert [one.source for one in fetched.pictures] == ["slack:F-b.png", "slack:F-a.JPG"]
    assert [one.path.name for one in fetched.pictures] == ["00.png", "01.jpg"]
    assert all(one.path.read_bytes() == PNG for one in fetched.pictures)
    assert {token for _, token in host.asked} == {"Bearer xoxb-1"}


@pytest.mark.parametrize(
    ("url", "other_server"),
    [
        ("http://files.slack.com/a.png", None),
        ("https://evil.example/a.png", None),
        ("https://slack.com.evil.example/a.png", None),
        ("https://evilslack.com/a.png", None),
        ("https://slack-gov.com.evil.example/a.png", None),
        ("https://evil.example/?https://files.slack.com", None),
        ("https://files.slack.com@evil.example/a.png", None),
        ("https://files.slack.com/a.png", "127.0.0.1:8720"),
        ("http://127.0.0.1:8721/a.png", "127.0.0.1:8720"),
    ],
)
async def test_the_token_goes_to_slack_only(
    host: Host, tmp_path: Path, url: str, other_server: str | None
) -> None:
    fetched = await host.fetcher(other_server).fetch(
        [host.file("a.png", url_private=url)], tmp_path
    )
    assert fetched.pictures == ()
    assert "Slack's servers" in str(fetched.problems[0])
    assert host.asked == []


async def test_a_redirect_is_followed_within_the_host_only(host: Host, tmp_path: Path) -> None:
    names = ("moved.png", "away.png", "round.png")
    fetched = await host.fetcher().fetch([host.file(name) for name in names], tmp_path)
    assert [one.name for one in fetched.pictures] == ["moved.png"]
    assert "away.png" in str(fetched.problems[0])
    assert "round.png" in str(fetched.problems[1])


async def test_a_login_page_means_a_missing_scope(host: Host, tmp_path: Path) -> None:
    with pytest.raises(BotError) as refused:
        await host.fetcher().fetch([host.file("login.png")], tmp_path)
    assert refused.value.code is BotErrorCode.MISSING_SCOPE
    assert "files:read" in refused.value.message


async def test_what_cannot_be_fetched_is_named_and_the_rest_comes(
    host: Host, tmp_path: Path
) -> None:
    files = [host.file("missing.png"), host.file("a.png"), host.file("b.png", mode="tombstone")]
    fetched = await host.fetcher().fetch(files, tmp_path)
    assert [one.name for one in fetched.pictures] == ["a.png"]
    assert ["missing.png" in str(fetched.problems[0]), "b.png" in str(fetched.problems[1])] == [
        True,
        True,
    ]


@pytest.mark.parametrize("told", [0, LIMIT + 1])
async def test_a_large_file_is_refused_whether_slack_tells_its_size_or_not(
    host: Host, tmp_path: Path, told: int
) -> None:
    fetched = await host.fetcher().fetch([host.file("huge.png", size=told)], tmp_path)
    assert list(map(str, fetched.problems)) == ["huge.png is larger than 0.3 MB."]
    assert bool(host.asked) == (told == 0)


async def test_of_what_is_no_picture_only_the_beginning_is_fetched(
    host: Host, tmp_path: Path
) -> None:
    fetched = await host.fetcher().fetch([host.file("diary.png")], tmp_path)
    [picture] = fetched.pictures
    assert picture.path.read_bytes().startswith(b"dear diary")
    assert picture.path.stat().st_size < 500_000


async def test_a_stub_of_another_company_is_completed_first(host: Host, tmp_path: Path) -> None:
    stub = FileInfo(id="F9", file_access="check_file_info")
    fetched = await host.fetcher().fetch([stub], tmp_path)
    assert host.described == ["F9"]
    assert fetched.pictures[0].source == "slack:F9"


async def test_of_a_phones_own_format_slacks_copy_is_taken(host: Host, tmp_path: Path) -> None:
    photo = host.file(
        "a.heic", mimetype="image/heic", size=LIMIT + 1, thumb_1024=host.url("thumb.png")
    )
    await host.fetcher().fetch([photo], tmp_path)
    assert [name for name, _ in host.asked] == ["thumb.png"]


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("a.png", None, True),
        ("a", "image/png", True),
        ("A.HEIC", None, True),
        ("notes.txt", "text/plain", False),
        ("film.mp4", "video/mp4", False),
    ],
)
def test_what_people_think_of_as_pictures(name: str, kind: str | None, expected: bool) -> None:
    assert looks_like_picture(FileInfo(id="F", name=name, mimetype=kind)) == expected
