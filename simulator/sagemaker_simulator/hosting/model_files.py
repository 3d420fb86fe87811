"""Model data that is no archive: objects of S3 brought onto the disk as they lie.

Where each goes, and which names SageMaker does not take, says S3ModelDataSource in the SageMaker API reference.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path

_LONGEST_NAME = 255  # bytes


class BadModelFilesError(Exception):
    """The objects cannot become files under the model folder; the text says why."""


def path_of_object(url: str) -> str:
    """Return the file name for a single object: the last part of its key."""
    return url.rpartition("/")[2]


def path_under_prefix(key: str, prefix: str) -> str:
    """Return the path, relative to the model folder, of an object under a prefix."""
    return key.removeprefix(prefix)


async def write_files(files: Mapping[str, bytes], *, into: Path) -> None:
    """Write files by relative path into an existing folder, off the event loop. Raises BadModelFilesError."""
    _check_paths(files)
    await asyncio.to_thread(_write, files, into)


def _check_paths(files: Mapping[str, bytes]) -> None:
    for path in files:
        for name in path.split("/"):
            if name.strip() in ("", ".", "..") or "\0" in name or len(name.encode()) > _LONGEST_NAME:
                raise BadModelFilesError(f"{path!r} has a part that can be no file name: {name[:40]!r}")
    folders = {path[:place] for path in files for place, character in enumerate(path) if character == "/"}
    both = sorted(folders & set(files))
    if both:
        raise BadModelFilesError(f"{both[0]!r} is a file and a folder at once")


def _write(files: Mapping[str, bytes], into: Path) -> None:
    for path, content in files.items():
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
