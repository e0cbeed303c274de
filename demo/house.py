"""The whole house on one machine: the workspace in this process, `figment serve` in its own."""

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from backend.errors import BackendError
from backend.sole import SoleOwner
from cluster.launcher import stop
from cluster.run_dir import RunDir
from demo.own_folder import OURS, own_folder
from demo.person import StoryError, person_at
from demo.workspace.server import WorkspaceServer

MODEL = Path(__file__).parent / "toybox" / "model"
START_SECONDS = 120.0
_STOP_SECONDS = 20.0


@dataclass
class House:
    """A running workspace and the bot in it. `folder` holds data and logs."""

    url: str
    folder: Path
    env: Mapping[str, str]
    server: WorkspaceServer
    process: Process | None = None

    @property
    def log(self) -> Path:
        """Where `figment serve` writes."""
        return self.folder / "figment.log"

    async def start_bot(self) -> None:
        """Start `figment serve` and wait until it is connected.

        Raises:
            StoryError: it ended, or did not connect in time.
        """
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                # It ends with the demo, however that ends: nobody else would ever stop it.
                *(sys.executable, "-m", "backend.leash", "0"),
                *(sys.executable, "-m", "bot.cli.main", "serve"),
                # Not where we are: a `.env` that lies there is of another house.
                cwd=self.folder,
                env=dict(self.env),
                stdout=log,
                stderr=log,
            )
        async with person_at(self.url) as somebody:
            for _ in range(int(START_SECONDS * 4)):
                if self.process.returncode is not None:
                    raise StoryError(f"figment serve ended at its start; see {self.log}")
                if await somebody.connected():
                    return
                await asyncio.sleep(0.25)
        raise StoryError(f"figment serve did not connect; see {self.log}")

    async def stop_bot(self) -> None:
        """End `figment serve`, politely first."""
        process, self.process = self.process, None
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def kill_bot(self) -> None:
        """End `figment serve` without a word, as a crash would."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            await process.wait()


def bot_environment(
    url: str, data: Path, base: Path, settings: Mapping[str, str]
) -> dict[str, str]:
    """Environment of a bot that talks to the workspace at `url`; `settings` are added to it.

    Settings of a real bot that may be in ours do not reach it, but for its language: its database
    is not for playing.
    """
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SLACK_", "FIGMENT_")) or name == "FIGMENT_LANGUAGE"
    }
    return own | {
        "SLACK_API_URL": f"{url}/api/",
        "SLACK_BOT_TOKEN": "xoxb-toybox",
        "SLACK_APP_TOKEN": "xapp-toybox",
        "FIGMENT_DATA": str(data),
        "FIGMENT_BASE": str(base),
        "HF_HUB_OFFLINE": "1",
        "PYTHONUNBUFFERED": "1",
        **settings,
    }


def _emptied(folder: Path) -> Path:
    """The bot's data folder, with nothing but the exported base model in it.

    Raises:
        StoryError: it is not a demo's, or a demo is going on in it.
    """
    data = own_folder(folder / "data")
    sole = SoleOwner(data / "serve.lock")
    try:
        sole.acquire()
    except BackendError as error:
        raise StoryError(error.message) from error
    sole.release()
    # Of a demo that was killed: what still teaches in there would write into nothing.
    _stop_runs(data)
    for entry in data.iterdir():
        if entry.name not in ("openvino", OURS):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    return data


def _stop_runs(data: Path) -> None:
    for run in sorted((data / "runs").glob("*/")):
        stop(RunDir(run), 1)


@asynccontextmanager
async def open_house(
    folder: Path,
    settings: Mapping[str, str],
    *,
    port: int = 0,
    base: Path = MODEL,
    samples: Path | None = None,
) -> AsyncIterator[House]:
    """Start workspace and bot in `folder`, whose earlier state is forgotten.

    The workspace keeps nothing over a restart, so what the bot knew of it would be stale; the
    exported base model stays. `settings` are further environment variables of the bot.
    """
    server = WorkspaceServer(port=port, samples=samples)
    await server.start()
    try:
        data = await asyncio.to_thread(_emptied, folder)
    except StoryError:
        await server.stop()
        raise
    house = House(server.url, folder, bot_environment(server.url, data, base, settings), server)
    try:
        await house.start_bot()
        yield house
    finally:
        await house.stop_bot()
        # The next demo forgets them: nobody would ever learn how they ended.
        await asyncio.to_thread(_stop_runs, data)
        await server.stop()
