"""Which message shows the pictures of a render, and their files in Slack.

It is what their delivery leaves in the outbox as its receipt. Pure.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """A message's ts, and the files in it, by the pictures' index. Older receipts know no files."""

    ts: str
    files: tuple[tuple[int, str], ...] = ()

    def receipt(self) -> str:
        """Return this as it is kept: `ts 0:F1 1:F2`."""
        return " ".join((self.ts, *(f"{index}:{file}" for index, file in self.files)))

    @classmethod
    def read(cls, receipt: str) -> "Shown":
        """Read what was kept."""
        ts, *files = receipt.split()
        pairs = (file.split(":", 1) for file in files)
        return cls(ts, tuple((int(index), file_id) for index, file_id in pairs))
