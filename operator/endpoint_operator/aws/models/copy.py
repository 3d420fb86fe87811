"""Publishing an archive: copied inside S3, in one call or in parts. The bytes never pass through the operator.

Sources: S3 API reference, CopyObject (at most 5 GiB), UploadPartCopy (parts of 5 MiB to 5 GiB, at most 10,000).
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any, Final

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import is_not_found
from endpoint_operator.aws.models.artifacts import ModelArtifacts
from endpoint_operator.aws.models.faults import Spot, fault_at, is_condition_failed, source_changed
from endpoint_operator.aws.models.uploads import ModelUploads
from endpoint_operator.aws.s3_uris import s3_place
from endpoint_operator.aws.steps import StepRefused
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.facts import PublishedSeen
from endpoint_operator.planning.models.ownership import METADATA_CLUSTER, METADATA_CONTENT, METADATA_OBJECT, holder_of
from endpoint_operator.planning.models.steps import CopyObject
from endpoint_operator.planning.models.taken import TARGET_MODEL_TAKEN

log = logging.getLogger(__name__)

GIB: Final = 1024**3
MOST_PARTS: Final = 10_000
# A pass is given up after 600 s; SageMaker itself gives a model 360 s to be downloaded and loaded.
COPY_SECONDS: Final = 480.0


@dataclass(frozen=True, kw_only=True)
class CopyLimits:
    """In bytes, but for `parts_at_once`, which holds for one copy."""

    one_call: int = 5 * GIB
    part: int = GIB // 4
    parts_at_once: int = 8

    @classmethod
    def in_parts_above(cls, size_bytes: int) -> "CopyLimits":
        """From 5 MiB, the smallest part, to 5 GiB, the largest copy in one call."""
        return cls(one_call=size_bytes, part=min(cls.part, size_bytes))

    def part_for(self, size_bytes: int) -> int:
        """A part's size, so that there are not too many of them."""
        return max(self.part, -(-size_bytes // MOST_PARTS))


@dataclass(frozen=True, kw_only=True)
class Copied:
    """What is under the key now: made, or found there with the same content and ours."""

    etag: str
    size_bytes: int


class ModelCopies:
    """Makes copies. Nothing is overwritten, and nothing but what was looked at is copied."""

    def __init__(self, calls: Calls, artifacts: ModelArtifacts, *, limits: CopyLimits | None = None) -> None:
        """`calls` should be patient: S3 answers a copy when it is made."""
        self._calls = calls
        self._artifacts = artifacts
        self._uploads = ModelUploads(calls)
        self._limits = limits or CopyLimits()

    async def copy(self, step: CopyObject, *, source: Spot, target: Spot) -> Copied:
        """Raises StepRefused with what is wrong, and where."""
        try:
            async with asyncio.timeout(COPY_SECONDS):
                if step.size_bytes <= self._limits.one_call:
                    etag = await self._in_one_call(step)
                else:
                    etag = await self._in_parts(step)
        except TimeoutError:
            raise StepRefused(_too_slow(target)) from None
        except CallFailed as error:
            if is_condition_failed(error):
                return await self._already_there(step, source=source, target=target)
            raise StepRefused(await self._fault(error, source=source, target=target)) from error
        return Copied(etag=str(etag).strip('"'), size_bytes=step.size_bytes)

    async def _in_one_call(self, step: CopyObject) -> str:
        place = s3_place(step.s3_uri)
        answer = await self._calls.call(
            "s3",
            "copy_object",
            Bucket=place.bucket,
            Key=place.key,
            **_source_of(step),
            IfNoneMatch="*",
            Metadata=step.metadata,
            MetadataDirective="REPLACE",
            TaggingDirective="REPLACE",  # by none: the source's tags are its own, and would ask for another right
        )
        return str(answer["CopyObjectResult"]["ETag"])

    async def _in_parts(self, step: CopyObject) -> str:
        await self._uploads.abort_all(step.s3_uri)
        place = s3_place(step.s3_uri)
        created = await self._calls.call(
            "s3", "create_multipart_upload", Bucket=place.bucket, Key=place.key, Metadata=step.metadata
        )
        upload = {"Bucket": place.bucket, "Key": place.key, "UploadId": created["UploadId"]}
        try:
            parts = await self._copy_parts(step, upload)
            answer = await self._calls.call(
                "s3", "complete_multipart_upload", **upload, MultipartUpload={"Parts": parts}, IfNoneMatch="*"
            )
        except CallFailed:  # one that is given up, or killed, is aborted by the next try
            await self._uploads.abort(step.s3_uri, created["UploadId"])
            raise
        return str(answer["ETag"])

    async def _copy_parts(self, step: CopyObject, upload: dict[str, str]) -> list[dict[str, Any]]:
        """Raises the first CallFailed; the parts that were not begun are not."""
        turns = asyncio.Semaphore(self._limits.parts_at_once)

        async def copy_part(number: int, first: int, last: int) -> dict[str, Any]:
            async with turns:
                answer = await self._calls.call(
                    "s3",
                    "upload_part_copy",
                    **upload,
                    **_source_of(step),
                    PartNumber=number,
                    CopySourceRange=f"bytes={first}-{last}",
                )
            return {"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]}

        length = self._limits.part_for(step.size_bytes)
        begins = range(0, step.size_bytes, length)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(copy_part(number, first, min(first + length, step.size_bytes) - 1))
                    for number, first in enumerate(begins, start=1)
                ]
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        return [task.result() for task in tasks]

    async def _already_there(self, step: CopyObject, *, source: Spot, target: Spot) -> Copied:
        """412: the source is another one now, or something is under the key; by a call of ours whose answer was lost
        as well. Which, only a look tells for certain."""
        try:
            seen = await self._artifacts.head(step.s3_uri)
        except CallFailed as error:
            raise StepRefused(fault_at(error, target)) from error
        if not isinstance(seen, PublishedSeen):
            raise StepRefused(source_changed(source))
        if not _is_this_models(seen, step) or seen.content != step.metadata[METADATA_CONTENT]:
            raise StepRefused(_taken(seen, step))
        log.info("%s is there already, with the same content", step.s3_uri)
        return Copied(etag=seen.etag, size_bytes=seen.size_bytes)

    async def _fault(self, error: CallFailed, *, source: Spot, target: Spot) -> Fault:
        """A copy is about two places, and S3 does not say which one it refuses: the source is looked at."""
        if error.operation not in ("copy_object", "upload_part_copy"):
            return fault_at(error, target)
        if is_not_found(error) or error.status in (400, 403):
            seen = await self._artifacts.source(source)
            return seen if isinstance(seen, Fault) else fault_at(error, target)
        return fault_at(error, source if error.code == "InvalidObjectState" else target)


def _source_of(step: CopyObject) -> dict[str, Any]:
    source = s3_place(step.source_s3_uri)
    return {
        "CopySource": {"Bucket": source.bucket, "Key": source.key},
        "CopySourceIfMatch": f'"{step.source_etag}"',
    }


def _is_this_models(seen: PublishedSeen, step: CopyObject) -> bool:
    """The uid may differ: the object was restored from a backup."""
    found = {METADATA_CLUSTER: seen.cluster, METADATA_OBJECT: seen.object_name}
    return all(step.metadata.get(name) == value for name, value in found.items())


def _taken(seen: PublishedSeen, step: CopyObject) -> Fault:
    holder = "holds other content of this model" if _is_this_models(seen, step) else holder_of(seen)
    message = (
        f"spec.targetModel: {seen.s3_uri} {holder}, which is never overwritten; give spec.targetModel another key, "
        "or remove the field: then the key is made from the content"
    )
    return Fault(blame=Blame.USER, reason=TARGET_MODEL_TAKEN, message=message)


def _too_slow(target: Spot) -> Fault:
    message = (
        f"the copy to {target.s3_uri} was not done after {COPY_SECONDS:.0f} s and was given up; it is tried again. "
        "A model of this size is more than SageMaker loads in its 360 s"
    )
    return Fault(blame=Blame.WORLD, reason="CopyTooSlow", message=message)
