"""Which job or render somebody means. Pure."""

import re

from backend.checks import checked_token
from backend.errors import BackendError
from backend.views import QueueView
from bot.errors import BotError, BotErrorCode

_WHOLE_ID = re.compile(r"[0-9a-f]{32}")
_SHORTEST = 4


def find_open(what: str, queue: QueueView) -> str:
    """Return the id of what is in the queue under an id, its beginning, or a token.

    A whole id is returned as it is, whatever the queue holds. Raises BotError (no_match).
    """
    what = what.strip().strip("`").lower()
    if _WHOLE_ID.fullmatch(what):
        return what
    ids = [job.id for job in queue.jobs] + [render.id for render in queue.renders]
    found = [one for one in ids if len(what) >= _SHORTEST and one.startswith(what)]
    if not found:
        token = _token(what)
        found = [job.id for job in queue.jobs if job.token == token]
    if len(found) > 1:
        raise BotError(
            BotErrorCode.NO_MATCH,
            f"More than one thing in the queue begins with “{what[:40]}”.",
            "Give more of its id.",
            case="several",
            facts={"what": what[:40]},
        )
    if not found:
        raise BotError(
            BotErrorCode.NO_MATCH,
            f"Nothing in the queue is called “{what[:40]}”.",
            "`/concept queue` shows what there is.",
            case="none",
            facts={"what": what[:40]},
        )
    return found[0]


def _token(what: str) -> str | None:
    try:
        return checked_token(what)
    except BackendError:
        return None
