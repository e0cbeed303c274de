"""One call of a Web API method: its arguments, however they were sent."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from demo.workspace.faults import ApiError
from demo.workspace.json_types import Json
from demo.workspace.workspace import Workspace


@dataclass(frozen=True)
class Call:
    """A method's arguments; a form sends strings, JSON sends values, and both are understood."""

    method: str
    arguments: Mapping[str, object]
    origin: str

    def has(self, name: str) -> bool:
        """Tell whether the argument was sent and is not null."""
        return self.arguments.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """Return an argument as text, `default` when it was not sent."""
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        """Return an argument as text.

        Raises:
            ApiError: it is missing or empty.
        """
        value = self.text(name)
        if not value:
            raise ApiError("invalid_arguments", f"missing required field: {name}")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """Return an argument as a switch: true, 1 and "true" are on."""
        return self.text(name, str(default)).lower() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        """Return an argument as a whole number.

        Raises:
            ApiError: it is not one.
        """
        try:
            return int(self.text(name) or default)
        except ValueError as error:
            raise ApiError(
                "invalid_arguments", f"must be an integer [json-pointer:/{name}]"
            ) from error

    def items(self, name: str, broken: str) -> list[object] | None:
        """Return a JSON list, or None when it was not sent.

        Raises:
            ApiError: `broken`, when it is not a list.
        """
        value = self._decoded(name, broken)
        if value is not None and not isinstance(value, list):
            raise ApiError(broken)
        return value

    def mapping(self, name: str, broken: str) -> Json | None:
        """Return a JSON object, or None when it was not sent.

        Raises:
            ApiError: `broken`, when it is not an object.
        """
        value = self._decoded(name, broken)
        if value is not None and not isinstance(value, dict):
            raise ApiError(broken)
        return value

    def _decoded(self, name: str, broken: str) -> object:
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            decoded: object = json.loads(value)
        except ValueError as error:
            raise ApiError(broken) from error
        return decoded


Handler = Callable[[Workspace, Call], Json]
"""A method: it returns the answer without `ok`, or raises ApiError."""


class MethodTable:
    """The methods of one family by name."""

    def __init__(self) -> None:
        """Start empty."""
        self.methods: dict[str, Handler] = {}

    def method(self, name: str) -> Callable[[Handler], Handler]:
        """Register a handler under the method's name."""

        def register(handler: Handler) -> Handler:
            self.methods[name] = handler
            return handler

        return register
