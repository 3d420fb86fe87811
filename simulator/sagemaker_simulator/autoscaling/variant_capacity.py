"""Counts of SageMaker's variants, the shadow's too, read and changed where SageMaker itself keeps them.

Provisioned concurrency is scaled only where there is some already ("Autoscale Provisioned Concurrency for a serverless
endpoint" in the SageMaker Developer Guide).
"""

from dataclasses import dataclass
from typing import Any

from sagemaker_simulator.sagemaker.capacities import Capacities
from sagemaker_simulator.sagemaker.estate import Estates
from sagemaker_simulator.sagemaker.records import Status, Variant

from .capacity import Count
from .records import INSTANCE_COUNT


@dataclass(frozen=True)
class Amounts:
    """How much a variant has, and how much it is to have."""

    current: int
    desired: int


class VariantCapacity:
    """See `capacity.Capacity`."""

    def __init__(self, *, estates: Estates, capacities: Capacities) -> None:
        self._estates = estates
        self._capacities = capacities

    def look(self, *, account: str, region: str, endpoint: str, variant: str, dimension: str) -> Count | None:
        record = self._estates.at(account=account, region=region).endpoints.get(endpoint)
        if record is None or record.name != endpoint:
            return None
        serving = record.all_variants or (record.pending.all_variants if record.pending is not None else ())
        found = next((each for each in serving if each.name == variant), None)
        amounts = _amounts(found, dimension) if found is not None else None
        if found is None or amounts is None:
            return None
        return Count(
            current=amounts.current,
            desired=amounts.desired,
            at_rest=record.status is Status.IN_SERVICE,
            instance_type=found.instance_type,
            modified=record.modified,
        )

    def change(self, *, account: str, region: str, endpoint: str, variant: str, dimension: str, count: int) -> None:
        estate = self._estates.at(account=account, region=region)
        record = estate.endpoints.get(endpoint)
        if record is None:
            raise LookupError(f"no endpoint {endpoint} in {account}/{region} to scale")
        self._capacities.change(estate, record, [{"VariantName": variant, **_wish(dimension, count)}])


def _amounts(variant: Variant, dimension: str) -> Amounts | None:
    current, desired = variant.current_serverless, variant.desired_serverless
    if dimension == INSTANCE_COUNT:
        return Amounts(variant.current_count, variant.desired_count) if desired is None else None
    if current is None or desired is None or not desired.provisioned:
        return None
    return Amounts(current.provisioned, desired.provisioned)


def _wish(dimension: str, count: int) -> dict[str, Any]:
    if dimension == INSTANCE_COUNT:
        return {"DesiredInstanceCount": count}
    return {"ServerlessUpdateConfig": {"ProvisionedConcurrency": count}}
