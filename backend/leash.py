"""`python -m backend.leash COMMAND...`: becomes COMMAND, which is nice and ends with its parent.

Its end is seen to on Linux only; elsewhere it merely becomes COMMAND, and nice. A module of its own
because the wish has to be told to the kernel by the child itself, and code between fork and exec is
unsafe with threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_NICE = 10


def main() -> None:
    """Ask for SIGTERM at the parent's death, then become the command."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit("the parent is gone already")
    # Pictures may take a little longer; whoever talks to people may not.
    os.nice(_NICE)
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606  (the whole point: no shell)


if __name__ == "__main__":
    main()
