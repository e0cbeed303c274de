"""`python -m demo.workspace`: run the workspace until it is interrupted."""

import argparse
import asyncio
from pathlib import Path

from demo.workspace.server import WorkspaceServer


async def _serve(server: WorkspaceServer) -> None:
    await server.start()
    print(server.url, flush=True)  # the one line that a starter reads
    try:
        await asyncio.Event().wait()
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
    except KeyboardInterrupt:
        return 0
    except OSError:
        print(f"Port {options.port} is taken. Stop what uses it, or pass --port 0.")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
