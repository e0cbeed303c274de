"""Which of slack_sdk's calls are sent once more when the line breaks."""

from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

_ONCE = ("chat.postMessage", "chat.postEphemeral")
"""Slack may have posted it before the line broke: who posts looks first, see `Calls.posted`."""


class HarmlessRetryHandler(AsyncConnectionErrorRetryHandler):
    """Slack's own handler, for calls that may be made twice."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if request.url.partition("?")[0].endswith(_ONCE):
            return False
        return await super()._can_retry_async(
            state=state, request=request, response=response, error=error
        )


def retry_handlers() -> list[AsyncRetryHandler]:
    """Return the handlers of a client."""
    return [HarmlessRetryHandler()]
