"""Which limits a scalable target may have."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .records import Target
from .refusals import validation


def check_limits(minimum: int, maximum: int) -> None:
    """Raise AwsError for limits that cannot be."""
    if minimum < 0 or maximum < 0:
        raise validation("Minimum capacity and maximum capacity must be greater than or equal to 0")
    if minimum > maximum:
        raise validation("Maximum capacity cannot be less than minimum capacity")


def with_limits(target: Target, action: Mapping[str, Any]) -> Target:
    """Return the target with the limits of a scheduled action. Raises AwsError for limits that cannot be."""
    minimum, maximum = action.get("MinCapacity", target.minimum), action.get("MaxCapacity", target.maximum)
    check_limits(minimum, maximum)
    return replace(target, minimum=minimum, maximum=maximum)
