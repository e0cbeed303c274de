"""What a test or a presenter can make the workspace do: rate limits, missing scopes, stubs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from demo.workspace.json_types import Json
from demo.workspace.manifest import EVENTS, SCOPES, Channel
from demo.workspace.scopes import ChannelKind, is_delivered


@dataclass
class RateLimit:
    """How many more calls of a method are refused, and the seconds that Retry-After names."""

    times: int
    retry_after: int


@dataclass
class Controls:
    """How the app is installed, and the faults that are switched on now."""

    scopes: frozenset[str] = SCOPES
    events: frozenset[str] = EVENTS
    rate_limits: dict[str, RateLimit] = field(default_factory=dict)
    missing_scopes: frozenset[str] = frozenset()
    channel_kinds: Mapping[str, ChannelKind] = field(default_factory=dict)
    """Channels, by id, that are of another kind than the manifest says."""
    file_stubs: bool = False
    escape_commands: bool = True
    people: dict[str, Json] = field(default_factory=dict)
    """What users.info says otherwise of a person, by id."""

    @classmethod
    def without_the_app(cls) -> "Controls":
        """Return the controls of a workspace that nobody has installed the app in yet."""
        return cls(scopes=frozenset(), events=frozenset())

    @property
    def provided(self) -> frozenset[str]:
        """The permissions that the app has now."""
        return self.scopes - self.missing_scopes

    @property
    def is_installed(self) -> bool:
        """Whether the app is there at all."""
        return bool(self.scopes or self.events)

    def kind_of(self, channel: Channel) -> ChannelKind:
        """Return a channel's kind."""
        usual = ChannelKind.DIRECT if channel.is_im else ChannelKind.PUBLIC
        return self.channel_kinds.get(channel.id, usual)

    def tells(self, event: str) -> bool:
        """Tell whether the app gets events of this name."""
        return is_delivered(event, self.events, self.provided)

    def refuse(self, method: str) -> RateLimit | None:
        """Count one call of a method; the limit when this call is refused, else None."""
        limit = self.rate_limits.get(method)
        if limit is None or limit.times <= 0:
            return None
        limit.times -= 1
        return limit
