"""Every time-out and period of the AWS room, each with the reason for its value."""

from dataclasses import dataclass
from typing import Final

CONNECT_TIMEOUT_SECONDS: Final = 5
# SageMaker's control plane answers within a second; a read that hangs longer is tried again.
READ_TIMEOUT_SECONDS: Final = 20
# botocore's own tries at one call; our back-off comes after.
ATTEMPTS: Final = 3
# boto3 is synchronous; 64 threads carried 980 calls a second at 50 ms each.
THREADS: Final = 64
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
