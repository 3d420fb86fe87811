"""What is fetched or built once and kept: a folder named after everything that went into it, whole or not there."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.controlplane.progress import Progress

LOCK = "lock"
UNFINISHED = "unfinished-"
KEY_LENGTH = 16
SURELY_UNUSED_AFTER_SECONDS = 3600.0  # whoever asked for it has long taken what he wanted of it


def cache_folder() -> Path:
    """Where everything that this project builds and fetches is kept; safe to delete when nothing of it runs."""
    return Path.home() / ".cache" / "sagemaker-endpoint-operator"


def key_of(*parts: str | bytes) -> str:
    """A name that differs when any of the parts does."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()[:KEY_LENGTH]


def kept(kind: str, key: str, make: Callable[[Path, Progress], None], *, at_most: int | None = None) -> Path:
    """The folder `kind/key`, made now if it is not there yet.

    `make` fills the folder it is given, in which nothing may name its own path: it moves when it is done. Of two that
    want the same at once, one makes it and the other waits; what a killed one left is removed by the next. With
    `at_most` the next also removes those of the kind that were used longest ago, but none of the last hour.

    Raises:
        whatever `make` raises; nothing is kept then.
    """
    room = cache_folder() / kind
    done = room / key
    if not done.is_dir():
        room.mkdir(parents=True, exist_ok=True)
        progress = Progress(kind)
        with _only_one(room, progress):
            if not done.is_dir():  # else somebody made it while we waited
                _sweep(room)
                if at_most is not None:
                    _forget_the_oldest(room, but=at_most - 1)
                _make(room, done, make, progress)
    os.utime(done)  # when it was used last
    return done


def _make(room: Path, done: Path, make: Callable[[Path, Progress], None], progress: Progress) -> None:
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=room, ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch) / "made"
        folder.mkdir()
        make(folder, progress)
        folder.rename(done)
    progress.say(f"done in {progress.elapsed()}")


@contextlib.contextmanager
def _only_one(room: Path, progress: Progress) -> Iterator[None]:
    """Holds the room's lock, which the kernel lets go of when its holder ends in whatever way."""
    with (room / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("somebody else is at work on it; waiting")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep(room: Path) -> None:
    """Removes what was left by those that were killed. Only with the lock: then nobody is at work."""
    for left in room.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left)


def _forget_the_oldest(room: Path, *, but: int) -> None:
    """Only with the lock."""
    folders = sorted((path for path in room.iterdir() if path.is_dir()), key=_last_used, reverse=True)
    for folder in folders[but:]:
        if _last_used(folder) < time.time() - SURELY_UNUSED_AFTER_SECONDS:
            shutil.rmtree(folder)


def _last_used(folder: Path) -> float:
    return folder.stat().st_mtime
