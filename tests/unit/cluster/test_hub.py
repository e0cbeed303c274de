"""What is in the way of a model from the Hub."""

import httpx
import pytest

from cluster.base import resolve_base
from cluster.clip_folder import find_clip
from cluster.errors import BaseModelError


@pytest.mark.parametrize(
    "error", [httpx.ProxyError("403 Forbidden"), httpx.ReadTimeout("slow"), OSError("no network")]
)
def test_whatever_is_in_the_way_is_told_in_words(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr("cluster.hub.snapshot_download", refused)
    with pytest.raises(BaseModelError, match="nor to be had from the Hub"):
        resolve_base("somebody/base")
    with pytest.raises(BaseModelError, match="nor to be had from the Hub"):
        find_clip("somebody/clip")
