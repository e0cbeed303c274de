"""`python -m demo.workspace`: run the workspace until it is interrupted."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from demo.workspace.server import WorkspaceServer


async def _serve(server: WorkspaceServer) -> None:
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    await server.start()
    print(server.url, flush=True)  # the one line that a starter reads
    try:
        await asked_to_stop.wait()
    finally:
        await server.stop()


def main() -> int:
    """Read the options and serve; 1 when the port is taken."""
    parser = argparse.ArgumentParser(prog="demo.workspace", description=__doc__)
    parser.add_argument("--port", type=int, default=8720, help="0 takes any free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--samples", type=Path, help="folder of pictures to try")
    options = parser.parse_args()
    server = WorkspaceServer(port=options.port, host=options.host, samples=options.samples)
    try:
        asyncio.run(_serve(server))
    except OSError as error:
        print(f"Cannot listen on {options.host}:{options.port}: {error.strerror}.", file=sys.stderr)
        print("Stop what uses the port, or pass --port 0 for a free one.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
