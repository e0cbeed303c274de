"""Who may do what in a workspace, and how much of it. Pure: facts, counts and `now` are given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from backend.errors import BackendError, ErrorCode
from backend.people import Asker, Person, Standing
from backend.views import ConceptView, Share, ShareKind

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Who(StrEnum):
    """Whom a rule lets do something."""

    EVERYONE = "everyone"
    """All whom the workspace's rules let in."""
    LISTED = "listed"
    """The people of a list, and admins."""
    ADMINS = "admins"
    """Admins alone."""


class Rules(BaseModel):
    """What a workspace's admins have settled. The defaults let every member do everything.

    Numbers left at None are no limit. Days and hours are the last 24 and 1 before a request.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    who_teaches: Who = Who.EVERYONE
    teachers: tuple[str, ...] = ()
    who_imagines: Who = Who.EVERYONE
    artists: tuple[str, ...] = ()
    guests: bool = False
    """Whether guests of the workspace may do what members may."""
    strangers: bool = False
    """Whether people of other workspaces, in shared channels, may."""
    open_jobs: int | None = Field(default=None, ge=0)
    """Training jobs of a person that have not ended."""
    renders_a_day: int | None = Field(default=None, ge=0)
    """Requests for pictures of a person."""
    pictures_an_hour: int | None = Field(default=None, ge=0)
    """Pictures that are asked for in a channel."""
    channels: tuple[str, ...] = ()
    """Where the bot may be used; empty for everywhere."""
    listening: tuple[str, ...] = ()
    """Where a plain message with a learned token in it is a prompt."""
    paused: bool = False
    """No training job begins; they wait."""
    draining: bool = False
    """Nothing new is taken, so that everything comes to its end."""


@dataclass(frozen=True, slots=True)
class Spent:
    """So much of a quota was used then."""

    at: datetime
    amount: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What a person's renders of the last day, and a channel's pictures of the last hour, are."""

    renders: tuple[Spent, ...] = ()
    pictures: tuple[Spent, ...] = ()


def check_entry(rules: Rules, asker: Asker) -> None:
    """Refuse whom the rules do not let in here; raises BackendError (guest, not_allowed)."""
    standing = asker.standing
    if standing.is_stranger and not rules.strangers:
        raise BackendError(
            ErrorCode.GUEST,
            "Figment is there for the people of this workspace, not for those of others.",
            "Somebody of this workspace can ask for you.",
            case="stranger",
        )
    if standing.is_guest and not rules.guests:
        raise BackendError(
            ErrorCode.GUEST,
            "Guests cannot use Figment in this workspace.",
            "Its admins can allow it.",
            case="guest",
        )
    elsewhere = rules.channels and asker.channel and asker.channel not in rules.channels
    if elsewhere and not standing.is_direct:
        raise BackendError(
            ErrorCode.NOT_ALLOWED,
            "Figment is not to be used in this channel.",
            "Write to it directly, or ask an admin for another channel.",
            case="channel",
        )


def check_teacher(rules: Rules, asker: Asker) -> None:
    """Refuse who may not teach now; raises BackendError (guest, not_allowed, draining)."""
    check_entry(rules, asker)
    _check_draining(rules, asker.standing)
    if not _may(rules.who_teaches, rules.teachers, asker.person, asker.standing):
        raise _left_to_others("teach", rules.who_teaches)


def check_artist(rules: Rules, asker: Asker) -> None:
    """Refuse who may not draw now; raises BackendError (guest, not_allowed, draining)."""
    check_entry(rules, asker)
    _check_draining(rules, asker.standing)
    if not _may(rules.who_imagines, rules.artists, asker.person, asker.standing):
        raise _left_to_others("draw", rules.who_imagines)


def check_admin(standing: Standing) -> None:
    """Refuse all but admins; raises BackendError (not_allowed)."""
    if not standing.is_admin:
        raise BackendError(
            ErrorCode.NOT_ALLOWED,
            "This is for the workspace's admins.",
            "Ask one of them.",
            case="admins",
        )


