"""What Application Auto Scaling needs of SageMaker: how much a variant has of what is scaled, and to change that."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Count:
    """A variant's instances, or its provisioned concurrency, which has no instance type.

    `at_rest`: the endpoint is InService, so that the count may be changed.
    """

    current: int
    desired: int
    at_rest: bool
    instance_type: str
    modified: datetime


class Capacity(Protocol):
    """Counts of variants; `dimension` is the scalable dimension, which says of what."""

    def look(self, *, account: str, region: str, endpoint: str, variant: str, dimension: str) -> Count | None:
        """Return the variant's count, None when there is no such endpoint or variant, or the variant has none of it."""
        ...

    def change(self, *, account: str, region: str, endpoint: str, variant: str, dimension: str, count: int) -> None:
        """Begin to change the count, as UpdateEndpointWeightsAndCapacities does.

        Raises AwsError with SageMaker's refusal: a quota, a count that cannot be.
        """
        ...
