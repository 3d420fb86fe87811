"""Every time-out and period of the AWS room, each with the reason for its value."""

from dataclasses import dataclass
from typing import Final

CONNECT_TIMEOUT_SECONDS: Final = 5
# SageMaker's control plane answers within a second; a read that hangs longer is tried again.
READ_TIMEOUT_SECONDS: Final = 20
# botocore's own tries at one call; our back-off comes after.
ATTEMPTS: Final = 3
# S3 copies up to 5 GiB within one call, and says nothing until it has begun to.
COPY_READ_TIMEOUT_SECONDS: Final = 300
# Copies, and parts of copies, that S3 is at work on at once; it takes hundreds of megabytes a second for each.
COPIES_AT_ONCE: Final = 32
# SageMaker answers ModelNotReadyException after 60 s (Developer Guide, "Invoke a multi-model endpoint").
WARM_UP_READ_TIMEOUT_SECONDS: Final = 70
# boto3 is synchronous; 64 threads carried 980 calls a second at 50 ms each.
THREADS: Final = 64
# Requests that are under way at once: in all of one account and region, and to one endpoint, so that one that hangs
# leaves room for the others.
WARM_UPS_AT_ONCE: Final = 64
WARM_UPS_AT_ONCE_OF_ENDPOINT: Final = 16
# A model that is not warm yet is asked again so soon after an answer; later and later after a failure.
WARM_UP_AGAIN_SECONDS: Final = 1.0
WARM_UP_BACK_OFF_SECONDS: Final = (2.0, 300.0)
# A body in S3 is asked for again (If-None-Match) after so long, and forgotten when nobody used it for so long.
WARM_UP_BODY_SECONDS: Final = 60.0
# How long a look of preflight is believed: one rollout asks twice within seconds, and many objects share an artifact.
LOOK_SECONDS: Final = 10.0
# Quotas of a whole service are dozens of pages; one that seems too small is asked for by itself.
QUOTA_SECONDS: Final = 600.0
# A bucket does not move to another region.
BUCKET_REGION_SECONDS: Final = 3600.0
# How long "that endpoint is not ours" is believed before its tags are read again.
FOREIGN_SECONDS: Final = 30.0
# How often it is looked whether an account or region that objects named is still needed.
UNUSED_ROOM_SECONDS: Final = 300.0
# A room that models alone need (their endpoint is gone) stays as long as the longest of their passes, and then some.
MODELS_ROOM_SECONDS: Final = 900.0


@dataclass(frozen=True, kw_only=True)
class WatchPeriods:
    """How often the fleet is looked at, in seconds; flags of the operator."""

    sweep: float = 90.0
    """All endpoints, 100 a call: at 1,000 endpoints these are seven calls a minute."""
    transition: float = 1.25
    """Only endpoints in a status that somebody waits for; none when nobody waits."""
    rollout_look: float = 15.0
    """A rollout in steps, while it lasts: lists do not show how far it is."""
    inventory: float = 3600.0
    """Tags, models and endpoint configs: what ListEndpoints does not show."""
