"""Every stand-in that tests use."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from backend.base import Base
from backend.engine_draws import Draw, Drawn
from backend.errors import BackendError, ErrorCode
from backend.layout import DataFolder
from backend.people import Place
from backend.picture_review import Tile
from backend.recipe import Recipe, RenderPrecision
from backend.runs import Look, spec_of
from backend.store_concepts import NewConcept
from backend.views import Delivery, Incoming, JobView, RenderView
from cluster.fit_hosts import LeftOutHost
from cluster.settings import ClusterSettings
from cluster.spec import TrainSpec

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class FakeClock:
    """A clock that goes on only when it is told to."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the present."""
        return self.now

    def go_on(self, seconds: float) -> datetime:
        """Let time pass; return the new present."""
        self.now += timedelta(seconds=seconds)
        return self.now


class FakeDrawer:
    """A drawing engine without a model: a picture has the one colour of its seed.

    While `gate` is not set it waits in the middle of a picture, between two steps. `errors`
    holds what is raised over a prompt, `held_back` the prompts that a checker would hold back.
    """

    def __init__(self, base_hash: str = "base", streams: int = 1) -> None:
        self.base_hash = base_hash
        self.streams = streams
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Event()
        self.errors: dict[str, Exception] = {}
        self.held_back: set[str] = set()
        self.drawn: list[tuple[str, int]] = []

    def check(self, draw: Draw) -> None:
        """Find nothing wrong."""

    def draw(
        self,
        draws: Sequence[Draw],
        on_step: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], frozenset[int]] | None = None,
    ) -> tuple[Drawn | None, ...]:
        """Draw, or raise the first of the errors."""
        for draw in draws:
            if draw.recipe.prompt in self.errors:
                raise self.errors[draw.recipe.prompt]
        if on_step is not None:
            on_step(1, draws[0].recipe.steps)
        self.begun.set()
        while not self.gate.wait(0.01):
            if cancelled is not None and len(cancelled()) == len(draws):
                return (None,) * len(draws)
        gone = frozenset() if cancelled is None else cancelled()
        wanted = [None if n in gone else draw.recipe for n, draw in enumerate(draws)]
        self.drawn += [(recipe.prompt, recipe.seed) for recipe in wanted if recipe]
        return tuple(None if one is None else self._picture(one) for one in wanted)

    def _picture(self, recipe: Recipe) -> Drawn:
        picture = Image.new("RGB", (recipe.width, recipe.height), (recipe.seed % 256, 0, 0))
        real = recipe.model_copy(update={"precision": RenderPrecision.F32})
        return Drawn(picture, real, recipe.prompt in self.held_back)


class FakeRuns:
    """Stands for `backend.runs.Runs`: runs that begin, go on and end as a test says.

    `looks` are what the next looks at a job find (the last one again and again), `troubles` are
    raised by the call of that name, each once, and `calls` is what was asked for.
    """

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self.calls: list[str] = []
        self.alive: set[str] = set()
        self.looks: list[Look] = [Look(None, None)]
        self.troubles: dict[str, Exception] = {}
        self.left_out: tuple[LeftOutHost, ...] = ()
        self.gate = threading.Event()
        self.gate.set()

    def prepare(self, job: JobView, base: Base) -> TrainSpec:
        """Return the spec that a real run would get; waits while `gate` is closed."""
        self._called("prepare", job.id)
        self.gate.wait(10)
        return spec_of(job, base, ClusterSettings(_env_file=None, max_steps=40))

    def launch(self, job_id: str) -> tuple[LeftOutHost, ...]:
        """Bring the run to life, without the hosts that a test says."""
        self._called("launch", job_id)
        self.alive.add(job_id)
        return self.left_out

    def was_launched(self, job_id: str) -> bool:
        """Tell whether it lives."""
        self._called("was_launched", job_id)
        return job_id in self.alive

    def look(self, job_id: str, now: float) -> Look:
        """Return what the test says that is to be seen."""
        self._called("look", job_id)
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]

    def stop(self, job_id: str) -> int:
        """End the run."""
        self._called("stop", job_id)
        self.alive.discard(job_id)
        return 0

    def keep(self, job_id: str) -> None:
        """Record that the run was asked to end with what it has."""
        self._called("keep", job_id)

    def collect(self, job: JobView, version: int) -> NewConcept:
        """Return a concept with no file."""
        self._called("collect", job.id)
        embedding = self.folder.embedding(job.owner.workspace, job.token, version)
        return NewConcept(version, "base", embedding, "ab" * 32, 1, 0.5, ())

    def _called(self, name: str, job_id: str) -> None:
        self.calls.append(f"{name} {job_id}")
        if (trouble := self.troubles.pop(name, None)) is not None:
            raise trouble


