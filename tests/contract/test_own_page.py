"""Nobody's browser acts in the workspace but by the workspace's own page."""

import aiohttp
import pytest

from demo.workspace.server import WorkspaceServer
from tests.contract.workspace_kit import Page

MESSAGE = {"as": "U0ADA", "channel": "C0TOYS", "text": "/imagine something"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "localhost"}, 200),
    ],
)
async def test_what_another_page_sends_is_refused(
    server: WorkspaceServer, page: Page, headers: dict[str, str], status: int
) -> None:
    for url in (server.url, f"{server.url}/attic"):
        async with aiohttp.ClientSession() as session:
            answer = await session.post(f"{url}/page/messages", json=MESSAGE, headers=headers)
            assert answer.status == status
    assert len(await page.messages()) == (status == 200)
