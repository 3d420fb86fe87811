"""A look at what S3 holds, before SageMaker takes an hour to fail on it."""

import time
from urllib.parse import urlsplit

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import is_not_found
from endpoint_operator.aws.finding import Finding, wrong
from endpoint_operator.aws.periods import BUCKET_REGION_SECONDS
from endpoint_operator.aws.single_flight import SingleFlight


class ArtifactLooks:
    """Looks with HeadBucket, HeadObject and one key of ListObjectsV2: nothing is fetched."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._regions: dict[str, tuple[float, str]] = {}
        self._flight = SingleFlight[str, str]()

    async def look(self, s3_uri: str, *, is_prefix: bool) -> Finding:
        """An object, or with `is_prefix` all objects below a prefix. Raises CallFailed."""
        bucket, key = _split(s3_uri)
        try:
            region = await self._bucket_region(bucket)
            if region != self._calls.region:
                sentence = (
                    f"the bucket {bucket} is in {region} and the endpoint in {self._calls.region}; "
                    "copy the artifact to a bucket there"
                )
                return wrong("ArtifactInOtherRegion", sentence)
            return await (self._prefix(s3_uri, bucket, key) if is_prefix else self._object(bucket, key))
        except CallFailed as error:
            if not is_not_found(error):
                raise
            if error.operation == "head_object":
                sentence = f"no object {s3_uri} (the bucket {bucket} exists); upload it or correct the URI"
            else:
                sentence = f"there is no bucket {bucket}; make it or correct the URI"
            return wrong("ArtifactNotFound", sentence)

    async def bucket(self, s3_uri: str) -> Finding:
        """Whether the bucket is there that something is to be written to. Raises CallFailed."""
        bucket, _ = _split(s3_uri)
        try:
            return Finding(trace=await self._bucket_region(bucket))
        except CallFailed as error:
            if is_not_found(error):
                return wrong("BucketNotFound", f"there is no bucket {bucket}; make it or correct the URI")
            raise

    async def model_prefix(self, s3_uri: str) -> Finding:
        """Whether SageMaker can load from a prefix that models come to in time; an empty one is fine.

        Raises CallFailed.
        """
        bucket, _ = _split(s3_uri)
        found = await self.bucket(s3_uri)
        if found.reason is not None or found.trace == self._calls.region:
            return found
        sentence = (
            f"the bucket {bucket} is in {found.trace} and the endpoint in {self._calls.region}, which loads models "
            "from its own region only; give a prefix in a bucket there"
        )
        return wrong("BucketInOtherRegion", sentence)

    async def _object(self, bucket: str, key: str) -> Finding:
        head = await self._calls.call("s3", "head_object", Bucket=bucket, Key=key)
        etag = str(head.get("ETag", "")).strip('"')
        return Finding(trace=etag, identity=etag)

    async def _prefix(self, s3_uri: str, bucket: str, prefix: str) -> Finding:
        answer = await self._calls.call("s3", "list_objects_v2", Bucket=bucket, Prefix=prefix, MaxKeys=1)
        for first in answer.get("Contents") or ():
            return Finding(trace=f"{first['Key']} {first.get('ETag', '')}")
        sentence = f"no object below {s3_uri} (the bucket {bucket} exists); upload the model or correct the URI"
        return wrong("ArtifactNotFound", sentence)

    async def _bucket_region(self, bucket: str) -> str:
        known = self._regions.get(bucket)
        if known is not None and time.monotonic() - known[0] < BUCKET_REGION_SECONDS:
            return known[1]

        async def ask() -> str:
            answer = await self._calls.call("s3", "head_bucket", Bucket=bucket)
            return str(answer.get("BucketRegion") or self._calls.region)

        region = await self._flight.share(bucket, ask)
        self._regions[bucket] = (time.monotonic(), region)
        return region


def _split(s3_uri: str) -> tuple[str, str]:
    split = urlsplit(s3_uri)
    return split.netloc, split.path.removeprefix("/")
