"""A free TCP port of this machine. `python -m cluster.free_port` prints one, over ssh."""

import socket
import sys


def free_port() -> int:
    """Return a port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.stdout.write(f"{free_port()}\n")
