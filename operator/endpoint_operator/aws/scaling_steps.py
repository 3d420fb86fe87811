"""Steps on Application Auto Scaling."""

from collections.abc import Mapping
from dataclasses import dataclass

from endpoint_operator.aws.scaling import ScalingApi
from endpoint_operator.aws.scaling_inventory import ScalingInventory
from endpoint_operator.aws.steps import Doer, Pass
from endpoint_operator.planning.scaling_steps import SCALING_STEPS, ScalingStep


@dataclass(frozen=True, kw_only=True)
class ScalingSteps:
    """All of them are for variants of an endpoint that a pass has found to be ours."""

    api: ScalingApi
    inventory: ScalingInventory

    def doers(self) -> Mapping[type, Doer]:
        return dict.fromkeys(SCALING_STEPS, self._do)

    async def _do(self, step: ScalingStep, _: Pass) -> None:
        # Before the call: one whose answer is lost may have been done.
        self.inventory.changed(step.resource)
        await self.api.carry_out(step)
