"""`python -m backend.leash NICE COMMAND...`: becomes COMMAND, which ends with its parent.

Its end is seen to on Linux only; elsewhere it merely becomes COMMAND. NICE is by how much it is
nicer than its parent, 0 to 19. A module of its own
because the wish has to be told to the kernel by the child itself, and code between fork and exec is
unsafe with threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask for SIGTERM at the parent's death, then become the command."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit("the parent is gone already")
    os.nice(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606  (the whole point: no shell)


if __name__ == "__main__":
    main()
