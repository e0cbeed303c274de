"""Which permission each method and event asks for, as Slack's page of each says. Pure."""

from collections.abc import Mapping
from enum import Enum

from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json


class ChannelKind(Enum):
    """Kinds of channels, each with permissions of its own, by the prefix of their names."""

    PUBLIC = "channels"
    """Everybody in the team may join."""
    PRIVATE = "groups"
    """People are invited."""
    DIRECT = "im"
    """One person and the app."""
    GROUP_DIRECT = "mpim"
    """A few people and the app."""

    @property
    def channel_type(self) -> str:
        """What events call it."""
        return _CHANNEL_TYPES.get(self.value, self.value)


_CHANNEL_TYPES = {"channels": "channel", "groups": "group"}
"""The other kinds have the same name in both places."""


SCOPE_OF_COMMANDS = "commands"
"""What slash commands and shortcuts need."""
_READ = tuple(f"{kind.value}:read" for kind in ChannelKind)
_HISTORY = tuple(f"{kind.value}:history" for kind in ChannelKind)
_OPEN = ("channels:manage", "groups:write", "mpim:write", "im:write")
METHOD_SCOPES: Mapping[str, tuple[str, ...]] = {
    "api.test": (),
    "apps.connections.open": (),
    "auth.test": (),
    "bots.info": ("users:read",),
    "chat.delete": ("chat:write",),
    "chat.getPermalink": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": _HISTORY,
    "conversations.info": _READ,
    "conversations.join": ("channels:join",),
    "conversations.list": _READ,
    "conversations.members": _READ,
    "conversations.open": _OPEN,
    "conversations.replies": _HISTORY,
    "files.completeUploadExternal": ("files:write",),
    "files.delete": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "reactions.add": ("reactions:write",),
    "reactions.get": ("reactions:read",),
    "reactions.remove": ("reactions:write",),
    "users.conversations": _READ,
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}
"""Several: one for each kind of channel."""
EVENT_SCOPES: Mapping[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    **{f"message.{kind.value}": (f"{kind.value}:history",) for kind in ChannelKind},
    "tokens_revoked": (),
}
ALL_SCOPES = frozenset(
    {
        SCOPE_OF_COMMANDS,
        *(one for needs in (*METHOD_SCOPES.values(), *EVENT_SCOPES.values()) for one in needs),
    }
)
ALL_EVENTS = frozenset(EVENT_SCOPES)


class MissingScopeError(ApiError):
    """A method was called without the permission for it."""

    def __init__(self, needed: tuple[str, ...], provided: frozenset[str]) -> None:
        """Keep what is needed, any of it, and what the app has."""
        super().__init__("missing_scope")
        self._needed = needed
        self._provided = provided

    def body(self) -> Json:
        """Return the answer's JSON body."""
        return {
            **super().body(),
            "needed": ",".join(self._needed),
            "provided": ",".join(sorted(self._provided)),
        }


def check_method(method: str, kind: ChannelKind | None, provided: frozenset[str]) -> None:
    """Check that a method may be called, about a channel of this kind (None: about none).

    Raises:
        MissingScopeError: it may not.
    """
    needed = METHOD_SCOPES[method]
    if kind is not None and needed in (_READ, _HISTORY):
        needed = tuple(one for one in needed if one.startswith(f"{kind.value}:"))
    elif method == "conversations.open":
        # This workspace opens direct messages with one person only.
        if "im:write" not in provided:
            raise MissingScopeError(needed, provided)
        return
    if needed and provided.isdisjoint(needed):
        raise MissingScopeError(needed, provided)


def is_delivered(event: str, subscribed: frozenset[str], provided: frozenset[str]) -> bool:
    """Tell whether the app gets an event: it asked for it, and has the permission."""
    return event in subscribed and provided.issuperset(EVENT_SCOPES[event])
