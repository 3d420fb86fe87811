"""Objects of any size moved between moto's S3 and files, a piece at a time."""

import io
import re
from collections.abc import Mapping
from functools import partial
from typing import IO, Final
from urllib.parse import quote

from moto.core.exceptions import ServiceException
from moto.s3.models import FakeKey, s3_backends

from sagemaker_simulator.wire.request import Incoming, Reply

from .moto import INTERNAL_KEY, Moto

PART_BYTES: Final = 8 * 1024 * 1024  # at least 5 MiB but for the last one (UploadPart in the S3 API reference)
_PIECE_BYTES: Final = 1024 * 1024
_TURN_BYTES: Final = 32 * 1024 * 1024  # after which others have their turn on moto's thread
_UPLOAD_ID = re.compile(rb"<UploadId>([^<]+)</UploadId>")


class ObjectFiles:
    """Reads and writes objects of moto's S3 with a bounded memory."""

    def __init__(self, moto: Moto) -> None:
        self._moto = moto

    async def fetch(self, url: str, *, account: str, region: str, into: IO[bytes]) -> tuple[int, str | None]:
        """Write an s3:// object to the end of a file; returns its length in bytes, and its content type if it has one.

        Raises KeyError when there is no such object.
        `region` says nothing here: a bucket is found in the account whatever its region, as it is in S3.
        """
        del region
        bucket, _, key = url.removeprefix("s3://").partition("/")
        found = await self._moto.run(lambda: _key(account, bucket, key))
        if found is None:
            raise KeyError(url)
        length = 0
        while copied := await self._moto.run(partial(_copy, found, into, start=length)):
            length += copied
        return length, found.metadata.get("Content-Type")

    async def put(
        self, url: str, content: IO[bytes], *, account: str, region: str, content_type: str, kms_key: str | None
    ) -> None:
        """Put a whole file as an s3:// object, in parts when it is long; encrypted with the key when one is given.

        Raises OSError with a sentence when S3 does not take it (no such bucket).
        """
        headers = {"Content-Type": content_type}
        if kms_key is not None:
            headers["x-amz-server-side-encryption"] = "aws:kms"
            headers["x-amz-server-side-encryption-aws-kms-key-id"] = kms_key
        upload = _Upload(self._moto, url, account=account, region=region)
        content.seek(0)
        first = content.read(PART_BYTES)
        if len(first) < PART_BYTES:
            await upload.call("PUT", "PutObject", body=first, headers=headers)
        else:
            await upload.in_parts(first, content, headers)


class _Upload:
    """One object on its way into S3."""

    def __init__(self, moto: Moto, url: str, *, account: str, region: str) -> None:
        self._moto = moto
        self._url = url
        self._headers = {
            "Host": "localhost",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={INTERNAL_KEY}/20000101/{region}/s3/aws4_request",
            "x-moto-account-id": account,
        }

    async def in_parts(self, first: bytes, rest: IO[bytes], headers: Mapping[str, str]) -> None:
        reply = await self.call("POST", "CreateMultipartUpload", query="uploads", headers=headers)
        found = _UPLOAD_ID.search(reply.body)
        if found is None:
            raise OSError(f"S3 gave no upload id for {self._url}")
        upload = f"uploadId={quote(found.group(1).decode(), safe='')}"
        try:
            tags: list[str] = []
            part = first
            while part:
                query = f"partNumber={len(tags) + 1}&{upload}"
                tags.append((await self.call("PUT", "UploadPart", query=query, body=part)).headers["ETag"])
                part = rest.read(PART_BYTES)
            await self.call("POST", "CompleteMultipartUpload", query=upload, body=_completed(tags))
        except BaseException:
            await self.call("DELETE", "AbortMultipartUpload", query=upload)
            raise

    async def call(
        self,
        method: str,
        operation: str,
        *,
        query: str = "",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        bucket, _, key = self._url.removeprefix("s3://").partition("/")
        reply = await self._moto.answer(
            Incoming(
                method=method,
                raw_path=quote(f"/{bucket}/{key}"),
                query_string=query,
                headers={**self._headers, **(headers or {})},
                body_file=io.BytesIO(body),
                body_length=len(body),
            )
        )
        if reply.status not in (200, 204):
            raise OSError(f"S3 answered {reply.status} {reply.error} to {operation} {self._url}")
        return reply


def _completed(tags: list[str]) -> bytes:
    parts = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>" for number, tag in enumerate(tags, start=1)
    )
    return f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()


def _copy(found: FakeKey, into: IO[bytes], *, start: int) -> int:
    """Copy some of an object from `start` on; returns how much, nothing at its end. Call on moto's thread.

    moto's own `value` would be the whole object at once, which may be a gigabyte. Raises OSError when the object was
    replaced meanwhile.
    """
    copied = 0
    with found.lock:
        if found.disposed:
            raise OSError(f"{found.name} was replaced while it was read")
        found._value_buffer.seek(start)
        while copied < _TURN_BYTES and (piece := found._value_buffer.read(_PIECE_BYTES)):
            copied += into.write(piece)
    return copied


def _key(account: str, bucket: str, key: str) -> FakeKey | None:
    for backend in list(s3_backends[account].values()):
        if bucket in backend.buckets:
            try:
                return backend.get_object(bucket, key)
            except ServiceException:
                return None
    return None
