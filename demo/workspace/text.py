"""How Slack writes down what a person typed. Pure."""

import re
from collections.abc import Iterable

from demo.workspace.manifest import Channel, Person

_PIECE = re.compile(
    r"(?P<known><@[UW][A-Z0-9]+>)"
    r"|(?P<url>https?://[^\s<>|]+)"
    r"|(?<![\w@])@(?P<name>[a-z][a-z0-9._-]*)"
    r"|(?<![\w#&])#(?P<channel>[a-z][a-z0-9_-]*)"
)


def escape(text: str) -> str:
    """Replace the three characters that Slack escapes, and nothing else."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def write_down(typed: str, members: Iterable[Person], channels: Iterable[Channel]) -> str:
    """Turn typed text into Slack's: escaped, with mentions, channels and links in angle brackets.

    `@figment` becomes `<@U0FIGMENT>`, `#toys` becomes `<#C0TOYS|toys>`; a name that nobody has
    stays as typed. A mention that the composer already completed (`<@U0FIGMENT>`) is kept.
    """
    by_name = {member.name: member.id for member in members}
    known_ids = set(by_name.values())
    by_channel = {channel.name: channel.id for channel in channels if not channel.is_im}
    written: list[str] = []
    end = 0
    for match in _PIECE.finditer(typed):
        written.append(escape(typed[end : match.start()]))
        written.append(_piece(match, by_name, known_ids, by_channel))
        end = match.end()
    written.append(escape(typed[end:]))
    return "".join(written)


def _piece(
    match: re.Match[str], by_name: dict[str, str], known_ids: set[str], by_channel: dict[str, str]
) -> str:
    whole = match.group()
    if match["known"]:
        return whole if whole[2:-1] in known_ids else escape(whole)
    if match["url"]:
        return f"<{escape(whole)}>"
    if match["name"]:
        name = match["name"].rstrip("._-")
        if name in by_name:
            return f"<@{by_name[name]}>{whole[1 + len(name) :]}"
        return whole
    channel = match["channel"]
    return f"<#{by_channel[channel]}|{channel}>" if channel in by_channel else whole


def mentions(written: str, member_id: str) -> bool:
    """Tell whether the written text mentions this member."""
    return f"<@{member_id}>" in written or f"<@{member_id}|" in written
