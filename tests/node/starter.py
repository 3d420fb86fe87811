"""Starts a node as a test run does and then waits to be killed: python -m tests.node.starter DIRECTORY ARCHIVE."""

import signal
import sys
from pathlib import Path

from devworld.node.node import Node


def main(directory: str, archive: str) -> None:
    Node.start(Path(directory), archives=[Path(archive)], dies_with_starter=True)
    print("up", flush=True)
    signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
