"""A tar.gz that depends on nothing but the files in it: the same model is the same archive, byte for byte."""

import gzip
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Any, Protocol, cast

# Weights hardly compress, and level 1 packs three times as fast as the default.
COMPRESSION_LEVEL = 1
MODE = 0o644


class Sink(Protocol):
    def write(self, data: bytes | bytearray | memoryview) -> int: ...

    def flush(self) -> None: ...


class Reader(Protocol):
    def read(self, size: int = -1) -> bytes: ...


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One file of the archive; `content` is opened by whoever asks for it, and has `size_bytes` bytes."""

    name: str
    size_bytes: int


class ContentOf(Protocol):
    def __call__(self, entry: Entry) -> Reader: ...


def write_archive(entries: Iterable[Entry], *, content_of: ContentOf, to: Sink) -> None:
    """In the order of names; no owner, no time. Folders have no entries of their own: tar makes them for the files."""
    with (
        gzip.GzipFile(
            filename="", mode="wb", fileobj=cast("IO[bytes]", to), compresslevel=COMPRESSION_LEVEL, mtime=0
        ) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        for entry in sorted(entries, key=lambda entry: entry.name):
            archive.addfile(_header(entry), cast("Any", content_of(entry)))


def _header(entry: Entry) -> tarfile.TarInfo:
    header = tarfile.TarInfo(entry.name)
    header.size = entry.size_bytes
    header.mode = MODE
    return header  # time, uid and gid of a new header are 0, its names empty
