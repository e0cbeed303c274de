"""`figment bench bot`: how soon the bot acknowledges while training and drawing use all cores.

A process of its own, started by the command: `bot/` knows nothing of `demo/`.
"""

import asyncio
import json
import math
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import psutil
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from backend.database import Database, open_engine
from backend.models import IncomingRow
from backend.settings import BackendSettings
from demo.house import MODEL, House, open_house
from demo.person import Message, Person, StoryError, person_at, pictures_of
from demo.samples import write_samples
from demo.settings import DEMO_SETTINGS

_ASK = "ask"
_READY_SECONDS = 300.0
_BUSY = 0.9
"""Share of the cores in use, from which on the machine counts as saturated."""
_PEOPLE = ("U0ADA", "U0LIN", "U0MAX")
_CHANNELS = ("C0TOYS", "C0GENERAL")
_LOAD = {
    # Longer than any measurement: ended by the house when it closes.
    "FIGMENT_MAX_STEPS": "100000",
    "FIGMENT_STOP_WHEN_FLAT": "false",
    "FIGMENT_WORKERS": "1",
    "FIGMENT_PICTURES": "1",
}


@dataclass(frozen=True)
class BotReport:
    """What was measured. `lost`: neither answered nor kept. Updates: in the busiest minute."""

    ack_p50_ms: float
    ack_p99_ms: float
    ack_max_ms: float
    lost: int
    not_acknowledged: int
    updates_per_minute: int
    commands: int
    seconds: float
    rate: float
    cpu_percent: float


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the values do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


async def measure(folder: Path, seconds: float, rate: float, tell: Console) -> BotReport:
    """Start workspace, bot, a training and a worker, and send commands at `rate` a second.

    Raises:
        StoryError: something of it did not start.
    """
    samples = write_samples(folder / "samples")
    async with (
        open_house(folder, {**DEMO_SETTINGS, **_LOAD}, base=MODEL) as house,
        person_at(house.url) as ada,
    ):
        with tell.status("Starting a training and a worker"):
            drawn = await _load(ada, samples)
        with tell.status(f"Sending {rate:g} commands a second for {seconds:g} s"):
            return await _storm(house, ada, drawn, seconds, rate)


async def _load(ada: Person, samples: Sequence[Path]) -> Message:
    """Have pictures drawn and a concept learned; return the message with pictures."""
    await ada.command("/imagine", "a red robot --steps 4")
    drawn = await ada.wait_for(
        lambda message: bool(pictures_of(message)), _READY_SECONDS, "the first picture"
    )
    await ada.upload(samples, "Look what I found!")
    await ada.command("/concept", "teach <dicoo> as toy")

    def learning(message: Message) -> bool:
        return "step " in json.dumps(message.get("blocks")) and "<dicoo>" in json.dumps(message)

    await ada.wait_for(learning, _READY_SECONDS, "the training's first step")
    return drawn


async def _storm(
    house: House, ada: Person, drawn: Message, seconds: float, rate: float
) -> BotReport:
    before = await _kept(house)
    house.server.meter.forget()
    psutil.cpu_percent()
    loop = asyncio.get_running_loop()
    start, sending = loop.time(), set[asyncio.Task[None]]()
    commands = int(seconds * rate)
    for number in range(commands):
        await asyncio.sleep(start + number / rate - loop.time())
        sending.add(asyncio.create_task(_send(ada, drawn, number)))
    await asyncio.gather(*sending)
    busy = psutil.cpu_percent()
    # Events are acknowledged behind the back of whoever writes.
    meter = house.server.meter
    for _ in range(100):
        if len(meter.acks) >= commands:
            break
        await asyncio.sleep(0.1)
    times = [one.seconds * 1000 for one in meter.acks if one.seconds is not None]
    return BotReport(
        ack_p50_ms=round(percentile(times, 0.5), 1),
        ack_p99_ms=round(percentile(times, 0.99), 1),
        ack_max_ms=round(max(times, default=0.0), 1),
        # Each is kept before it is acknowledged, and stays when it was answered.
        lost=commands - (await _kept(house) - before),
        not_acknowledged=sum(one.seconds is None for one in meter.acks),
        updates_per_minute=meter.busiest_minute("chat.update"),
        commands=commands,
        seconds=seconds,
        rate=rate,
        cpu_percent=busy,
    )


async def _send(ada: Person, drawn: Message, number: int) -> None:
    """Ask for something, each time something else by somebody else."""
    one = replace(
        ada, user=_PEOPLE[number % len(_PEOPLE)], channel=_CHANNELS[number % len(_CHANNELS)]
    )
    match number % 5:
        case 0:
            await one.command("/imagine", f"a blue robot --steps 4 --seed {number}")
        case 1:
            await one.command("/concept", "list")
        case 2:
            await replace(one, channel=ada.channel).press(drawn, "render.again")
        case 3:
            await one.say("<@U0FIGMENT> queue")
        case _:
            await one.command("/concept", "queue")


async def _kept(house: House) -> int:
    """Count the asks that the bot's database has, answered or not."""
    database = Database(open_engine(BackendSettings(data=Path(house.env["FIGMENT_DATA"])).url))
    try:
        async with database.reading() as session:
            rows = select(func.count()).where(IncomingRow.kind == _ASK)
            return int(await session.scalar(rows) or 0)
    finally:
        await database.close()


def main(
    seconds: Annotated[float, typer.Option(min=1, help="How long commands are sent.")] = 60,
    rate: Annotated[float, typer.Option(min=0.1, help="Commands a second.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Measure; exit code 1 when it could not be done."""
    console = Console(stderr=as_json)
    with tempfile.TemporaryDirectory(prefix="figment-bench-") as folder:
        try:
            report = asyncio.run(measure(Path(folder), seconds, rate, console))
        except StoryError as error:
            console.print(f"[bold red]Not measured:[/] {error}")
            log = Path(folder) / "figment.log"
            console.print("".join(log.read_text().splitlines(keepends=True)[-20:]), markup=False)
            raise typer.Exit(1) from error
    if as_json:
        sys.stdout.write(json.dumps(asdict(report), indent=2) + "\n")
        return
    table = Table("what", "value")
    for name, value in asdict(report).items():
        table.add_row(name, f"{value:g}")
    console.print(table)
    if report.cpu_percent < 100 * _BUSY:
        console.print("The cores were not all busy: with more of them, the load is too small.")


if __name__ == "__main__":
    typer.run(main)