def check_open_jobs(rules: Rules, open_jobs: int) -> None:
    """Refuse one more job of somebody who has `open_jobs`; raises BackendError (quota_reached)."""
    if rules.open_jobs is not None and open_jobs >= rules.open_jobs:
        raise BackendError(
            ErrorCode.QUOTA_REACHED,
            f"You have {open_jobs} training jobs that have not ended, and may have "
            f"{rules.open_jobs}.",
            "Wait until one has ended, or cancel one.",
            case="open-jobs",
            facts={"open_jobs": open_jobs, "most": rules.open_jobs},
        )


def check_quotas(rules: Rules, usage: Usage, pictures: int, now: datetime) -> None:
    """Refuse a render that is too much; raises BackendError (quota_reached), `at` when it fits."""
    _check_quota(
        "person-day",
        "Each person may ask for pictures {most} times a day",
        rules.renders_a_day,
        usage.renders,
        1,
        DAY,
        now,
    )
    _check_quota(
        "channel-hour",
        "A channel may have {most} pictures an hour",
        rules.pictures_an_hour,
        usage.pictures,
        pictures,
        HOUR,
        now,
    )


def free_again(
    spent: Sequence[Spent], wanted: int, most: int, window: timedelta, now: datetime
) -> datetime | None:
    """Return when `wanted` more fit, `now` at the earliest; None if they never do.

    What was spent counts for `window`, from its time on and no longer.
    """
    if wanted > most:
        return None
    counted = sorted((one for one in spent if one.at > now - window), key=lambda one: one.at)
    left = sum(one.amount for one in counted)
    free = now
    for one in counted:
        if left + wanted <= most:
            break
        left -= one.amount
        free = one.at + window
    return free


def can_see(concept: ConceptView, asker: Asker | None) -> bool:
    """Tell whether a concept is there for somebody; for nobody in particular (None): everyone's."""
    if not concept.is_private:
        return True
    if asker is None:
        return False
    return (
        asker.standing.is_operator
        or asker.person == concept.owner
        or Share(ShareKind.PERSON, asker.person.user) in concept.shares
        or (bool(asker.channel) and Share(ShareKind.CHANNEL, asker.channel) in concept.shares)
    )


def check_keeper(concept: ConceptView, asker: Asker) -> None:
    """Refuse who may not change a concept that they see; raises BackendError (not_yours)."""
    if asker.person != concept.owner and not asker.standing.is_admin:
        raise BackendError(
            ErrorCode.NOT_YOURS,
            f"Only who taught {concept.token}, or an admin, can do this.",
            by=concept.owner,
            case="concept",
            facts={"token": concept.token},
        )


def _may(who: Who, listed: Sequence[str], person: Person, standing: Standing) -> bool:
    match who:
        case Who.EVERYONE:
            return True
        case Who.LISTED:
            return standing.is_admin or person.user in listed
        case Who.ADMINS:
            return standing.is_admin


def _left_to_others(what: str, who: Who) -> BackendError:
    whom = "admins" if who is Who.ADMINS else "some people"
    return BackendError(
        ErrorCode.NOT_ALLOWED,
        f"Only {whom} may {what} here.",
        "The workspace's admins decide that.",
        case=what,
        facts={"who": who.value},
    )


def _check_draining(rules: Rules, standing: Standing) -> None:
    if rules.draining and not standing.is_operator:
        raise BackendError(
            ErrorCode.DRAINING,
            "Figment takes nothing new at the moment; an admin lets it come to rest.",
            "Ask again later.",
        )


def _check_quota(
    name: str,
    rule: str,
    most: int | None,
    spent: Sequence[Spent],
    wanted: int,
    window: timedelta,
    now: datetime,
) -> None:
    if most is None:
        return
    free = free_again(spent, wanted, most, window, now)
    if free is None:
        raise BackendError(
            ErrorCode.QUOTA_REACHED,
            f"{rule.format(most=most)}.",
            "Ask for fewer.",
            case=f"{name}-never",
            facts={"most": most},
        )
    if free > now:
        raise BackendError(
            ErrorCode.QUOTA_REACHED,
            f"{rule.format(most=most)}, and that is reached.",
            f"There is room again at {free:%H:%M} UTC on {free:%d %B}.",
            at=free,
            case=name,
            facts={"most": most},
        )
