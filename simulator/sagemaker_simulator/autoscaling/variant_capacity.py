"""Counts of SageMaker's variants, the shadow's too, read and changed where SageMaker itself keeps them."""

from sagemaker_simulator.sagemaker.capacities import Capacities
from sagemaker_simulator.sagemaker.estate import Estates
from sagemaker_simulator.sagemaker.records import Status

from .capacity import Count


class VariantCapacity:
    """See `capacity.Capacity`."""

    def __init__(self, *, estates: Estates, capacities: Capacities) -> None:
        self._estates = estates
        self._capacities = capacities

    def look(self, *, account: str, region: str, endpoint: str, variant: str) -> Count | None:
        record = self._estates.at(account=account, region=region).endpoints.get(endpoint)
        if record is None or record.name != endpoint:
            return None
        serving = record.all_variants or (record.pending.all_variants if record.pending is not None else ())
        found = next((each for each in serving if each.name == variant), None)
        if found is None:
            return None
        return Count(
            current=found.current_count,
            desired=found.desired_count,
            at_rest=record.status is Status.IN_SERVICE,
            instance_type=found.instance_type,
            modified=record.modified,
        )

    def change(self, *, account: str, region: str, endpoint: str, variant: str, count: int) -> None:
        estate = self._estates.at(account=account, region=region)
        record = estate.endpoints.get(endpoint)
        if record is None:
            raise LookupError(f"no endpoint {endpoint} in {account}/{region} to scale")
        self._capacities.change(estate, record, [{"VariantName": variant, "DesiredInstanceCount": count}])
