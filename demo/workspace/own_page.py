"""Lets the workspace's own page act for people, and no other page."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from aiohttp import web

from demo.workspace.faults import PageError

PageHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_OWN = (None, "same-origin", "none")
"""What a browser says of a request of our own page or of an address that was typed; others than
browsers say nothing."""


@web.middleware
async def own_page_only(request: web.Request, handler: PageHandler) -> web.StreamResponse:
    """Refuse what pages of other sites send or read in the name of whoever looks at them.

    A name of theirs may lead to this machine (DNS rebinding), so where the browser is on this
    machine, only names of this machine are answered.
    """
    if "/page/" in request.path:
        if request.headers.get("Sec-Fetch-Site") not in _OWN:
            raise PageError("foreign_page", "Only the workspace's own page may ask.", status=403)
        if _is_local(request.remote or "") and not _is_local(request.url.host or ""):
            raise PageError("foreign_name", "Open the page at 127.0.0.1.", status=403)
    return await handler(request)


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
