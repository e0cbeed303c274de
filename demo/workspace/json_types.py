"""The JSON that travels between the workspace and the app."""

from typing import Any

Json = dict[str, Any]
"""One JSON object, as it goes over the wire."""
