"""Which limits a scalable target may have."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from .records import PROVISIONED_CONCURRENCY, Target, TargetKey
from .refusals import validation

MOST_PROVISIONED: Final = 200


def check_limits(minimum: int, maximum: int) -> None:
    """Raise AwsError for limits that cannot be, whatever is scaled."""
    if minimum < 0 or maximum < 0:
        raise validation("Minimum capacity and maximum capacity must be greater than or equal to 0")
    if minimum > maximum:
        raise validation("Maximum capacity cannot be less than minimum capacity")


def check_limits_of(key: TargetKey, minimum: int, maximum: int) -> None:
    """Raise AwsError for limits that cannot be for what the key names.

    Provisioned concurrency goes from 1 to 200 (ProductionVariantServerlessUpdateConfig in the SageMaker API reference);
    AWS publishes no sentence for it.
    """
    check_limits(minimum, maximum)
    if key.scalable_dimension == PROVISIONED_CONCURRENCY and (minimum < 1 or maximum > MOST_PROVISIONED):
        raise validation(
            f"Minimum and maximum capacity of {key.scalable_dimension} must be from 1 to {MOST_PROVISIONED}"
        )


def with_limits(target: Target, action: Mapping[str, Any]) -> Target:
    """Return the target with the limits of a scheduled action. Raises AwsError for limits that cannot be."""
    minimum, maximum = action.get("MinCapacity", target.minimum), action.get("MaxCapacity", target.maximum)
    check_limits_of(target.key, minimum, maximum)
    return replace(target, minimum=minimum, maximum=maximum)
