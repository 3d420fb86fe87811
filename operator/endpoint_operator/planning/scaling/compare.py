"""One variant's scaling, wanted and live: the calls that make them equal, in order, each with its reason.

The target comes first, for nothing can be put without it; what is new is put before what is superfluous goes, so that
a refusal leaves the old policy at work. Policies and scheduled actions without our prefix are left alone.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from endpoint_operator.api.scaling_status import ScalingAsked
from endpoint_operator.planning.async_alarm_steps import alarm_to_put, superfluous_alarm
from endpoint_operator.planning.scaling.in_force import Bounds, in_force
from endpoint_operator.planning.scaling.live import LivePolicy, LiveScaling, LiveSchedule
from endpoint_operator.planning.scaling.memory import since_of
from endpoint_operator.planning.scaling.schedule import is_over
from endpoint_operator.planning.scaling.steps import (
    DeleteScalingPolicy,
    DeleteScheduledAction,
    PutScalingPolicy,
    PutScheduledAction,
    RegisterScalableTarget,
    ScalingStep,
)
from endpoint_operator.planning.scaling.wanted import (
    PREFIX,
    WantedPolicy,
    WantedScaling,
    WantedSchedule,
)


def steps_towards(
    wanted: WantedScaling, live: LiveScaling, asked: ScalingAsked, *, now: datetime
) -> tuple[ScalingStep, ...]:
    """What is to be called; nothing when AWS has what is wanted."""
    return (
        *_target(wanted, live, asked, now=now),
        *_policies_to_put(wanted, live),
        *_schedules_to_put(wanted, live, now=now),
        *alarm_to_put(wanted, live),
        *superfluous_alarm(wanted, asked),
        *_policies_to_delete(wanted, live),
        *_schedules_to_delete(wanted, live, now=now),
    )


def is_ours(name: str) -> bool:
    """Whether a policy or scheduled action on a target of ours was made by the operator."""
    return name.startswith(PREFIX)


def _target(
    wanted: WantedScaling, live: LiveScaling, asked: ScalingAsked, *, now: datetime
) -> tuple[RegisterScalableTarget, ...]:
    if live.target is not None and wanted.schedules and asked.bounds_put:
        return ()  # the bounds are those of the last schedule that ran
    bounds = in_force(wanted.spec, since=since_of(asked), now=now)
    there = live.target
    if there is not None and (there.minimum, there.maximum) == (bounds.minimum, bounds.maximum):
        return ()
    before = "is not registered" if there is None else f"has bounds {there.minimum} to {there.maximum}"
    because = f"the variant {wanted.variant} {before}; {_source(bounds)}"
    return (
        RegisterScalableTarget(
            resource=wanted.resource, minimum=bounds.minimum, maximum=bounds.maximum, because=because
        ),
    )


def _source(bounds: Bounds) -> str:
    if bounds.of is None:
        return f"the spec asks for {bounds}"
    return f"the schedule {bounds.of} ran last and asks for {bounds}"


def _policies_to_put(wanted: WantedScaling, live: LiveScaling) -> list[PutScalingPolicy]:
    there = {policy.name: policy for policy in live.policies}
    steps = []
    for policy in wanted.policies:
        because = _why_put_policy(policy, there.get(policy.name))
        if because is not None:
            step = PutScalingPolicy(
                resource=wanted.resource,
                name=policy.name,
                configuration=policy.configuration,
                because=because,
                kind=policy.kind,
            )
            steps.append(step)
    return steps


def _why_put_policy(policy: WantedPolicy, there: LivePolicy | None) -> str | None:
    if there is None:
        return f"the policy {policy.name} is not there"
    found = canonical(there.configuration) if there.kind == policy.kind else {"PolicyType": there.kind}
    asked = canonical(policy.configuration)
    differing = sorted(key for key in {*found, *asked} if found.get(key) != asked.get(key))
    return f"the policy {policy.name} has another {', '.join(differing)}" if differing else None


def canonical(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """A policy's configuration to compare: dimensions in order, without empty members or defaults."""
    found = {key: value for key, value in configuration.items() if value not in (None, [], {}, False)}
    customized = found.get("CustomizedMetricSpecification")
    if customized is not None:
        dimensions = sorted(customized.get("Dimensions", ()), key=lambda item: str(item["Name"]))
        found["CustomizedMetricSpecification"] = {**customized, "Dimensions": dimensions}
    return found


def _schedules_to_put(wanted: WantedScaling, live: LiveScaling, *, now: datetime) -> list[PutScheduledAction]:
    there = {item.name: item for item in live.schedules}
    over = _over(wanted, now=now)
    steps = []
    for item in wanted.schedules:
        because = None if item.name in over else _why_put_schedule(item, there.get(item.name))
        if because is not None:
            steps.append(
                PutScheduledAction(
                    resource=wanted.resource,
                    name=item.name,
                    schedule=item.schedule,
                    timezone=item.timezone,
                    minimum=item.minimum,
                    maximum=item.maximum,
                    because=because,
                )
            )
    return steps


def _over(wanted: WantedScaling, *, now: datetime) -> set[str]:
    """Names of the actions that never run again: AWS need not have them, and may refuse a time that has passed."""
    return {PREFIX + item.name for item in wanted.spec.schedules or () if is_over(item, now=now)}


def _why_put_schedule(item: WantedSchedule, there: LiveSchedule | None) -> str | None:
    if there is None:
        return f"the scheduled action {item.name} is not there"
    if there.limited:
        return f"the scheduled action {item.name} has a start or an end time"
    if (there.minimum, there.maximum) != (item.minimum, item.maximum):
        return f"the scheduled action {item.name} has other bounds"
    if (there.schedule, there.timezone or "UTC") != (item.schedule, item.timezone or "UTC"):
        return f"the scheduled action {item.name} has another schedule"
    return None


def _policies_to_delete(wanted: WantedScaling, live: LiveScaling) -> list[DeleteScalingPolicy]:
    asked = {policy.name for policy in wanted.policies}
    return [
        DeleteScalingPolicy(
            resource=wanted.resource, name=policy.name, because=f"the spec does not ask for the policy {policy.name}"
        )
        for policy in live.policies
        if is_ours(policy.name) and policy.name not in asked
    ]


def _schedules_to_delete(wanted: WantedScaling, live: LiveScaling, *, now: datetime) -> list[DeleteScheduledAction]:
    asked = {item.name: item for item in wanted.schedules}
    over = _over(wanted, now=now)
    steps = []
    for there in live.schedules:
        item = asked.get(there.name)
        # One that is over is not put; what stands under its name may be what the spec asked for before.
        replaced = item is not None and there.name in over and _why_put_schedule(item, there) is not None
        if is_ours(there.name) and (item is None or replaced):
            because = f"the spec does not ask for the schedule {there.name}"
            steps.append(DeleteScheduledAction(resource=wanted.resource, name=there.name, because=because))
    return steps
