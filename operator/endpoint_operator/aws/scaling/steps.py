"""Steps on Application Auto Scaling."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.error_faults import fault_of
from endpoint_operator.aws.fleet import Fleet
from endpoint_operator.aws.scaling.calls import ScalingApi
from endpoint_operator.aws.scaling.inventory import ScalingInventory
from endpoint_operator.aws.scaling.troubles import ScalingTroubles
from endpoint_operator.aws.steps import Doer, Pass, StepRefused
from endpoint_operator.aws.wake_up_alarms import WakeUpAlarms
from endpoint_operator.planning.scaling.steps import (
    SCALING_STEPS,
    DeleteWakeUpAlarm,
    DeregisterScalableTarget,
    PutWakeUpAlarm,
    ScalingStep,
)


@dataclass(frozen=True, kw_only=True)
class ScalingSteps:
    """All of them are for variants of an endpoint that a pass has found to be ours."""

    api: ScalingApi
    alarms: WakeUpAlarms
    inventory: ScalingInventory
    fleet: Fleet
    troubles: ScalingTroubles = field(default_factory=ScalingTroubles)
    """Shared with what observes autoscaling."""

    def doers(self) -> Mapping[type, Doer]:
        return dict.fromkeys(SCALING_STEPS, self._do)

    async def _do(self, step: ScalingStep, current: Pass) -> None:
        # Before the call: one whose answer is lost may have been done.
        self.inventory.changed(step.resource)
        try:
            await self._call(step, current)
        except CallFailed as error:
            self.troubles.failed(current.endpoint, fault_of(error))
            raise
        except StepRefused as refused:
            self.troubles.failed(current.endpoint, refused.fault)
            raise
        self.troubles.worked(current.endpoint)
        if isinstance(step, DeregisterScalableTarget):
            # It scaled until now, and the count is the spec's from now on.
            self.fleet.may_have_moved(step.resource.endpoint_name)

    async def _call(self, step: ScalingStep, current: Pass) -> None:
        match step:
            case PutWakeUpAlarm():
                await self.alarms.put(step, current, fires=await self.api.policy_arn(step.resource, step.policy))
            case DeleteWakeUpAlarm():
                await self.alarms.delete(step, current)
            case _:
                await self.api.carry_out(step)
