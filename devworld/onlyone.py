"""One command at a time on one world."""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from devworld.settings import SettingsError

LOCK = "lock"


@contextlib.contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """Holds the directory, which is made if it is not there.

    Raises:
        SettingsError: another command is at work on it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(f"another command is at work on {directory}; wait for it, or set DEV_DIR") from None
        yield
