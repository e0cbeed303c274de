"""What Slack says of people becomes their standing."""

from typing import Any, cast

import pytest

from backend.people import Person, Standing
from bot.calls import Calls
from bot.standings import Standings, standing_in


@pytest.mark.parametrize(
    ("user", "standing"),
    [
        ({"team_id": "T1"}, Standing()),
        ({"team_id": "T1", "is_admin": True}, Standing(is_admin=True)),
        ({"team_id": "T1", "is_primary_owner": True}, Standing(is_admin=True)),
        ({"team_id": "T1", "is_restricted": True}, Standing(is_guest=True)),
        ({"team_id": "T1", "is_ultra_restricted": True}, Standing(is_guest=True)),
        ({"team_id": "T2"}, Standing(is_stranger=True)),
        ({"team_id": "T1", "is_stranger": True}, Standing(is_stranger=True)),
        ({"team_id": "E1", "enterprise_user": {"teams": ["T1"]}}, Standing()),
        ({}, Standing(is_stranger=True)),
    ],
)
def test_a_user_object(user: dict[str, Any], standing: Standing) -> None:
    assert standing_in(user, "T1") == standing


async def test_slack_is_asked_once_in_some_minutes() -> None:
    asked: list[str] = []
    now = 0.0

    class Slack:
        async def user_info(self, user: str) -> dict[str, Any]:
            asked.append(user)
            return {"team_id": "T1", "is_admin": True}

    standings = Standings(cast("Calls", Slack()), lambda: now)
    ada = Person("T1", "U0ADA")
    assert (await standings.of(ada, "C1")).is_admin
    assert (await standings.of(ada, "D1")).is_direct
    assert asked == ["U0ADA"]
    now = 301.0
    assert not (await standings.of(ada, "C1")).is_direct
    assert asked == ["U0ADA", "U0ADA"]
