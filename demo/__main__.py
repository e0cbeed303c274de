"""`python -m demo`: the whole house on this machine, to play with or to watch."""

import asyncio
import errno
import importlib.util
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from demo.chromium import find_chromium
from demo.house import MODEL, House, open_house
from demo.person import StoryError, person_at
from demo.samples import renewed_samples
from demo.settings import DEMO_SETTINGS
from demo.story import play

_PORT = 8720
_GUIDE = (
    "1. Press “Add five sample pictures” beside the composer and send them.",
    "2. Type  /concept teach <dicoo> as toy",
    "3. When its card says ready:  /imagine a <dicoo> at the beach",
)

console = Console()


async def _screenshot(house: House, file: Path) -> None:
    """Take a picture of the page where Chromium and playwright are installed."""
    if find_chromium() is None or importlib.util.find_spec("playwright") is None:
        console.print("No screenshot: Chromium is not installed here.", style="dim")
        return
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "demo.screenshot", house.url, str(file)
    )
    if await process.wait() == 0:
        console.print(f"Screenshot in {file}")
    else:
        console.print("No screenshot: Chromium could not take one.", style="dim")


def _stop_at_a_signal() -> None:
    """Have signals end the demo, once: its end takes a while, in which more of them do nothing."""
    demo, loop = asyncio.current_task(), asyncio.get_running_loop()
    asked = False

    def stop() -> None:
        nonlocal asked
        if demo is not None and not asked:
            console.print("Stopping, which may take half a minute …", style="dim")
            asked = demo.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)


async def _run(folder: Path, port: int, acted: bool, once: bool) -> None:
    _stop_at_a_signal()
    samples = renewed_samples(folder / "pictures")
    with console.status("Starting the workspace and the bot"):
        context = open_house(folder, DEMO_SETTINGS, port=port, samples=folder / "pictures")
        house = await context.__aenter__()
    try:
        console.print(f"[bold]Figment is at {house.url}[/]")
        if acted:
            async with person_at(house.url) as ada:
                with console.status("Playing the story; watch it in the browser"):
                    await play(ada, samples, folder, console.print)
            await _screenshot(house, folder / "page.png")
        else:
            console.print("\n".join(_GUIDE))
        if not once:
            console.print("Ctrl-C ends it.", style="dim")
            await asyncio.Event().wait()
    finally:
        await context.__aexit__(None, None, None)


def main(
    acted: Annotated[bool, typer.Option("--play", help="Act the whole story by itself.")] = False,
    once: Annotated[bool, typer.Option("--once", help="End after the story.")] = False,
    port: Annotated[int, typer.Option(help="Port of the page; 0 for any free one.")] = _PORT,
    folder: Annotated[Path, typer.Option(help="Where everything is kept.")] = Path("build/demo"),
) -> None:
    """Open the page with the bot in it; five sample pictures are ready to post."""
    if once and not acted:
        raise typer.BadParameter("goes with --play: there is no other end.", param_hint="--once")
    if not (MODEL / "model_index.json").exists():
        console.print(f"The toybox model is missing in {MODEL}.", style="red")
        raise typer.Exit(1)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(_run(folder, port, acted, once))
    except StoryError as error:
        console.print(f"[bold red]It did not go on:[/] {error}")
        console.print(f"The bot's log is {folder / 'figment.log'}", style="dim")
        raise typer.Exit(1) from error
    except OSError as error:
        console.print(f"[bold red]The workspace could not start:[/] {error.strerror or error}")
        if error.errno == errno.EADDRINUSE:
            console.print('Another port: make demo ARGS="--port 0" takes any free one.')
        raise typer.Exit(1) from error
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("Goodbye.")


if __name__ == "__main__":
    typer.run(main)
