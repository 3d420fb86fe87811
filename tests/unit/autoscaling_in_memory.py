"""Application Auto Scaling as plain data, for walks through planning.

Its rules are those of its API reference and of the SageMaker Developer Guide ("Automatic scaling"): no policy and no
action without a target, and a deregistration takes them along. What no caller may do is kept in `violations`.
"""

from dataclasses import dataclass, field, replace

from endpoint_operator.planning.async_wake_up import WAKE_UP_POLICY, alarm_name, watched
from endpoint_operator.planning.scaling.live import (
    NOT_REGISTERED,
    LivePolicy,
    LiveScaling,
    LiveSchedule,
    LiveTarget,
    LiveWakeUpAlarm,
)
from endpoint_operator.planning.scaling.steps import (
    DeleteScalingPolicy,
    DeleteScheduledAction,
    DeleteWakeUpAlarm,
    DeregisterScalableTarget,
    PutScalingPolicy,
    PutScheduledAction,
    PutWakeUpAlarm,
    RegisterScalableTarget,
    ScalableResource,
    ScalingStep,
)


@dataclass
class AutoscalingInMemory:
    scaling: dict[ScalableResource, LiveScaling] = field(default_factory=dict)
    alarms: dict[str, LiveWakeUpAlarm] = field(default_factory=dict)
    """CloudWatch's, which wake an endpoint from zero."""
    violations: list[str] = field(default_factory=list)
    _policies_made: int = 0

    def of(self, resource: ScalableResource) -> LiveScaling:
        """As the AWS room sees it: an alarm is looked for where the policy that it fires is there."""
        live = self.scaling.get(resource, NOT_REGISTERED)
        asleep = any(policy.name == WAKE_UP_POLICY for policy in live.policies)
        return replace(live, wake_up_alarm=self.alarms.get(alarm_name(resource.endpoint_name)) if asleep else None)

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
            case PutWakeUpAlarm() | DeleteWakeUpAlarm():
                self._alarm(live, step)
            case _ if live.target is None:
                self.violations.append(f"{type(step).__name__} of {step.resource}, which is not registered")
            case PutScalingPolicy():
                policy = LivePolicy(
                    name=step.name, kind=step.kind, configuration=step.configuration, arn=self._arn(live, step.name)
                )
                self.scaling[step.resource] = replace(live, policies=(*_other_policies(live, step.name), policy))
            case DeleteScalingPolicy():
                self.scaling[step.resource] = replace(live, policies=_other_policies(live, step.name))
            case PutScheduledAction():
                schedules = (*_other_schedules(live, step.name), _schedule(step))
                self.scaling[step.resource] = replace(live, schedules=schedules)
            case DeleteScheduledAction():
                self.scaling[step.resource] = replace(live, schedules=_other_schedules(live, step.name))

    def _arn(self, live: LiveScaling, name: str) -> str:
        """A policy that is there keeps its ARN; one that is made again has another."""
        self._policies_made += 1
        return next((policy.arn or "" for policy in live.policies if policy.name == name), f"arn:{self._policies_made}")

    def _alarm(self, live: LiveScaling, step: PutWakeUpAlarm | DeleteWakeUpAlarm) -> None:
        if isinstance(step, DeleteWakeUpAlarm):
            self.alarms.pop(step.name, None)
            return
        fires = tuple(policy.arn or "" for policy in live.policies if policy.name == step.policy)
        if not fires:
            self.violations.append(f"the alarm {step.name} fires no policy that is there")
        self.alarms[step.name] = LiveWakeUpAlarm(name=step.name, configuration=watched(step.request), actions=fires)


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
