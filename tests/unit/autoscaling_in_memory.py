"""Application Auto Scaling as plain data, for walks through planning.

Its rules are those of its API reference and of the SageMaker Developer Guide ("Automatic scaling"): no policy and no
action without a target, and a deregistration takes them along. What no caller may do is kept in `violations`.
"""

from dataclasses import dataclass, field, replace

from endpoint_operator.planning.scaling_live import NOT_REGISTERED, LivePolicy, LiveScaling, LiveSchedule, LiveTarget
from endpoint_operator.planning.scaling_steps import (
    DeleteScalingPolicy,
    DeleteScheduledAction,
    DeregisterScalableTarget,
    PutScalingPolicy,
    PutScheduledAction,
    RegisterScalableTarget,
    ScalableResource,
    ScalingStep,
)


@dataclass
class AutoscalingInMemory:
    scaling: dict[ScalableResource, LiveScaling] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def of(self, resource: ScalableResource) -> LiveScaling:
        return self.scaling.get(resource, NOT_REGISTERED)

    @property
    def registered(self) -> set[str]:
        """Names of the variants that have a target."""
        return {resource.variant for resource in self.scaling}

    def call(self, step: ScalingStep) -> None:
        live = self.of(step.resource)
        match step:
            case RegisterScalableTarget():
                target = LiveTarget(minimum=step.minimum, maximum=step.maximum)
                self.scaling[step.resource] = replace(live, target=target)
            case DeregisterScalableTarget():
                self.scaling.pop(step.resource, None)
            case _ if live.target is None:
                self.violations.append(f"{type(step).__name__} of {step.resource}, which is not registered")
            case PutScalingPolicy():
                policy = LivePolicy(name=step.name, kind="TargetTrackingScaling", configuration=step.configuration)
                self.scaling[step.resource] = replace(live, policies=(*_other_policies(live, step.name), policy))
            case DeleteScalingPolicy():
                self.scaling[step.resource] = replace(live, policies=_other_policies(live, step.name))
            case PutScheduledAction():
                schedules = (*_other_schedules(live, step.name), _schedule(step))
                self.scaling[step.resource] = replace(live, schedules=schedules)
            case DeleteScheduledAction():
                self.scaling[step.resource] = replace(live, schedules=_other_schedules(live, step.name))


def _other_policies(live: LiveScaling, name: str) -> tuple[LivePolicy, ...]:
    return tuple(policy for policy in live.policies if policy.name != name)


def _other_schedules(live: LiveScaling, name: str) -> tuple[LiveSchedule, ...]:
    return tuple(item for item in live.schedules if item.name != name)


def _schedule(step: PutScheduledAction) -> LiveSchedule:
    return LiveSchedule(
        name=step.name,
        schedule=step.schedule,
        timezone=step.timezone or "UTC",
        minimum=step.minimum,
        maximum=step.maximum,
    )
