"""From a person's words to a wish. Pure; the words are plain text, already unescaped."""

import re

from bot.errors import not_understood
from bot.parse_housekeeping import parse_housekeeping, parse_mentioned_housekeeping
from bot.parse_imagine import parse_imagine
from bot.wishes import (
    Again,
    Cancel,
    Help,
    Imagine,
    ListConcepts,
    OpenTeach,
    Show,
    ShowQueue,
    Teach,
)
from bot.wishes_housekeeping import Housekeeping

Said = (
    Teach
    | OpenTeach
    | Imagine
    | Again
    | Cancel
    | ListConcepts
    | Show
    | ShowQueue
    | Help
    | Housekeeping
)

_AS = re.compile(r"(?:^|\s)as(?:\s+|$)", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:an?|the)\s+(?=\S)", re.IGNORECASE)
_TEACH_EXAMPLE = "Say it like `/concept teach <dicoo> as toy`."


def parse_concept(text: str, mentioned: tuple[str, ...] = ()) -> Said:
    """Read the words after `/concept`; raises BotError (not_understood).

    `mentioned` are the channels (`#C...`) and people (`@U...`) that Slack found in them.
    """
    verb, rest = _first_word(text)
    match verb.lower():
        case "" | "help":
            return Help()
        case "teach" | "learn":
            return _teach(rest)
        case "list":
            return ListConcepts()
        case "queue":
            return ShowQueue()
        case "show":
            if not rest:
                not_understood(
                    "Say which concept to show.",
                    "As in `/concept show <dicoo>`.",
                    "what-to-show",
                )
            return Show(name=rest)
        case "cancel":
            if not rest:
                not_understood(
                    "Say what to cancel.", "As in `/concept cancel <dicoo>`.", "what-to-cancel"
                )
            return Cancel(what=rest)
    if (wish := parse_housekeeping(verb, rest, mentioned)) is not None:
        return wish
    not_understood(
        f"`/concept {verb[:40]}` is not something I know.",
        "I know teach, list, show, queue, cancel, rename, delete, export, import, versions, use, "
        "retrain, share, private and help.",
        "verb",
        verb=verb[:40],
    )


def parse_mention(text: str, mentioned: tuple[str, ...] = ()) -> Said:
    """Read what was said to the bot: the words of a command, or simply a prompt."""
    if (wish := parse_mentioned_housekeeping(text, mentioned)) is not None:
        return wish
    verb, rest = _first_word(text)
    word = verb.lower().rstrip(":,.!?")
    alone = not rest
    if word == "concept" and rest:
        return parse_concept(rest, mentioned)
    if word in ("imagine", "draw"):
        return parse_imagine(rest)
    if word in ("teach", "learn"):
        return _teach(rest)
    if not word or (alone and word in ("help", "list", "queue", "hello", "hi", "concepts")):
        return parse_concept(word if word in ("help", "list", "queue") else "help")
    if word == "list" and rest == "concepts":
        return parse_concept("list")
    if word == "cancel" or (word == "show" and len(rest.split()) < 2):
        return parse_concept(text)
    return parse_imagine(text)


def _teach(rest: str) -> Teach | OpenTeach:
    if not rest:
        return OpenTeach()
    before, word = rest, ""
    if (found := _AS.search(rest)) is not None:
        before, word = rest[: found.start()], rest[found.end() :]
    name = before.strip()
    if not name:
        not_understood("Say which name to teach.", _TEACH_EXAMPLE, "name")
    word = _ARTICLE.sub("", word.strip(), count=1) if word else ""
    words = word.split()
    style = len(words) > 1 and words[-1].lower() == "style"
    if len(words) > 1 and words[-1].lower() in ("style", "object"):
        words.pop()
    return Teach(name=name, word=" ".join(words), style=style)


def _first_word(text: str) -> tuple[str, str]:
    parts = text.strip().split(maxsplit=1)
    return (parts[0] if parts else "", parts[1].strip() if len(parts) > 1 else "")
