"""Looks at S3 for a model: its source, and what is under a key below the endpoint's prefix. Nothing is fetched."""

from collections.abc import AsyncIterator
from typing import Any

from endpoint_operator.aws.artifacts import ArtifactLooks
from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import is_denied, is_not_found
from endpoint_operator.aws.models.faults import (
    Spot,
    fault_at,
    in_other_region,
    is_bucket_missing,
    no_bucket,
    not_there,
)
from endpoint_operator.aws.s3_uris import S3Place, s3_place
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.directory_listing import DirectoryListing, DirectoryRefused, listing_digest
from endpoint_operator.planning.models.facts import Absent, PublishedSeen, SourceSeen
from endpoint_operator.planning.models.ownership import (
    METADATA_CLUSTER,
    METADATA_CONTENT,
    METADATA_OBJECT,
    METADATA_UID,
)


class ModelArtifacts:
    """Looks with HeadBucket (once an hour a bucket), HeadObject and ListObjectsV2."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._buckets = ArtifactLooks(calls)

    async def source(self, spot: Spot) -> SourceSeen | Fault:
        """An archive, or a directory where the URI ends in a slash. What cannot be seen is a Fault; raises nothing."""
        try:
            elsewhere = await self._other_region(spot)
            if elsewhere is not None:
                return elsewhere
            return await (self._directory(spot) if spot.s3_uri.endswith("/") else self._archive(spot))
        except CallFailed as error:
            return fault_at(error, spot)

    async def published(self, spot: Spot) -> PublishedSeen | Absent | Fault:
        """What is under a key below the prefix of an endpoint. Raises nothing for S3's refusals."""
        try:
            return await self.head(spot.s3_uri)
        except CallFailed as error:
            return fault_at(error, spot)

    async def head(self, s3_uri: str) -> PublishedSeen | Absent:
        """What is under a key. Raises CallFailed, also where there is no bucket and S3 says so."""
        place = s3_place(s3_uri)
        try:
            answer = await self._calls.call("s3", "head_object", Bucket=place.bucket, Key=place.key)
        except CallFailed as error:
            if is_not_found(error) and not is_bucket_missing(error):
                return Absent(s3_uri=s3_uri)
            raise
        metadata: dict[str, str] = answer.get("Metadata") or {}
        return PublishedSeen(
            s3_uri=s3_uri,
            etag=_etag(answer),
            size_bytes=int(answer["ContentLength"]),
            content=metadata.get(METADATA_CONTENT, ""),
            object_name=metadata.get(METADATA_OBJECT, ""),
            uid=metadata.get(METADATA_UID, ""),
            cluster=metadata.get(METADATA_CLUSTER, ""),
        )

    async def _other_region(self, spot: Spot) -> Fault | None:
        """Who may not ask where a bucket is finds out when reading; S3 itself leads there."""
        try:
            found = await self._buckets.bucket(spot.s3_uri)
        except CallFailed as error:
            if is_denied(error):
                return None
            raise
        if found.reason is not None:
            return no_bucket(spot)
        if found.trace == self._calls.region:
            return None
        return in_other_region(spot, found=found.trace, wanted=self._calls.region)

    async def _archive(self, spot: Spot) -> SourceSeen:
        place = s3_place(spot.s3_uri)
        answer = await self._calls.call("s3", "head_object", Bucket=place.bucket, Key=place.key)
        return SourceSeen(etag=_etag(answer), size_bytes=int(answer["ContentLength"]), is_directory=False)

    async def _directory(self, spot: Spot) -> SourceSeen | Fault:
        listing, seen = DirectoryListing(spot.s3_uri), 0
        try:
            async for page in objects_below(self._calls, s3_place(spot.s3_uri)):
                seen += len(page)
                for row in page:
                    listing.add(key=row["Key"], size_bytes=int(row["Size"]), etag=str(row.get("ETag", "")))
            if not seen:
                return not_there(spot)
            digest = listing_digest(listing.files())
        except DirectoryRefused as refused:
            message = f"{spot.field}: {refused}"
            return Fault(blame=Blame.USER, reason="SourceRefused", message=message, about_inputs=True)
        return SourceSeen(etag=digest, size_bytes=listing.size_bytes, is_directory=True)


async def objects_below(calls: Calls, place: S3Place) -> AsyncIterator[list[dict[str, Any]]]:
    """Everything below a prefix, page by page of at most 1,000 (S3's own maximum). Raises CallFailed."""
    more: dict[str, str] = {}
    while True:
        answer = await calls.call("s3", "list_objects_v2", Bucket=place.bucket, Prefix=place.key, **more)
        yield answer.get("Contents") or []
        token = answer.get("NextContinuationToken")
        if not token:
            return
        more = {"ContinuationToken": token}


def _etag(answer: dict[str, Any]) -> str:
    return str(answer.get("ETag", "")).strip('"')
