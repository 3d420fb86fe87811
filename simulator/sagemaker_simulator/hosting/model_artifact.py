"""Brings a model's files from S3 onto the disk, as SageMaker does before it starts a container."""

import asyncio
import io
import shutil
import tarfile
import threading
import zlib
from collections.abc import Awaitable
from pathlib import Path, PurePosixPath
from typing import Protocol

_COPY_BYTES = 1 << 20


class FetchObject(Protocol):
    """Reads one S3 object whole. Raises KeyError when there is no such object."""

    def __call__(self, url: str, /, *, account: str, region: str) -> Awaitable[bytes]: ...


class BrokenArchiveError(Exception):
    """The object is no tar.gz that SageMaker would unpack; the text says why."""


async def unpack(archive: bytes, *, into: Path) -> None:
    """Unpack a model.tar.gz into an existing folder, off the event loop.

    Raises BrokenArchiveError. Cancelling waits until the thread has let go of the folder, so that it can be removed.
    """
    abandoned = threading.Event()
    work = asyncio.create_task(asyncio.to_thread(_unpack, archive, into, abandoned))
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        abandoned.set()
        await asyncio.wait([work])
        raise


def _unpack(archive: bytes, into: Path, abandoned: threading.Event) -> None:
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            for member in tar:
                if abandoned.is_set():
                    return
                _write_member(tar, member, into)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise BrokenArchiveError(f"it cannot be unpacked: {error}") from error


def _write_member(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path) -> None:
    target = into / _safe_path(member)
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    content = tar.extractfile(member)
    if content is None:
        raise BrokenArchiveError(f"{member.name!r} has no content")
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file, _COPY_BYTES)
    target.chmod(0o755 if member.mode & 0o100 else 0o644)


def _safe_path(member: tarfile.TarInfo) -> PurePosixPath:
    """Where a member goes, relative to the model folder.

    Links are refused for good measure and because SageMaker does: a model archive must hold no symbolic links
    (AWS re:Post, "How do I troubleshoot issues when I create a SageMaker endpoint").
    """
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts:
        raise BrokenArchiveError(f"{member.name!r} points out of the model folder")
    if not (member.isreg() or member.isdir()):
        raise BrokenArchiveError(f"{member.name!r} is a link or a device; only files and folders are allowed")
    return path
