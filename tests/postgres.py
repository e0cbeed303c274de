"""A real PostgreSQL server in a folder of its own, for as long as the tests run."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
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
    """A server that runs from the beginning until `stop`, or until the tests are killed."""

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
        self._server = self._start(
            *self._leash(),
            self._programs / "postgres",
            "-D",
            data,
            *(word for option in options for word in ("-c", option)),
        )

    def new_database(self, name: str) -> str:
        """Make an empty database and return its SQLAlchemy URL."""
        self._run("createdb", "-h", str(self._folder), "-U", "figment", name)
        return f"postgresql+asyncpg://figment@/{name}?host={self._folder}"

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait()
        shutil.rmtree(self._folder)

    def _leash(self) -> tuple[str, ...]:
        """Words before a command that give it its user and end it when the tests are killed."""
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            return ()
        user = (f"--reuid={self._user}", "--init-groups") if self._user else ()
        return (setpriv, *user, "--pdeathsig=TERM")

    def _start(self, *words: str | Path) -> subprocess.Popen[bytes]:
        user = self._user if shutil.which("setpriv") is None else None
        with (self._folder / "log").open("wb") as log:
            server = subprocess.Popen(
                words, user=user, cwd=self._folder, stdout=log, stderr=subprocess.STDOUT
            )
        ready: list[str | Path] = [self._programs / "pg_isready", "-q", "-h", self._folder]
        while subprocess.run(ready, check=False).returncode:
            if server.poll() is not None:
                said = (self._folder / "log").read_text(errors="replace")
                raise RuntimeError(f"postgres failed: {said}")
            time.sleep(0.05)
        return server

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [self._programs / program, *words],
            user=self._user,
            cwd=self._folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout.decode(errors='replace')}")
