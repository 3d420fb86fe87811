"""Becomes another program that the kernel ends when the process that started it has ended.

Started as a file, not as a module, so that it needs nothing but Python itself:
    python -I -S dies_with_parent.py PARENT_PID SIGNAL_NUMBER PROGRAM [ARGUMENT...]
The setting outlives exec (prctl(2), PR_SET_PDEATHSIG), so the program keeps this process's PID.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, death_signal: int, command: list[str]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
        sys.exit(f"prctl(PR_SET_PDEATHSIG): {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:  # it ended before the setting was made: nobody would tell us any more
        sys.exit("the process that started this one has ended already")
    os.execvp(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
