"""Homes are published when they are opened, and when what was open in them has ended."""

from pathlib import Path
from typing import Any, cast

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View

from backend.jobs import RenderState
from backend.people import Asker, Person, Standing
from backend.service import Service
from backend.views import ConceptView, DeliveryKind, HealthView, QueueView, RenderView
from bot.calls import Calls
from bot.errors import SlackBusyError
from bot.homes import Homes
from bot.languages import Languages
from bot.pictures import PictureShelf
from bot.standings import Standings
from tests.fakes import FakeClock, slack_error
from tests.unit.bot.made import ADA, EN, SENTENCES, make_render
from tests.unit.bot.test_blocks import words


class Rooms:
    """Stands for the service and for Slack: what a Home shows, and who got one."""

    def __init__(self) -> None:
        self.queue_now = QueueView((), ())
        self.published: list[tuple[str, dict[str, Any]]] = []
        self.trouble: Exception | None = None
        self.deleted: set[str] = set()
        self.locales: dict[Person, str] = {}

    async def concepts(self, workspace: str, asker: Asker) -> tuple[ConceptView, ...]:
        return ()

    async def queue(self, workspace: str, asker: Asker) -> QueueView:
        return self.queue_now

    async def locale(self, person: Person) -> str:
        return self.locales.get(person, "")

    async def asker_of(self, person: Person) -> Asker:
        return Asker(person, Standing(is_admin=person == ADA))

    async def recent(self, person: Person, limit: int) -> tuple[RenderView, ...]:
        return (make_render(),)

    async def receipt(self, kind: DeliveryKind, subject: str) -> str | None:
        return "1.2 0:F77 1:F78"

    async def health(self, workspace: str) -> HealthView:
        return HealthView(2, 1, 0, 0, 0, 0, 0)

    async def publish_home(self, user: str, view: View) -> None:
        if self.trouble is not None:
            raise self.trouble
        if self.deleted & set(files_on(view.to_dict())):
            raise slack_error("invalid_blocks")
        self.published.append((user, view.to_dict()))


@pytest.fixture
def rooms() -> Rooms:
    return Rooms()


@pytest.fixture
def homes(rooms: Rooms, clock: FakeClock, shelf: PictureShelf) -> Homes:
    return Homes(
        cast("Service", rooms),
        cast("Calls", rooms),
        shelf,
        cast("Standings", rooms),
        Languages(SENTENCES, EN, cast("Standings", rooms)),
        lambda: clock.now.timestamp(),
    )


WAITING = make_render(state=RenderState.QUEUED)


async def test_a_home_is_published_again_when_something_has_ended(
    homes: Homes, rooms: Rooms, clock: FakeClock
) -> None:
    rooms.queue_now = QueueView((), (WAITING,))
    await homes.publish(ADA.user, ADA.workspace)
    clock.go_on(60)
    await homes.round()
    assert len(rooms.published) == 1, "nothing has ended"
    rooms.queue_now = QueueView((), ())
    await homes.round()
    assert [user for user, _ in rooms.published] == [ADA.user] * 2
    await homes.round()
    assert len(rooms.published) == 2


async def test_not_too_often_and_not_for_ever(homes: Homes, rooms: Rooms, clock: FakeClock) -> None:
    rooms.queue_now = QueueView((), (WAITING,))
    await homes.publish(ADA.user, ADA.workspace)
    rooms.queue_now = QueueView((), ())
    await homes.round()
    assert len(rooms.published) == 1, "it was just published"
    clock.go_on(3600)
    await homes.round()
    assert len(rooms.published) == 1, "nobody looks any more"


async def test_trouble_with_one_home_is_tried_again(
    homes: Homes, rooms: Rooms, clock: FakeClock
) -> None:
    rooms.queue_now = QueueView((), (WAITING,))
    await homes.publish(ADA.user, ADA.workspace)
    rooms.queue_now = QueueView((), ())
    clock.go_on(60)
    rooms.trouble = SlackBusyError(30)
    await homes.round()
    rooms.trouble = None
    await homes.round()
    assert len(rooms.published) == 2


async def test_only_admins_see_the_cluster(homes: Homes, rooms: Rooms) -> None:
    await homes.publish(ADA.user, ADA.workspace)
    await homes.publish("U0LIN", ADA.workspace)
    said = ["1 of 2 training slots" in words(view) for _, view in rooms.published]
    assert said == [True, False]


async def test_a_picture_that_is_in_slack_is_not_uploaded_again(homes: Homes, rooms: Rooms) -> None:
    await homes.publish(ADA.user, ADA.workspace)
    [(_, view)] = rooms.published
    assert files_on(view) == ["F77"]


def files_on(view: dict[str, Any]) -> list[str]:
    pictures = [one.get("accessory") or {} for one in view["blocks"]]
    return [one["slack_file"]["id"] for one in pictures if one.get("type") == "image"]


async def test_a_file_that_was_deleted_in_slack_takes_no_home_away(
    homes: Homes, rooms: Rooms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("0.png").write_bytes(b"")
    rooms.deleted.add("F77")
    await homes.publish(ADA.user, ADA.workspace)
    [(_, without)] = rooms.published
    assert files_on(without) == []
    assert "a &lt;dicoo&gt; at the beach" in words(without)
    await homes.publish(ADA.user, ADA.workspace)
    assert files_on(rooms.published[-1][1]) == ["F1"]


async def test_another_fault_of_a_home_is_not_hidden(homes: Homes, rooms: Rooms) -> None:
    rooms.trouble = slack_error("invalid_auth")
    with pytest.raises(SlackApiError):
        await homes.publish(ADA.user, ADA.workspace)
