"""The directory in S3: its listing, and each of its files as a stream of exactly the object that was listed."""

import logging
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError

from endpoint_operator.packing.aws_trouble import about_source
from endpoint_operator.packing.order import S3Place
from endpoint_operator.packing.refusal import GivenUp
from endpoint_operator.planning.models.directory_listing import DirectoryListing, DirectoryRefused, ListedFile
from endpoint_operator.planning.models.packer_exits import PackerExit

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

log = logging.getLogger(__name__)

# botocore tries a request again by itself, but not an answer that broke off while it was read.
RESUMES = 5
FIRST_PAUSE_SECONDS = 0.5


class SourceDirectory:
    """Everything raises GivenUp."""

    def __init__(self, s3: "S3Client", place: S3Place) -> None:
        self._s3 = s3
        self._place = place

    def list(self) -> tuple[ListedFile, ...]:
        """In the order of their paths."""
        listing = DirectoryListing(self._place.s3_uri)
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._place.bucket, Prefix=self._place.key)
        try:
            with about_source(self._place.s3_uri):
                for page in pages:
                    for row in page.get("Contents", []):
                        listing.add(key=row["Key"], size_bytes=row["Size"], etag=row["ETag"])
            return listing.files()
        except DirectoryRefused as refused:
            raise GivenUp(PackerExit.REFUSED, str(refused)) from refused

    def open(self, file: ListedFile) -> "FileReader":
        return FileReader(self._s3, S3Place(bucket=self._place.bucket, key=self._place.key + file.path), file)


class FileReader:
    """A file object to read from, once, from its beginning to its end."""

    def __init__(self, s3: "S3Client", place: S3Place, file: ListedFile) -> None:
        self._s3 = s3
        self._place = place
        self._file = file
        self._offset = 0
        self._body: Any = None
        self._resumes = 0

    def read(self, size: int = -1) -> bytes:
        """`size` bytes, fewer only at the end of the file. Raises GivenUp."""
        left = self._file.size_bytes - self._offset
        wanted = left if size < 0 else min(size, left)
        pieces = []
        while wanted:
            piece = self._piece(wanted)
            pieces.append(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def _piece(self, wanted: int) -> bytes:
        while True:
            try:
                with about_source(self._place.s3_uri):
                    piece = self._read_on(wanted)
            except GivenUp as trouble:
                self._resume(trouble)
                continue
            self._offset += len(piece)
            return piece

    def _read_on(self, wanted: int) -> bytes:
        if self._body is None:
            self._body = self._s3.get_object(
                Bucket=self._place.bucket,
                Key=self._place.key,
                IfMatch=f'"{self._file.etag}"',
                Range=f"bytes={self._offset}-",
            )["Body"]
        piece: bytes = self._body.read(wanted)
        if not piece:
            raise _BrokeOff()
        return piece

    def _resume(self, trouble: GivenUp) -> None:
        """Raises the trouble where another try is not worth it."""
        self._body = None
        if trouble.code is not PackerExit.WORLD or self._resumes == RESUMES:
            raise trouble
        pause = FIRST_PAUSE_SECONDS * 2**self._resumes
        self._resumes += 1
        log.warning("%s; reading on from byte %d in %.1f s", trouble, self._offset, pause)
        time.sleep(pause)


class _BrokeOff(BotoCoreError):
    fmt = "the answer ended before the object did"
