"""A look at a model artifact in S3, before SageMaker takes an hour to fail on it."""

import time
from urllib.parse import urlsplit

from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import CallFailed, is_denied, is_not_found
from endpoint_operator.aws.periods import BUCKET_REGION_SECONDS
from endpoint_operator.aws.single_flight import SingleFlight
from endpoint_operator.planning.facts import Artifact, Look
from endpoint_operator.planning.faults import Blame, Fault


class ArtifactLooks:
    """Looks with HeadBucket and HeadObject: nothing is fetched."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._regions: dict[str, tuple[float, str]] = {}
        self._flight = SingleFlight[str, str]()

    async def look(self, s3_uri: str, *, field: str) -> tuple[Look, Artifact]:
        """What is there. A look that we may not take is skipped, and its trace says so.

        Raises CallFailed when S3 cannot be asked.
        """
        split = urlsplit(s3_uri)
        bucket, key = split.netloc, split.path.removeprefix("/")
        try:
            region = await self._bucket_region(bucket)
            if region != self._calls.region:
                return self._wrong(s3_uri, "ArtifactInOtherRegion", f"{field}: the bucket {bucket} is in {region} and "
                    f"the endpoint in {self._calls.region}; copy the artifact to a bucket there")  # fmt: skip
            head = await self._calls.call("s3", "head_object", Bucket=bucket, Key=key)
        except CallFailed as error:
            if is_denied(error):
                return Look(about=s3_uri, trace="not-allowed"), Artifact(s3_uri=s3_uri)
            if is_not_found(error):
                return self._missing(s3_uri, error, bucket=bucket, field=field)
            raise
        etag = str(head.get("ETag", "")).strip('"')
        return Look(about=s3_uri, trace=etag), Artifact(s3_uri=s3_uri, etag=etag)

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

    def _missing(self, s3_uri: str, error: CallFailed, *, bucket: str, field: str) -> tuple[Look, Artifact]:
        if error.operation == "head_bucket":
            sentence = f"{field}: there is no bucket {bucket}; make it or correct the URI"
        else:
            sentence = f"{field}: no object {s3_uri} (the bucket {bucket} exists); upload it or correct the URI"
        return self._wrong(s3_uri, "ArtifactNotFound", sentence)

    def _wrong(self, s3_uri: str, reason: str, sentence: str) -> tuple[Look, Artifact]:
        fault = Fault(blame=Blame.USER, reason=reason, message=sentence, about_inputs=True)
        return Look(about=s3_uri, trace=reason, fault=fault), Artifact(s3_uri=s3_uri)
