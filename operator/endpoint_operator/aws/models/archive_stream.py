"""Reads the headers of a tar.gz that is never in memory as a whole, however it was made.

What somebody uploads may be made to hurt: a few kilobytes that unpack to terabytes, or a header that says of itself
that it is gigabytes long. Both are bounded here.
"""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final, Protocol, cast

from endpoint_operator.planning.models.directory_listing import MOST_BYTES
from endpoint_operator.planning.models.triton_archive import Member, MemberKind

# What a model may unpack to, and its headers.
MOST_UNPACKED_BYTES: Final = MOST_BYTES + 1024**3
# pax and GNU headers hold a path or two.
MOST_HEADER_BYTES: Final = 1024**2
_PIECE_BYTES: Final = 1024**2
_LONG_HEADERS: Final = frozenset(
    {
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
    }
)


class ArchiveUnreadable(Exception):
    """It is no tar.gz, or one that is not read to its end; the text says why, for a sentence."""


class ByteStream(Protocol):
    """What is downloaded; what it raises goes through."""

    def read(self, size: int = -1) -> bytes: ...


class _BoundedHeader(tarfile.TarInfo):
    """tarfile reads a long header as a whole before anybody may look at it."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_BoundedHeader":
        header = super().frombuf(buf, encoding, errors)
        if header.type in _LONG_HEADERS and header.size > MOST_HEADER_BYTES:
            raise ArchiveUnreadable(f"it holds a header of {header.size:,} bytes")
        return header


class _Unpacked:
    """The tar inside; counts what it unpacks."""

    def __init__(self, packed: ByteStream, *, at_most: int) -> None:
        self._unpacking = gzip.GzipFile(fileobj=cast("IO[bytes]", packed), mode="rb")
        self._at_most = at_most
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._unpacking.read(min(size, _PIECE_BYTES) if size >= 0 else _PIECE_BYTES)
        self._read += len(piece)
        if self._read > self._at_most:
            raise ArchiveUnreadable(f"it unpacks to more than {_in_words(self._at_most)}")
        return piece


@dataclass(frozen=True, kw_only=True)
class Found:
    """One member; its content can be read before the next member is asked for, and not after."""

    member: Member
    _archive: tarfile.TarFile
    _header: tarfile.TarInfo

    def content(self) -> bytes:
        """The whole of it: for members that are known to be small."""
        content = self._archive.extractfile(self._header)
        return content.read() if content is not None else b""


def members_of(packed: ByteStream, *, at_most: int = MOST_UNPACKED_BYTES) -> Iterator[Found]:
    """Every member in order, to the archive's very end, so that a checksum that does not fit is found.

    Raises ArchiveUnreadable, and what `packed` raises. `at_most` is in bytes, unpacked.
    """
    try:
        unpacked = _Unpacked(packed, at_most=at_most)
        with tarfile.open(
            fileobj=cast("Any", unpacked), mode="r|", bufsize=_PIECE_BYTES, tarinfo=_BoundedHeader
        ) as archive:
            for header in archive:
                yield Found(member=_member(header), _archive=archive, _header=header)
                archive.members.clear()  # type: ignore[attr-defined] # it remembers every header, and nobody asks
        while unpacked.read():
            pass
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ArchiveUnreadable(f"it is no gzip, or not a whole one ({error})") from error
    except tarfile.TarError as error:
        raise ArchiveUnreadable(f"it is no tar, or not a whole one ({error})") from error


def _member(header: tarfile.TarInfo) -> Member:
    if header.isreg():
        kind = MemberKind.FILE
    elif header.isdir():
        kind = MemberKind.DIRECTORY
    else:
        kind = MemberKind.LINK if header.issym() or header.islnk() else MemberKind.OTHER
    return Member(name=header.name, kind=kind, size=header.size)


def _in_words(size_bytes: int) -> str:
    if size_bytes >= 1024**3:
        return f"{size_bytes / 1024**3:.0f} GiB"
    return f"{size_bytes / 1024**2:.0f} MiB"
