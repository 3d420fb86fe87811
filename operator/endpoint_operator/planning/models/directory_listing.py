"""A directory in S3 that is packed as one model: which of its keys are files, what names them, how much is too much.

The operator and the packer both ask here, so that what was planned and what is packed are the same listing.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

# A model of more files is a data set, or a prefix that was meant to be longer.
MOST_FILES: Final = 10_000
# Every instance downloads and unpacks the whole archive at a model's first call, which SageMaker ends after 360 s.
MOST_BYTES: Final = 100 * 1024**3
# NAME_MAX of Linux: what the archive is unpacked to.
LONGEST_NAME_BYTES: Final = 255


class DirectoryRefused(Exception):
    """The directory cannot be packed; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedFile:
    """One object below the directory; `path` is relative to it."""

    path: str
    size_bytes: int
    etag: str


class DirectoryListing:
    """Objects of one directory, given one by one as ListObjectsV2 shows them."""

    def __init__(self, s3_uri: str) -> None:
        """`s3_uri` ends in a slash."""
        self._s3_uri = s3_uri
        self._prefix = s3_uri.removeprefix("s3://").partition("/")[2]
        self._files: list[ListedFile] = []
        self.size_bytes = 0

    def add(self, *, key: str, size_bytes: int, etag: str) -> None:
        """A key that ends in a slash stands for an empty folder in the console and is no file of the model.

        Raises DirectoryRefused.
        """
        if key.endswith("/"):
            return
        path = key.removeprefix(self._prefix)
        _refuse_odd_path(f"{self._s3_uri}{path}", path)
        self.size_bytes += size_bytes
        if self.size_bytes > MOST_BYTES:
            raise DirectoryRefused(
                f"{self._s3_uri} holds more than {MOST_BYTES // 1024**3} GiB; "
                "correct the URI, or split the model: every instance unpacks the whole of it"
            )
        if len(self._files) == MOST_FILES:
            raise DirectoryRefused(
                f"{self._s3_uri} holds more than {MOST_FILES:,} objects; correct the URI if it is not one model's"
            )
        self._files.append(ListedFile(path=path, size_bytes=size_bytes, etag=etag.strip('"')))

    def files(self) -> tuple[ListedFile, ...]:
        """In the order of their paths. Raises DirectoryRefused."""
        if not self._files:
            raise DirectoryRefused(f"there is no object below {self._s3_uri}; upload the model or correct the URI")
        files = sorted(self._files, key=lambda file: file.path)
        paths = {file.path for file in files}
        for file in files:
            for folder in _folders_of(file.path):
                if folder in paths:
                    raise DirectoryRefused(
                        f"{self._s3_uri}{folder} is an object and also the folder of {self._s3_uri}{file.path}; "
                        "no file system can hold both, delete one of them"
                    )
        return tuple(files)


def listing_digest(files: Iterable[ListedFile]) -> str:
    """Names the content of a directory by its files' paths, sizes and ETags; where the directory is does not count."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.path):
        digest.update(f"{file.path}\0{file.size_bytes}\0{file.etag}\n".encode())
    return digest.hexdigest()


def _refuse_odd_path(s3_uri: str, path: str) -> None:
    segments = path.split("/")
    if any(segment in ("", ".", "..") for segment in segments) or "\0" in path:
        raise DirectoryRefused(f"{s3_uri}: its key is no path of a file (an empty, '.' or '..' part); rename it")
    if any(len(segment.encode()) > LONGEST_NAME_BYTES for segment in segments):
        raise DirectoryRefused(
            f"{s3_uri}: a part of its key is longer than {LONGEST_NAME_BYTES} bytes, as no file name may be; rename it"
        )


def _folders_of(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]
