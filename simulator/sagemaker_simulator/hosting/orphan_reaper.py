"""Kills the process groups of a simulator that is gone.

A program of its own, started as `python -I -S orphan_reaper.py`. It reads lines from stdin, +GROUP and -GROUP, and
learns from the end of the stream that the simulator ended, however it ended: a server itself dies with the simulator by
its death signal, but what the server started does not.
"""

import contextlib
import os
import signal
import sys


def main() -> None:
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        with contextlib.suppress(ProcessLookupError):  # it ended with its server
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
