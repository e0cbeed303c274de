"""Where things lie in the data folder. The database holds paths relative to it."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


def _folder_name(text: str) -> str:
    """Make one path component of an opaque id, never `..` and never two of the same."""
    return quote(text, safe="").replace(".", "%2E") or "%"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The folder that the bot, its workers and the training runs share."""

    root: Path

    @property
    def runs(self) -> Path:
        """The folder of all run folders."""
        return self.root / "runs"

    def run(self, job_id: str) -> Path:
        """Return the run folder of a job."""
        return self.runs / job_id

    def past_run(self, job_id: str, attempt: int) -> Path:
        """Return where the run folder of a failed attempt is put away."""
        return self.root / "runs" / f"{job_id}.attempt-{attempt}"

    def uploads(self, job_id: str) -> Path:
        """Return the folder of the pictures that a job learns from."""
        return self.root / "uploads" / job_id

    def embedding(self, workspace: str, token: str, version: int) -> Path:
        """Return the file of a concept's rows."""
        name = f"{token.strip('<>')}-v{version}.safetensors"
        return self.root / "concepts" / _folder_name(workspace) / name

    def incoming_embedding(self, workspace: str, name: str) -> Path:
        """Return where rows wait, under a name of their own, until they are a version."""
        return self.root / "concepts" / _folder_name(workspace) / f".{name}.incoming"

    def sample(self, workspace: str, token: str, version: int, index: int) -> Path:
        """Return the file of a sample picture of a concept."""
        name = f"{token.strip('<>')}-v{version}-{index}.png"
        return self.root / "concepts" / _folder_name(workspace) / name

    @property
    def starts(self) -> Path:
        """The folder of the pictures that others are begun from."""
        return self.root / "starts"

    def start(self, sha256: str) -> Path:
        """Return the file of a picture that is begun from."""
        return self.starts / sha256

    def picture(self, render_id: str, index: int) -> Path:
        """Return the file of one picture of a render."""
        return self.root / "pictures" / render_id / f"{index}.png"

    @property
    def bases(self) -> Path:
        """The folder of the base models that were made here."""
        return self.root / "bases"

    @property
    def openvino(self) -> Path:
        """The folder of the exported and compiled base models."""
        return self.root / "openvino"

    def relative(self, path: Path) -> str:
        """Return how the database names `path`; a path outside stays absolute."""
        if path.is_relative_to(self.root):
            return path.relative_to(self.root).as_posix()
        return str(path.absolute())

    def absolute(self, name: str) -> Path:
        """Return the path that the database calls `name`."""
        return self.root / name
