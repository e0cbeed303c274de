"""Models from the Hugging Face Hub, or from its cache on this machine."""

from pathlib import Path

from httpx import HTTPError
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

NOT_TO_BE_HAD = (
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    # What the Hub's library lets through of its transport, such as a proxy's refusal.
    HTTPError,
    OSError,
)
"""What `downloaded` raises, whatever was in the way."""


def downloaded(name: str, wanted: tuple[str, ...], but: tuple[str, ...] = ()) -> Path:
    """The folder with the files of a model that match `wanted`, and none of `but`.

    Raises one of NOT_TO_BE_HAD.
    """
    return Path(snapshot_download(name, allow_patterns=list(wanted), ignore_patterns=list(but)))
