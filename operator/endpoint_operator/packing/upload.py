"""A multipart upload that is written to like a file: parts go out while the next one fills, a few at a time."""

import logging
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from endpoint_operator.packing.aws_trouble import about_target, code_of
from endpoint_operator.packing.order import S3Place
from endpoint_operator.packing.refusal import GivenUp
from endpoint_operator.planning.models.packer_exits import PackerExit

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

log = logging.getLogger(__name__)

MIB = 1024 * 1024
# S3 takes parts of 5 MiB to 5 GiB, at most 10,000 of them (Amazon S3 User Guide, "Amazon S3 multipart upload limits").
SMALLEST_PART = 8 * MIB
MOST_PARTS = 10_000
AT_ONCE = 2


class NotMade(Exception):
    """S3 did not make the object: one is under the key already, perhaps by a try of ours whose answer was lost."""


def part_size_for(size_bytes: int) -> int:
    """In bytes, for an archive of so many bytes before compression: data that does not compress grows a little."""
    grown = size_bytes + size_bytes // 500 + MIB
    return max(SMALLEST_PART, -(-grown // (MOST_PARTS - 500)))


class ArchiveUpload:
    """Begun on entering; whoever leaves without `complete` leaves nothing behind. Everything raises GivenUp."""

    def __init__(self, s3: "S3Client", place: S3Place, *, metadata: dict[str, str], part_size: int) -> None:
        self._s3 = s3
        self._place = place
        self._metadata = metadata
        self._part_size = part_size
        self._buffer = bytearray()
        self._sending: set[Future[CompletedPartTypeDef]] = set()
        self._sent: list[CompletedPartTypeDef] = []
        self._count = 0
        self._id: str | None = None
        self._senders = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="part")
        self.size_bytes = 0

    def __enter__(self) -> "ArchiveUpload":
        with about_target(self._place.s3_uri):
            self._id = self._s3.create_multipart_upload(
                Bucket=self._place.bucket,
                Key=self._place.key,
                Metadata=self._metadata,
                ContentType="application/gzip",
                ChecksumAlgorithm="CRC32",
            )["UploadId"]
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self._id is not None:
                self._abort(self._id)
        finally:
            self._senders.shutdown(cancel_futures=True)

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Waits while as many parts are under way as may be."""
        self._buffer += data
        self.size_bytes += len(data)
        while len(self._buffer) >= self._part_size:
            self._send(bytes(self._buffer[: self._part_size]))
            del self._buffer[: self._part_size]
        return len(data)

    def flush(self) -> None:
        """Nothing: a part has a size of its own."""

    def complete(self) -> None:
        """Make the object, whole, where there is none. Raises NotMade."""
        assert self._id is not None  # noqa: S101 - entered, and not completed before
        if self._buffer or not self._count:
            self._send(bytes(self._buffer))
            self._buffer.clear()
        while self._sending:
            self._collect()
        parts = sorted(self._sent, key=lambda part: part.get("PartNumber", 0))
        with about_target(self._place.s3_uri):
            try:
                self._s3.complete_multipart_upload(
                    Bucket=self._place.bucket,
                    Key=self._place.key,
                    UploadId=self._id,
                    MultipartUpload={"Parts": parts},
                    IfNoneMatch="*",
                )
            except ClientError as error:
                if code_of(error) in ("PreconditionFailed", "412", "NoSuchUpload"):
                    raise NotMade from error
                raise
        self._id = None

    def _send(self, part: bytes) -> None:
        while len(self._sending) >= AT_ONCE:
            self._collect()
        self._count += 1
        self._sending.add(self._senders.submit(self._upload_part, self._count, part))

    def _collect(self) -> None:
        done, self._sending = wait(self._sending, return_when=FIRST_COMPLETED)
        self._sent.extend(future.result() for future in done)

    def _upload_part(self, number: int, part: bytes) -> "CompletedPartTypeDef":
        assert self._id is not None  # noqa: S101
        with about_target(self._place.s3_uri):
            answer = self._s3.upload_part(
                Bucket=self._place.bucket,
                Key=self._place.key,
                UploadId=self._id,
                PartNumber=number,
                Body=part,
                ChecksumAlgorithm="CRC32",
            )
        completed: CompletedPartTypeDef = {"PartNumber": number, "ETag": answer["ETag"]}
        if "ChecksumCRC32" in answer:
            completed["ChecksumCRC32"] = answer["ChecksumCRC32"]
        return completed

    def _abort(self, upload: str) -> None:
        """Twice: a part that is under way at the first may outlive it (S3's AbortMultipartUpload says so)."""
        self._forget(upload)
        self._senders.shutdown(cancel_futures=True)
        self._forget(upload)

    def _forget(self, upload: str) -> None:
        try:
            self._s3.abort_multipart_upload(Bucket=self._place.bucket, Key=self._place.key, UploadId=upload)
        except ClientError as error:
            if code_of(error) != "NoSuchUpload":
                self._left(upload, error)
        except BotoCoreError as error:
            self._left(upload, error)

    def _left(self, upload: str, error: Exception) -> None:
        """What ended the packing is what is told; the next run, or a lifecycle rule, takes the parts away."""
        log.warning("the upload %s of %s could not be aborted: %s", upload, self._place.s3_uri, error)


def abort_unfinished(s3: "S3Client", place: S3Place) -> None:
    """Take away what a packer that was killed left of this very key: its parts cost money and nobody sees them.

    Raises GivenUp.
    """
    pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=place.bucket, Prefix=place.key)
    try:
        with about_target(place.s3_uri):
            for page in pages:
                for upload in page.get("Uploads", []):
                    if upload["Key"] == place.key:
                        _abort_one(s3, place, upload["UploadId"])
    except GivenUp as trouble:
        if trouble.code is not PackerExit.FORBIDDEN:
            raise
        # Packing works without this right: then a lifecycle rule of the bucket is what takes parts away.
        log.warning("unfinished uploads of earlier tries are left as they are: %s", trouble)


def _abort_one(s3: "S3Client", place: S3Place, upload: str) -> None:
    try:
        s3.abort_multipart_upload(Bucket=place.bucket, Key=place.key, UploadId=upload)
    except ClientError as error:
        if code_of(error) != "NoSuchUpload":
            raise
        return
    log.info("aborted the unfinished upload %s of %s", upload, place.s3_uri)