class FakeSlack:
    """Slack's Web API, as much of it as the bot posts with. Its messages are in `messages`.

    `troubles` are raised by the next calls of a method; `calls` names all calls.
    """

    def __init__(self) -> None:
        self.messages: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.troubles: dict[str, list[Exception]] = defaultdict(list)
        self.lost_answers: set[str] = set()
        """Methods whose next call works, while its answer is lost on the way."""
        self.files: list[str] = []

    async def chat_postMessage(self, **sent: Any) -> dict[str, Any]:  # noqa: N802
        """Post a message."""
        self._called("chat.postMessage")
        ts = f"{1000 + len(self.messages)}.000000"
        self.messages[ts] = {**sent, "ts": ts, "metadata": _metadata(sent)}
        self._answer("chat.postMessage")
        return {"ts": ts}

    async def chat_update(self, *, ts: str, **sent: Any) -> dict[str, Any]:
        """Replace a message."""
        self._called("chat.update")
        if ts not in self.messages:
            raise slack_error("message_not_found")
        self.messages[ts] |= {**sent, "metadata": _metadata(sent)}
        return {"ts": ts}

    async def conversations_history(self, **asked: Any) -> dict[str, Any]:
        """Return what is not in threads."""
        self._called("conversations.history")
        found = [one for one in self.messages.values() if not one.get("thread_ts")]
        return {"messages": found[::-1]}

    async def conversations_replies(self, *, ts: str, **asked: Any) -> dict[str, Any]:
        """Return a thread."""
        self._called("conversations.replies")
        found = [m for m in self.messages.values() if ts in (m["ts"], m.get("thread_ts"))]
        return {"messages": found}

    async def files_upload_v2(self, *, file: str, **sent: Any) -> dict[str, Any]:
        """Upload a file."""
        self._called("files.upload")
        self.files.append(file)
        return {"files": [{"id": f"F{len(self.files)}"}]}

    async def files_info(self, *, file: str) -> dict[str, Any]:
        """Describe a file."""
        return {"file": {"id": file, "mimetype": "image/png"}}

    async def files_delete(self, *, file: str) -> dict[str, Any]:
        """Delete a file."""
        self._called(f"files.delete {file}")
        return {}

    async def views_update(self, **sent: Any) -> dict[str, Any]:
        """Replace a form."""
        self._called("views.update")
        return {}

    def _called(self, method: str) -> None:
        self.calls.append(method)
        if self.troubles[method]:
            raise self.troubles[method].pop(0)

    def _answer(self, method: str) -> None:
        if method in self.lost_answers:
            self.lost_answers.discard(method)
            raise TimeoutError


def _metadata(sent: dict[str, Any]) -> dict[str, Any]:
    metadata = sent.get("metadata")
    return metadata.to_dict() if metadata is not None else {}


def slack_error(code: str, retry_after: int | None = None) -> SlackApiError:
    """Return what slack_sdk raises for an answer that is not ok."""
    answer = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data={"ok": False, "error": code},
        headers={} if retry_after is None else {"Retry-After": str(retry_after)},
        status_code=200 if retry_after is None else 429,
    )
    return SlackApiError(code, answer)  # type: ignore[no-untyped-call]


class FakeDebts:
    """What the service owes to Slack: deliveries, and the views they are about."""

    def __init__(self) -> None:
        self.owed: list[Delivery] = []
        self.views: dict[str, Any] = {}
        self.sheets: dict[str, tuple[Tile, ...]] = {}
        self.notes: dict[str, tuple[Place, str]] = {}
        self.receipts: dict[str, tuple[int, str | None]] = {}
        self.put_off: list[tuple[str, str, datetime | None]] = []
        self.set_aside: list[tuple[str, str]] = []
        self.kept: dict[str, Incoming] = {}
        self.settled: list[str] = []
        self.something_delivered = asyncio.Event()

    async def claim_deliveries(
        self, limit: int, lease_seconds: float, but: Collection[str] = ()
    ) -> tuple[Delivery, ...]:
        """Hand out what is owed, once."""
        claimed = [one for one in self.owed if one.place.workspace not in but][:limit]
        self.owed = [one for one in self.owed if one not in claimed]
        return tuple(claimed)

    async def delivered(self, delivery_id: str, revision: int, receipt: str | None) -> None:
        """Record."""
        self.receipts[delivery_id] = (revision, receipt)
        self.something_delivered.set()

    async def delivery_failed(
        self, delivery_id: str, error: str, retry_at: datetime | None
    ) -> None:
        """Record."""
        self.put_off.append((delivery_id, error, retry_at))

    async def set_delivery_aside(self, delivery_id: str, error: str) -> None:
        """Record."""
        self.set_aside.append((delivery_id, error))

    async def job(self, job_id: str) -> JobView:
        """Return a job that the test has put into `views`."""
        job: JobView = self._view(job_id)
        return job

    async def sheet(self, job_id: str) -> tuple[Tile, ...]:
        """Return the tiles that the test has put into `sheets`."""
        return self.sheets.get(job_id, ())

    async def render(self, render_id: str) -> RenderView:
        """Return a render that the test has put into `views`."""
        render: RenderView = self._view(render_id)
        return render

    async def note(self, place: Place, text: str, key: str) -> None:
        """Owe a sentence, once for each key."""
        self.notes.setdefault(key, (place, text))

    async def receive(self, incoming: Incoming) -> bool:
        """Keep a row; False if it was kept before."""
        if incoming.event_id in self.kept:
            return False
        self.kept[incoming.event_id] = incoming
        return True

    async def settle(self, event_id: str) -> None:
        """Record."""
        self.settled.append(event_id)

    def _view(self, thing_id: str) -> Any:
        if thing_id not in self.views:
            raise BackendError(ErrorCode.NOT_FOUND, "There is no such thing.")
        return self.views[thing_id]
