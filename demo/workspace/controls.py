"""What a test or a presenter can make the workspace do: rate limits, missing scopes, stubs."""

from dataclasses import dataclass, field

from demo.workspace.json_types import Json


@dataclass
class RateLimit:
    """How many more calls of a method are refused, and the seconds that Retry-After names."""

    times: int
    retry_after: int


@dataclass
class Controls:
    """The faults that are switched on now."""

    rate_limits: dict[str, RateLimit] = field(default_factory=dict)
    missing_scopes: frozenset[str] = frozenset()
    file_stubs: bool = False
    escape_commands: bool = True
    people: dict[str, Json] = field(default_factory=dict)
    """What users.info says otherwise of a person, by id."""

    def refuse(self, method: str) -> RateLimit | None:
        """Count one call of a method; the limit when this call is refused, else None."""
        limit = self.rate_limits.get(method)
        if limit is None or limit.times <= 0:
            return None
        limit.times -= 1
        return limit
