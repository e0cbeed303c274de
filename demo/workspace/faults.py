"""The errors that the Web API answers with."""

from demo.workspace.json_types import Json


class ApiError(Exception):
    """A refusal in Slack's words: `{"ok": false, "error": code, ...extra}`."""

    def __init__(self, code: str, *messages: str) -> None:
        """Keep the code and the detail lines of `response_metadata.messages`."""
        super().__init__(code)
        self.code = code
        self.messages = messages

    def body(self) -> Json:
        """Return the answer's JSON body."""
        body: Json = {"ok": False, "error": self.code}
        if self.messages:
            body["response_metadata"] = {"messages": [f"[ERROR] {line}" for line in self.messages]}
            if self.code == "invalid_blocks":
                body["errors"] = list(self.messages)
        return body


class PageError(Exception):
    """A refusal to a person at the page: a code, and a sentence the page may show."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        """Keep the code, the sentence and the answer's HTTP status.

        Status 200 is for what Slack tells a person in the channel, such as an app's silence.
        """
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    def body(self) -> Json:
        """Return the answer's JSON body."""
        return {"ok": False, "error": self.code, "message": self.message}
