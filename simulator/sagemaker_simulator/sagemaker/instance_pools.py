"""On which instance type a variant runs: its own, or the first of its pools, by priority, that there is capacity of.

InstancePool in the SageMaker API reference. One type takes the whole variant: a mix of types is not modelled.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sagemaker_simulator.wire.errors import validation_exception

Asked = Mapping[str, Any]

NO_CAPACITY = (
    "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using a "
    "different ML instance type or after some time."
)


def check_pools(variant: Asked) -> None:
    """Raise AwsError for pools that CreateEndpointConfig refuses."""
    if "InstancePools" not in variant:
        return
    name, pools = variant["VariantName"], variant["InstancePools"]
    if "InstanceType" in variant:
        raise validation_exception(f"InstanceType and InstancePools cannot both be specified for variant {name}.")
    for member in ("InstanceType", "Priority"):
        values = [pool[member] for pool in pools]
        if len(set(values)) != len(values):
            raise validation_exception(f"{member} must be unique within the InstancePools of variant {name}.")


def placed(variant: Asked, *, has_capacity: Callable[[str], bool]) -> Asked:
    """Return the variant with the InstanceType, and the ModelName, that it runs with.

    When no pool has capacity it is the first: SageMaker goes on trying.
    """
    pools = sorted(variant.get("InstancePools", ()), key=_priority)
    if not pools:
        return variant
    taken = next((pool for pool in pools if has_capacity(pool["InstanceType"])), pools[0])
    model = taken.get("ModelNameOverride", variant["ModelName"])
    return {**variant, "InstanceType": taken["InstanceType"], "ModelName": model}


def _priority(pool: Asked) -> int:
    return int(pool["Priority"])
