"""From words about concepts that are there, and about Figment itself, to a wish. Pure."""

import re
from typing import NoReturn

from bot.errors import BotError, not_understood
from bot.wishes import Help, ShowQueue
from bot.wishes_housekeeping import (
    EVERYONE,
    HERE,
    Delete,
    Drain,
    Export,
    Housekeeping,
    Import,
    MakePrivate,
    Pause,
    Rename,
    Retrain,
    ShareConcept,
    ShowSettings,
    ShowStatus,
    UseVersion,
    Versions,
)
from cluster.told import Fact

VERBS = ("rename", "delete", "export", "import", "versions", "use", "retrain", "share", "private")
_ALIASES = {"remove": "delete", "version": "versions"}
_TO = re.compile(r"\s+(?:to|as|into)\s+", re.IGNORECASE)
_USE = re.compile(r"(.+?)\s+(?:version\s+|v)?([0-9]{1,6})", re.IGNORECASE)
_SHARE = re.compile(r"(.+?)\s+with\s+(.+)", re.IGNORECASE)
_AS_STYLE = re.compile(r"(?:^|\s+)as\s+(?:an?\s+)?(style|object)$", re.IGNORECASE)
_WHOM = {
    "everyone": EVERYONE,
    "everybody": EVERYONE,
    "all": EVERYONE,
    "here": HERE,
    # What Slack makes of @channel means those who are in it, and not everyone.
    "channel": HERE,
}
_TOKEN = re.compile(r"<[^<>\s]+>")


def parse_housekeeping(
    verb: str, rest: str, mentioned: tuple[str, ...] = ()
) -> Housekeeping | None:
    """Read the words after `/concept VERB`; None for a verb that is not of these.

    `mentioned` are the channels (`#C...`) and people (`@U...`) that Slack found in the words.
    Raises BotError (not_understood).
    """
    verb = _ALIASES.get(verb.lower(), verb.lower())
    match verb:
        case "rename":
            names = [name for name in _TO.sub(" ", rest).split() if name]
            if len(names) != 2:
                _refuse("Say which name to change into which.", "rename <dicoo> <robot>", "rename")
            return Rename(old=names[0], new=names[1])
        case "delete":
            return Delete(name=_name(rest, verb))
        case "export":
            return Export(name=_name(rest, verb))
        case "import":
            return _import(rest)
        case "versions":
            return Versions(name=_name(rest, verb))
        case "use":
            if (found := _USE.fullmatch(rest)) is None:
                _refuse("Say which version to use.", "use <dicoo> 2", "use")
            return UseVersion(name=found[1], version=int(found[2]))
        case "retrain":
            return Retrain(name=_name(rest, verb))
        case "share":
            return _share(rest, mentioned)
        case "private":
            return MakePrivate(name=_name(rest, verb))
    return None


def parse_mentioned_housekeeping(text: str, mentioned: tuple[str, ...]) -> Housekeeping | None:
    """Read what was said to the bot if it is clearly about a concept, and not a prompt.

    It is when a verb is followed by a token in angle brackets and nothing else is left over.
    """
    verb, _, rest = text.strip().partition(" ")
    verb, rest = verb.lower(), rest.strip()
    if verb in ("status", "settings") and not rest:
        return ShowStatus() if verb == "status" else ShowSettings()
    if verb not in VERBS or not (_TOKEN.match(rest) or (verb == "import" and not rest)):
        return None
    after = _TOKEN.sub("", rest, count=1).strip()
    if verb in ("delete", "export", "versions", "retrain", "private") and after:
        return None
    if verb in ("share", "use") and not re.match(r"(?:with\s|version\s|v?[0-9]+$)", after, re.I):
        return None
    try:
        return parse_housekeeping(verb, rest, mentioned)
    except BotError:
        if verb == "share":
            raise
        return None


def parse_figment(text: str) -> Housekeeping | ShowQueue | Help:
    """Read the words after `/figment`; raises BotError (not_understood)."""
    word = text.strip().lower()
    match word:
        case "" | "help":
            return Help()
        case "queue":
            return ShowQueue()
        case "status":
            return ShowStatus()
        case "settings":
            return ShowSettings()
        case "pause":
            return Pause(paused=True)
        case "resume":
            return Pause(paused=False)
        case "drain":
            return Drain(draining=True)
        case "undrain" | "open":
            return Drain(draining=False)
    not_understood(
        f"`/figment {word[:40]}` is not something I know.",
        "I know queue, status, settings and help; and for admins limits, pause, resume, drain "
        "and undrain.",
        "figment",
        verb=word[:40],
    )


def _import(rest: str) -> Import:
    kind = _AS_STYLE.search(rest)
    name = rest[: kind.start()].strip() if kind else rest
    if len(name.split()) > 1:
        _refuse("Say one name for what is in the file.", "import <dicoo>", "import")
    return Import(name=name, style=kind is not None and kind[1].lower() == "style")


def _share(rest: str, mentioned: tuple[str, ...]) -> ShareConcept:
    example = "share <dicoo> with #toys, here, everyone or @ada"
    if (found := _SHARE.fullmatch(rest)) is None:
        _refuse("Say with whom to share it.", example, "share")
    whom = found[2].strip().lower().lstrip("@#!")
    if len(mentioned) > 1:
        not_understood("Share it with one at a time.", f"As in `/concept {example}`.", "share-one")
    if mentioned:
        return ShareConcept(name=found[1], whom=mentioned[0])
    if whom in _WHOM:
        return ShareConcept(name=found[1], whom=_WHOM[whom])
    not_understood(
        f"I cannot tell who or what “{found[2][:40]}” is.",
        "Choose the channel or the person from the list that Slack shows after # or @.",
        "whom",
        whom=found[2][:40],
    )


def _name(rest: str, verb: str) -> str:
    if not rest:
        _refuse("Say which concept.", f"{verb} <dicoo>", "concept", verb=verb)
    return rest


def _refuse(message: str, example: str, case: str, **facts: Fact) -> NoReturn:
    not_understood(message, f"As in `/concept {example}`.", case, **facts)
