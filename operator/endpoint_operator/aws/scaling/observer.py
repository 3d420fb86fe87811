"""What a pass knows of autoscaling, and why it can know no more; it never keeps anything else from being observed."""

from dataclasses import dataclass

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.error_faults import fault_of
from endpoint_operator.aws.scaling.inventory import ScalingInventory
from endpoint_operator.aws.scaling.troubles import ScalingTroubles
from endpoint_operator.planning.desired import Desired, desired_state
from endpoint_operator.planning.desired_variants import DesiredVariant
from endpoint_operator.planning.facts import LiveEndpoint, LiveStatus, LiveVariant, OperatorInputs
from endpoint_operator.planning.scaling.decision import wanted_of
from endpoint_operator.planning.scaling.live import NOT_REGISTERED, KnownScaling, ScalingTrouble
from endpoint_operator.planning.scaling.memory import missing_from_lists, resources_to_look_at
from endpoint_operator.planning.scaling.steps import ScalableResource
from endpoint_operator.planning.scaling.wanted import scalable_resource


@dataclass(frozen=True, kw_only=True)
class ScalingObserver:
    """Asks Application Auto Scaling only what the lists do not tell, and not while it has just failed to answer."""

    inventory: ScalingInventory
    troubles: ScalingTroubles

    async def look(
        self, endpoint: InferenceEndpoint, live: LiveEndpoint | None, inputs: OperatorInputs
    ) -> tuple[KnownScaling, ScalingTrouble | None]:
        """What the endpoint's variants have, and what autoscaling waits for; nothing where there is no endpoint."""
        desired = None if endpoint.being_deleted or live is None else desired_state(endpoint, inputs)
        if desired is None:
            return {}, None
        wanted = wanted_of(desired)
        variants = [_resource(desired, each) for each in desired.variants]
        if self.troubles.of(endpoint) is None:
            rows = endpoint.status.autoscaling
            unseen = resources_to_look_at(wanted, rows)
            missing = missing_from_lists(wanted, rows, self.inventory.only_listed(variants))
            doubtful = _to_be_counted(desired, live, known=self.inventory.remembered(variants))
            try:
                return await self.inventory.known(variants, look_at=(*unseen, *missing, *doubtful)), None
            except CallFailed as error:
                self.troubles.failed(endpoint, fault_of(error))
        autoscaled = wanted or endpoint.status.autoscaling
        return self.inventory.remembered(variants), self.troubles.of(endpoint) if autoscaled else None


def _to_be_counted(desired: Desired, live: LiveEndpoint | None, *, known: KnownScaling) -> list[ScalableResource]:
    """Variants whose capacity would be put: somebody may have registered them by hand since the lists were read."""
    if live is None or live.status != LiveStatus.IN_SERVICE:
        return []
    there = {each.name: each for each in live.all_variants}
    differing = [
        _resource(desired, each)
        for each in desired.variants
        if each.autoscaling is None and each.name in there and _differs(each, there[each.name])
    ]
    return [resource for resource in differing if known.get(resource, NOT_REGISTERED).target is None]


def _differs(wanted: DesiredVariant, there: LiveVariant) -> bool:
    if wanted.concurrency is None:
        return there.desired_count != wanted.count
    serverless = there.desired_serverless
    return serverless is not None and serverless.concurrency.provisioned != wanted.concurrency.provisioned


def _resource(desired: Desired, variant: DesiredVariant) -> ScalableResource:
    return scalable_resource(
        endpoint_name=desired.endpoint_name, variant=variant.name, serverless=variant.instance is None
    )
