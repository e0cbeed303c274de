"""A real PostgreSQL server in a folder of its own, for as long as the tests run."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.requirements import program_or_skip

_SETTINGS = (
    # Reached by its socket in the folder: no port that could be taken.
    "listen_addresses=",
    # Nothing here is worth surviving a power cut.
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=40",
    "shared_buffers=16MB",
)


def postgres_programs() -> Path:
    """Return the folder with PostgreSQL's programs, of the newest version that is installed.

    Without any the test is skipped, or fails where the machine has promised to have them.
    """
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    initdb = program_or_skip("postgres", *(str(path) for path in reversed(installed)), "initdb")
    return Path(initdb).resolve().parent


class PostgresServer:
    """A server that starts with the first look at `url` and ends with `stop`."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="figment-postgres-"))
        # The server refuses to run as root; the package's own user is there where it is.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        data = str(self._folder / "data")
        self._run(
            "initdb", "-D", data, "-U", "figment", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        options = [f"unix_socket_directories={self._folder}", *_SETTINGS]
        self._run(
            "pg_ctl", "start", "-w", "-D", data, "-l", str(self._folder / "log"),
            "-o", " ".join(f"-c {option}" for option in options),
        )  # fmt: skip

    def new_database(self, name: str) -> str:
        """Make an empty database and return its SQLAlchemy URL."""
        self._run("createdb", "-h", str(self._folder), "-U", "figment", name)
        return f"postgresql+asyncpg://figment@/{name}?host={self._folder}"

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self._folder / "data"))
        shutil.rmtree(self._folder)

    def _run(self, program: str, *words: str) -> None:
        output = self._folder / f"{program}.out"
        # To a file, not a pipe: the server would keep a pipe open for ever.
        with output.open("wb") as file:
            done = subprocess.run(
                [self._programs / program, *words],
                user=self._user,
                cwd=self._folder,
                stdout=file,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {output.read_text(errors='replace')}")
