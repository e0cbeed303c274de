"""Fixtures of the tests over the wire."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp

from demo.workspace.controls import Controls
from demo.workspace.scopes import ALL_EVENTS, ALL_SCOPES
from demo.workspace.server import WorkspaceServer
from tests.contract.workspace_kit import QUICK, Inbox, Page, app_for


@pytest.fixture
async def server() -> AsyncIterator[WorkspaceServer]:
    everything = Controls(scopes=ALL_SCOPES, events=ALL_EVENTS)
    running = WorkspaceServer(patience=QUICK, controls=everything)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def page(server: WorkspaceServer) -> AsyncIterator[Page]:
    async with aiohttp.ClientSession() as session:
        yield Page(server.url, session)


@pytest.fixture
def app(server: WorkspaceServer) -> AsyncApp:
    return app_for(server)


@pytest.fixture
def inbox(app: AsyncApp) -> Inbox:
    return Inbox(app)
