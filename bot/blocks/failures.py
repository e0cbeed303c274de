"""Why something ended badly, in the reader's language. Pure."""

from backend.views import Failure
from bot.words import Language, Words


def failure_said(words: Words, failure: Failure) -> str:
    """Say why, where, and what to do about it.

    With a job or render is kept what was found, in English: in other languages its reason is
    told.
    """
    message, hint = failure.message, failure.hint
    if words.language is not Language.EN:
        name = f"failure-{failure.reason}".replace("_", "-")
        name = name if name in words else "failure-other"
        message, hint = words.text(name), words.text(f"{name}.hint")
    if failure.host and failure.host not in message:
        message = words.text("job-failure-on", message=message, host=failure.host)
    return words.text("sentence-gap").join(one for one in (message, hint) if one)
