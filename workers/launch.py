"""Becomes another program that is ended when its parent dies, even where the parent was killed.

`python -I -S launch.py PARENT_PID COMMAND...`; it imports nothing of ours, so that it costs little.
Linux alone tells a process of its parent's death; elsewhere the program is simply started.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)


def main() -> None:
    """Ask for the signal, then become the program."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
        if os.getppid() != parent:
            sys.exit("the parent died before its child began")
    os.execv(command[0], command)  # noqa: S606 - the command comes from `workers.programs`


if __name__ == "__main__":
    main()
