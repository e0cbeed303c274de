"""What stands in a sentence, for who says it in another language. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Things of which one may be meant."""

    things: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence by the code of what it is about, which of the code's it is, and its facts."""

    code: str
    case: str = ""
    facts: "Facts" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AllTold:
    """Several sentences within one."""

    sentences: tuple[Told, ...]

    @classmethod
    def of(cls, sentences: Sequence[Told]) -> "AllTold":
        """Return these."""
        return cls(tuple(sentences))


Fact = str | int | tuple[str, ...] | AnyOf | AllTold
"""A text as it is, a number, or several things, which each language joins in its own way."""
Facts = Mapping[str, Fact]
NO_FACTS: Facts = MappingProxyType({})
