"""Under which ids the app knows a team. Pure.

Inside, every team has the ids of the manifest. Where something goes out to the app, they become
the team's own, and back again where something comes in. So two teams hold people, channels and a
bot of the same ids inside, and the app sees two of each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from demo.workspace.json_types import Json
from demo.workspace.manifest import BOT_ID, BOT_USER_ID, TEAM_DOMAIN, TEAM_ID, TEAM_NAME

T = TypeVar("T")


@dataclass(frozen=True)
class Names:
    """A team's name, domain and id, and what its bot is called there."""

    team: str
    name: str
    domain: str
    ids: Mapping[str, str] = field(default_factory=dict)
    """The ids outside by those inside, of everything but what bears the same id."""

    def outward(self, sent: Json) -> Json:
        """Return something that goes out to the app."""
        return _renamed(sent, self.ids)

    def inward(self, came: Json) -> Json:
        """Return something that came from the app."""
        return _renamed(came, {outside: inside for inside, outside in self.ids.items()})


TOYBOX = Names(TEAM_ID, TEAM_NAME, TEAM_DOMAIN)
ATTIC = Names(
    "T0ATTIC",
    "Attic",
    "attic",
    {TEAM_ID: "T0ATTIC", BOT_USER_ID: "U0ATTICBOT", BOT_ID: "B0ATTICBOT"},
)
"""The other team, for an app that is installed in several."""


def _renamed(value: T, ids: Mapping[str, str]) -> T:
    """Replace ids wherever they stand; a text may hold them as a mention."""
    renamed: object = value
    if not ids:
        return value
    if isinstance(value, str):
        text: str = value
        for old, new in ids.items():
            text = text.replace(old, new)
        renamed = text
    elif isinstance(value, dict):
        renamed = {key: _renamed(inner, ids) for key, inner in value.items()}
    elif isinstance(value, list | tuple):
        renamed = [_renamed(inner, ids) for inner in value]
    return renamed  # type: ignore[return-value]
