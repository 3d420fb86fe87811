"""What Application Auto Scaling will have once steps are done: for plans that are walked ahead and not carried out."""

from collections.abc import Sequence
from dataclasses import replace

from endpoint_operator.planning.async_wake_up import watched
from endpoint_operator.planning.scaling.live import (
    NOT_REGISTERED,
    KnownScaling,
    LivePolicy,
    LiveScaling,
    LiveSchedule,
    LiveTarget,
    LiveWakeUpAlarm,
)
from endpoint_operator.planning.scaling.steps import (
    SCALING_STEPS,
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


def scaling_after(known: KnownScaling, steps: Sequence[object]) -> KnownScaling:
    """What will be known; steps about something else are passed over."""
    found = dict(known)
    for step in steps:
        if isinstance(step, SCALING_STEPS):
            found[step.resource] = _after(found.get(step.resource, NOT_REGISTERED), step)
    return found


def nothing_registered(known: KnownScaling, resources: Sequence[ScalableResource]) -> KnownScaling:
    """What is known of an endpoint that is being made: AWS has nothing for it."""
    return {**known, **dict.fromkeys(resources, NOT_REGISTERED)}


def _after(live: LiveScaling, step: ScalingStep) -> LiveScaling:
    match step:
        case RegisterScalableTarget():
            suspended = live.target.suspended if live.target is not None else ()
            target = LiveTarget(minimum=step.minimum, maximum=step.maximum, suspended=suspended)
            return replace(live, target=target)
        case DeregisterScalableTarget():
            return NOT_REGISTERED
        case PutScalingPolicy() | DeleteScalingPolicy():
            others = tuple(policy for policy in live.policies if policy.name != step.name)
            return replace(live, policies=(*others, *_policy(live, step)))
        case PutWakeUpAlarm() | DeleteWakeUpAlarm():
            return replace(live, wake_up_alarm=_alarm(live, step))
        case PutScheduledAction() | DeleteScheduledAction():
            rest = tuple(item for item in live.schedules if item.name != step.name)
            return replace(live, schedules=(*rest, *_schedule(step)))


def _policy(live: LiveScaling, step: PutScalingPolicy | DeleteScalingPolicy) -> tuple[LivePolicy, ...]:
    """One that is there keeps its ARN; that of a new one is AWS's to give, and its name stands for it."""
    if isinstance(step, DeleteScalingPolicy):
        return ()
    arn = next((policy.arn for policy in live.policies if policy.name == step.name), step.name)
    return (LivePolicy(name=step.name, kind=step.kind, configuration=step.configuration, arn=arn),)


def _alarm(live: LiveScaling, step: PutWakeUpAlarm | DeleteWakeUpAlarm) -> LiveWakeUpAlarm | None:
    if isinstance(step, DeleteWakeUpAlarm):
        return None
    actions = tuple(policy.arn for policy in live.policies if policy.name == step.policy and policy.arn is not None)
    return LiveWakeUpAlarm(name=step.name, configuration=watched(step.request), actions=actions)


def _schedule(step: PutScheduledAction | DeleteScheduledAction) -> tuple[LiveSchedule, ...]:
    if isinstance(step, DeleteScheduledAction):
        return ()
    return (
        LiveSchedule(
            name=step.name,
            schedule=step.schedule,
            timezone=step.timezone,
            minimum=step.minimum,
            maximum=step.maximum,
        ),
    )
