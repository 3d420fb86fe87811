"""Bodies of warm-ups that lie in S3: fetched once for all models that share one, and kept only while in use."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.models.faults import BODY_FIELD, Part, Spot, fault_at
from endpoint_operator.aws.periods import WARM_UP_BODY_SECONDS
from endpoint_operator.aws.s3_uris import s3_place
from endpoint_operator.aws.single_flight import SingleFlight
from endpoint_operator.aws.steps import StepRefused
from endpoint_operator.planning.faults import Blame, Fault

# InvokeEndpoint takes 6 MB (botocore's BodyBlob).
MOST_BODY_BYTES: Final = 6_291_456
# All bodies together.
MOST_KEPT_BYTES: Final = 8 * MOST_BODY_BYTES


@dataclass(frozen=True, kw_only=True)
class _Kept:
    etag: str
    body: bytes
    fetched_at: float
    used_at: float


class WarmUpBodies:
    """For one account and region."""

    def __init__(self, calls: Calls, *, now: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._now = now
        self._kept: dict[str, _Kept] = {}
        self._flight = SingleFlight[str, _Kept]()

    async def get(self, s3_uri: str) -> bytes:
        """The object's bytes, at most a minute old. Raises StepRefused with what is wrong."""
        kept = self._kept.get(s3_uri)
        if kept is None or self._now() - kept.fetched_at > WARM_UP_BODY_SECONDS:
            kept = await self._flight.share(s3_uri, lambda: self._fetch(s3_uri))
        self._keep(s3_uri, replace(kept, used_at=self._now()))
        return kept.body

    async def _fetch(self, s3_uri: str) -> _Kept:
        spot = Spot(part=Part.BODY, field=BODY_FIELD, s3_uri=s3_uri)
        known = self._kept.get(s3_uri)
        place = s3_place(s3_uri)
        unless = {"IfNoneMatch": f'"{known.etag}"'} if known is not None else {}
        now = self._now()
        try:
            answer = await self._calls.call("s3", "get_object", Bucket=place.bucket, Key=place.key, **unless)
            body = await self._calls.read("s3", "get_object", answer["Body"], at_most=MOST_BODY_BYTES)
        except CallFailed as error:
            if known is not None and error.status == 304:
                return replace(known, fetched_at=now)
            raise StepRefused(fault_at(error, spot)) from error
        if int(answer["ContentLength"]) > MOST_BODY_BYTES:
            raise StepRefused(_too_long(spot, int(answer["ContentLength"])))
        return _Kept(etag=str(answer["ETag"]).strip('"'), body=body, fetched_at=now, used_at=now)

    def _keep(self, s3_uri: str, kept: _Kept) -> None:
        """The longest unused go first."""
        self._kept.pop(s3_uri, None)
        self._kept[s3_uri] = kept
        oldest = iter(list(self._kept.items()))
        size = sum(len(each.body) for each in self._kept.values())
        for uri, each in oldest:
            if uri == s3_uri or (size <= MOST_KEPT_BYTES and self._now() - each.used_at <= WARM_UP_BODY_SECONDS):
                return
            size -= len(each.body)
            del self._kept[uri]


def _too_long(spot: Spot, length: int) -> Fault:
    message = (
        f"{spot.field}: {spot.s3_uri} has {length:,} bytes, and InvokeEndpoint takes {MOST_BODY_BYTES:,}; "
        "give a smaller body"
    )
    return Fault(blame=Blame.USER, reason="WarmUpBodyTooLong", message=message, about_inputs=True)
