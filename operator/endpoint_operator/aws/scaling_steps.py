"""Steps on Application Auto Scaling."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from endpoint_operator.aws.errors import CallFailed, fault_of
from endpoint_operator.aws.scaling import ScalingApi
from endpoint_operator.aws.scaling_inventory import ScalingInventory
from endpoint_operator.aws.scaling_troubles import ScalingTroubles
from endpoint_operator.aws.steps import Doer, Pass
from endpoint_operator.planning.scaling_steps import SCALING_STEPS, ScalingStep


@dataclass(frozen=True, kw_only=True)
class ScalingSteps:
    """All of them are for variants of an endpoint that a pass has found to be ours."""

    api: ScalingApi
    inventory: ScalingInventory
    troubles: ScalingTroubles = field(default_factory=ScalingTroubles)
    """Shared with what observes autoscaling."""

    def doers(self) -> Mapping[type, Doer]:
        return dict.fromkeys(SCALING_STEPS, self._do)

    async def _do(self, step: ScalingStep, current: Pass) -> None:
        # Before the call: one whose answer is lost may have been done.
        self.inventory.changed(step.resource)
        try:
            await self.api.carry_out(step)
        except CallFailed as error:
            self.troubles.failed(current.endpoint, fault_of(error))
            raise
        self.troubles.worked(current.endpoint)
