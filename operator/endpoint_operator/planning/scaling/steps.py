"""The calls around Application Auto Scaling that a plan can make, as data that prints as JSON.

Each says why in `because`. `ScalableResource` is how Application Auto Scaling names what it scales: every call has it.
"""

from dataclasses import dataclass
from typing import Any, Final

# Types of scaling policies, as Application Auto Scaling calls them.
TARGET_TRACKING: Final = "TargetTrackingScaling"
STEP_SCALING: Final = "StepScaling"


@dataclass(frozen=True, kw_only=True, order=True)
class ScalableResource:
    """`resource_id` is endpoint/<name>/variant/<name>; a variant has one target in each dimension."""

    resource_id: str
    dimension: str

    @property
    def endpoint_name(self) -> str:
        return self.resource_id.split("/")[1]

    @property
    def variant(self) -> str:
        return self.resource_id.split("/")[3]


@dataclass(frozen=True, kw_only=True)
class RegisterScalableTarget:
    """Make the target, or change its bounds. SageMaker brings the count within them at once."""

    resource: ScalableResource
    minimum: int
    maximum: int
    because: str

    @property
    def name(self) -> str:
        """A target has no name of its own."""
        return self.resource.resource_id


@dataclass(frozen=True, kw_only=True)
class DeregisterScalableTarget:
    """Let go of the target: AWS deletes its policies and scheduled actions, whoever made them."""

    resource: ScalableResource
    because: str

    @property
    def name(self) -> str:
        """A target has no name of its own."""
        return self.resource.resource_id


@dataclass(frozen=True, kw_only=True)
class PutScalingPolicy:
    """`configuration` as the API takes it for the policy type, which is `kind`."""

    resource: ScalableResource
    name: str
    configuration: dict[str, Any]
    because: str
    kind: str = TARGET_TRACKING


@dataclass(frozen=True, kw_only=True)
class DeleteScalingPolicy:
    resource: ScalableResource
    name: str
    because: str


@dataclass(frozen=True, kw_only=True)
class PutScheduledAction:
    resource: ScalableResource
    name: str
    schedule: str
    timezone: str | None
    minimum: int
    maximum: int
    because: str


@dataclass(frozen=True, kw_only=True)
class DeleteScheduledAction:
    resource: ScalableResource
    name: str
    because: str


@dataclass(frozen=True, kw_only=True)
class PutWakeUpAlarm:
    """Make the alarm that fires a policy, or change it. `request` is PutMetricAlarm's but for the policy's ARN.

    The ARN is Application Auto Scaling's own and another one each time that the policy is made: it is looked up right
    before the call.
    """

    resource: ScalableResource
    name: str
    policy: str
    request: dict[str, Any]
    because: str


@dataclass(frozen=True, kw_only=True)
class DeleteWakeUpAlarm:
    """Where it is there and ours."""

    resource: ScalableResource
    name: str
    because: str


ScalingStep = (
    RegisterScalableTarget
    | DeregisterScalableTarget
    | PutScalingPolicy
    | DeleteScalingPolicy
    | PutWakeUpAlarm
    | DeleteWakeUpAlarm
    | PutScheduledAction
    | DeleteScheduledAction
)

# For isinstance, as steps.FLEET_STEPS. A registration may set SageMaker to work; the others never do.
SCALING_STEPS = (
    RegisterScalableTarget,
    DeregisterScalableTarget,
    PutScalingPolicy,
    DeleteScalingPolicy,
    PutWakeUpAlarm,
    DeleteWakeUpAlarm,
    PutScheduledAction,
    DeleteScheduledAction,
)
