"""An archive that Triton is to load, read once from S3 before it is published: nothing of it is kept, and nothing
goes on reading after the pass gave up."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from endpoint_operator.aws.call_failed import AWS_ERRORS, CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.models.archive_stream import ArchiveUnreadable, members_of
from endpoint_operator.aws.models.faults import Spot, fault_at
from endpoint_operator.aws.s3_uris import s3_place
from endpoint_operator.aws.steps import StepRefused
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.outcome import ARCHIVE_INVALID
from endpoint_operator.planning.models.triton_archive import ArchiveRefused, TritonArchive

# Each holds some ten MiB and, while its archive is unpacked, most of a CPU.
AT_ONCE: Final = 2
# A pass is given up after 600 s.
CHECK_SECONDS: Final = 480.0


class _TooSlow(Exception):
    """The archive was not read in time, or nobody waits for it any more."""


class _Download:
    """The object's bytes as they arrive, until `stop` is set or the time is over. Raises CallFailed and _TooSlow."""

    def __init__(self, body: Any, *, until: float, stop: threading.Event) -> None:
        self._body = body
        self._until = until
        self._stop = stop

    def read(self, size: int = -1) -> bytes:
        if self._stop.is_set() or time.monotonic() > self._until:
            raise _TooSlow
        try:
            piece: bytes = self._body.read(size if size >= 0 else None)
        except AWS_ERRORS as error:
            raise CallFailed(service="s3", operation="get_object", cause=error) from error
        return piece


class ArchiveChecks:
    """Checks archives, two at once."""

    def __init__(self, calls: Calls, *, seconds: float = CHECK_SECONDS) -> None:
        self._calls = calls
        self._seconds = seconds
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._threads = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="archive")

    async def check(self, source: Spot, *, etag: str) -> None:
        """Raises StepRefused with what is wrong with the archive, or why it could not be read."""
        async with self._turns:
            try:
                await self._check(source, etag)
            except CallFailed as error:
                raise StepRefused(fault_at(error, source)) from error
            except (ArchiveRefused, ArchiveUnreadable) as refused:
                raise StepRefused(_invalid(source, refused)) from refused
            except _TooSlow:
                raise StepRefused(_too_slow(source, self._seconds)) from None

    def close(self) -> None:
        """Take no more; what is under way is given up by whoever waits for it."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _check(self, source: Spot, etag: str) -> None:
        place = s3_place(source.s3_uri)
        answer = await self._calls.call("s3", "get_object", Bucket=place.bucket, Key=place.key, IfMatch=f'"{etag}"')
        stop = threading.Event()
        download = _Download(answer["Body"], until=time.monotonic() + self._seconds, stop=stop)
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, _read, download)
        finally:
            stop.set()
            answer["Body"].close()


def _read(download: _Download) -> None:
    archive = TritonArchive()
    for found in members_of(download):
        if archive.take(found.member):
            archive.read_config(found.member.name, found.content())
    archive.finish()


def _invalid(source: Spot, refused: Exception) -> Fault:
    sentence = str(refused)
    if isinstance(refused, ArchiveUnreadable):
        sentence = f"{source.s3_uri} cannot be unpacked: {sentence}; upload a .tar.gz"
    message = f"{source.field}: {sentence}"
    return Fault(blame=Blame.USER, reason=ARCHIVE_INVALID, message=message, about_inputs=True)


def _too_slow(source: Spot, seconds: float) -> Fault:
    message = f"{source.field}: {source.s3_uri} was not read within {seconds:.0f} s; it is tried again"
    return Fault(blame=Blame.WORLD, reason="ArchiveCheckTooSlow", message=message)
