"""What to do about autoscaling: intent first, then the calls, then a look whether they took.

Only for an endpoint that is InService: RegisterScalableTarget brings the count within its bounds at once, and SageMaker
takes nothing else meanwhile (Application Auto Scaling API reference).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from endpoint_operator.api.autoscaling import Autoscaling
from endpoint_operator.api.scaling_status import ScalingStatus
from endpoint_operator.planning.async_alarm_steps import alarm_to_delete
from endpoint_operator.planning.scaling.compare import steps_towards
from endpoint_operator.planning.scaling.live import NOT_REGISTERED, KnownScaling
from endpoint_operator.planning.scaling.memory import (
    SERVERLESS,
    in_place,
    released,
    resource_of,
    row_of,
    seen,
    unsettled,
    with_intent,
    without_alarm,
)
from endpoint_operator.planning.scaling.steps import (
    DeleteWakeUpAlarm,
    DeregisterScalableTarget,
    ScalableResource,
    ScalingStep,
)
from endpoint_operator.planning.scaling.wanted import INSTANCES, WantedScaling

# Reasons, for conditions and Events.
CHANGING = "AutoscalingChanging"
DRIFTED = "AutoscalingDrifted"
REMEMBERED = "AutoscalingRemembered"


@dataclass(frozen=True, kw_only=True)
class ScalingQuestion:
    """What is asked for and what is there. `rows` is status.autoscaling, `known` what was looked at."""

    endpoint_name: str
    wanted: tuple[WantedScaling, ...]
    rows: tuple[ScalingStatus, ...]
    known: KnownScaling
    spec_variants: frozenset[str]
    """Variants of the spec, autoscaled or not."""
    live_variants: frozenset[str]
    """Variants that DescribeEndpoint shows."""
    dimensions: Mapping[str, str | None] = field(default_factory=dict)
    """What scales of those of them that are serverless; None where no concurrency is provisioned, so that nothing does.
    Of all others instances do."""
    serves_wanted: bool
    """Whether the revision that serves is the one that the spec asks for."""
    serving_types: Mapping[str, str] = field(default_factory=dict)
    """By variant, the instance types of the revision that serves; empty where nobody knows them."""
    update_follows: bool
    """Whether UpdateEndpoint to the wanted revision is the next thing to do: what it needs unregistered stays so."""
    now: datetime


@dataclass(frozen=True, kw_only=True)
class ScalingDecision:
    """`rows` are status.autoscaling after `steps` were done; when a step failed, the rows stay as they were."""

    reason: str
    message: str
    steps: tuple[ScalingStep, ...]
    rows: tuple[ScalingStatus, ...]


def decide_scaling(question: ScalingQuestion) -> ScalingDecision | None:
    """What to do next; None when there is nothing to do."""
    intended = tuple(_intended(question))
    if _is_news(question, intended):
        # What is asked for is in status before the first call: only so does a restart know whose the bounds are.
        return ScalingDecision(reason=REMEMBERED, message="autoscaling is about to change", steps=(), rows=intended)
    outcomes = [_of_row(question, row) for row in intended]
    steps = tuple(step for found, _ in outcomes for step in found)
    if not steps:
        return None
    wanted = {item.variant for item in question.wanted}
    changed = {step.resource.variant for step in steps}
    drifted = changed <= wanted and all(row.asked.settled for row in intended if row.name in changed)
    because = "; ".join(step.because for step in steps)
    rows = tuple(row for _, row in outcomes if row is not None)
    return ScalingDecision(reason=DRIFTED if drifted else CHANGING, message=because, steps=steps, rows=rows)


def rows_as_seen(question: ScalingQuestion) -> tuple[ScalingStatus, ...]:
    """status.autoscaling after a pass that changed nothing of it: what AWS shows, and whether that is all of it.

    Not a decision of its own, so that bounds which a schedule moved are told without a pass that is about them.
    """
    if _is_news(question, tuple(_intended(question))):
        return question.rows
    return tuple(_as_seen(question, row) for row in question.rows)


def _as_seen(question: ScalingQuestion, row: ScalingStatus) -> ScalingStatus:
    item = next((item for item in question.wanted if item.variant == row.name), None)
    live = question.known.get(item.resource) if item is not None else None
    if item is None or live is None or not _can_scale(question, item) or row.dimension != item.resource.dimension:
        return row
    complete = not steps_towards(item, live, row.asked, now=question.now)
    return in_place(seen(row, live)) if complete else seen(row, live)


def _is_news(question: ScalingQuestion, intended: Sequence[ScalingStatus]) -> bool:
    """Whether the spec asks for something that the rows do not say yet."""
    before = {row.name: row.asked for row in question.rows}
    return any(row.asked != before.get(row.name) for row in intended)


def _intended(question: ScalingQuestion) -> Iterable[ScalingStatus]:
    """Every row, those of the spec saying what it asks for now."""
    wanted = {item.variant: item for item in question.wanted if item.variant in question.live_variants}
    for row in question.rows:
        item = wanted.pop(row.name, None)
        yield row if item is None else _with_intent(question, item, row)
    for item in wanted.values():
        yield _with_intent(question, item, None)


def _with_intent(question: ScalingQuestion, item: WantedScaling, row: ScalingStatus | None) -> ScalingStatus:
    serving = item.instance_type or SERVERLESS if question.serves_wanted else question.serving_types.get(item.variant)
    return with_intent(item, row, serving_type=serving, now=question.now)


def _of_row(question: ScalingQuestion, row: ScalingStatus) -> tuple[tuple[ScalingStep, ...], ScalingStatus | None]:
    """The calls for one variant and its row afterwards; no row when nothing of it is left."""
    item = next((item for item in question.wanted if item.variant == row.name), None)
    if item is None:
        return _of_unwanted_row(question, row)
    live = question.known.get(item.resource)
    held_back = question.update_follows and row.asked.instance_type != (item.instance_type or SERVERLESS)
    if not _can_scale(question, item) or held_back or live is None:
        return (), row
    if row.dimension != item.resource.dimension:
        if row.registered:
            return _of_other_dimension(question, row, item)
        row = row.model_copy(update={"dimension": item.resource.dimension})
    steps = steps_towards(item, live, row.asked, now=question.now)
    if not steps:
        return (), in_place(seen(row, live))
    after = unsettled(seen(row, live))
    return steps, without_alarm(after) if any(isinstance(step, DeleteWakeUpAlarm) for step in steps) else after


def _can_scale(question: ScalingQuestion, item: WantedScaling) -> bool:
    """Whether the variant is there and has what is to be scaled: an update to another mode may be yet to come."""
    there = question.dimensions.get(item.variant, INSTANCES)
    return item.variant in question.live_variants and there == item.resource.dimension


def _of_other_dimension(
    question: ScalingQuestion, row: ScalingStatus, item: WantedScaling
) -> tuple[tuple[ScalingStep, ...], ScalingStatus]:
    """The mode has changed: what was registered for the fleet before it goes first, wherever it is still there."""
    resource = resource_of(row, endpoint_name=question.endpoint_name)
    steps = _release(row, resource, because=f"{row.name} has no {row.dimension} any more")
    return steps, released(row).model_copy(update={"dimension": item.resource.dimension})


def _of_unwanted_row(
    question: ScalingQuestion, row: ScalingStatus
) -> tuple[tuple[ScalingStep, ...], ScalingStatus | None]:
    if row.name in question.spec_variants:
        because = f"the spec no longer asks for autoscaling of the variant {row.name}"
    elif row.name not in question.live_variants:
        because = f"the variant {row.name} is gone"
    else:
        # The spec has dropped the variant, and the update that removes it has not begun: until then it scales.
        return (), row
    resource = resource_of(row, endpoint_name=question.endpoint_name)
    return _release(row, resource, because=because), None


def _release(row: ScalingStatus, resource: ScalableResource, *, because: str) -> tuple[ScalingStep, ...]:
    """The alarm first: one that fires what is gone would be nobody's."""
    return (
        *alarm_to_delete(row.asked, resource, because=because),
        DeregisterScalableTarget(resource=resource, because=because),
    )


def deregister_before_update(
    rows: Sequence[ScalingStatus], *, endpoint_name: str, instance_types: Mapping[str, str | None]
) -> tuple[ScalingStep, ...]:
    """What must go before UpdateEndpoint to a fleet with these instance types by variant (None: serverless).

    SageMaker refuses to change the instance type of a registered variant or to remove it (SageMaker Developer Guide,
    "Update or delete endpoints that use automatic scaling").
    """
    steps: list[ScalingStep] = []
    for row in rows:
        was = row.asked.instance_type
        if row.name not in instance_types:
            because = f"SageMaker removes no variant that is registered for autoscaling, and {row.name} goes"
        elif was != (instance_types[row.name] or SERVERLESS):
            because = (
                f"SageMaker changes no instance type ({was or 'unknown'} to {instance_types[row.name] or SERVERLESS}) "
                f"while {row.name} is registered for autoscaling; it is registered again after the update"
            )
        else:
            continue
        steps += _release(row, resource_of(row, endpoint_name=endpoint_name), because=because)
    return tuple(steps)


def deregister_before_deletion(rows: Sequence[ScalingStatus], *, endpoint_name: str) -> tuple[ScalingStep, ...]:
    """What goes before DeleteEndpoint; AWS deletes policies made by hand on these targets too.

    A target that was never seen registered is left to DeleteEndpoint, which deregisters by itself (SageMaker Developer
    Guide, "Update or delete endpoints that use automatic scaling"): without the right to autoscale a deletion must end
    too. An alarm is nobody's but ours to remove, seen or not.
    """
    because = f"the endpoint {endpoint_name} goes"
    steps: list[ScalingStep] = []
    for row in rows:
        resource = resource_of(row, endpoint_name=endpoint_name)
        alarm = alarm_to_delete(row.asked, resource, because=because)
        steps += _release(row, resource, because=because) if row.registered else alarm
    return tuple(steps)


def restore_if_refused(
    steps: Iterable[ScalingStep],
    *,
    wanted: Sequence[WantedScaling],
    rows: Sequence[ScalingStatus],
    now: datetime,
) -> tuple[ScalingStep, ...]:
    """What undoes a deregistration when the update that it was for is refused.

    A refusal may last (no capacity, a quota): the old fleet must not stand without autoscaling until it is tried again.
    What the spec no longer names cannot be put again; nor can policies made by hand.
    """
    gone = {step.resource for step in steps if isinstance(step, DeregisterScalableTarget)}
    found: list[ScalingStep] = []
    for item in wanted:
        row = row_of(rows, item.variant)
        if item.resource in gone and row is not None:
            found += steps_towards(item, NOT_REGISTERED, row.asked, now=now)
    return tuple(found)


def after_deregistration(rows: Sequence[ScalingStatus], steps: Iterable[ScalingStep]) -> tuple[ScalingStatus, ...]:
    """The rows once these steps are done: to be registered again, or dropped, when the endpoint is InService."""
    steps = tuple(steps)
    gone = {step.resource.variant for step in steps if isinstance(step, DeregisterScalableTarget)}
    silent = {step.resource.variant for step in steps if isinstance(step, DeleteWakeUpAlarm)}
    kept = (without_alarm(row) if row.name in silent else row for row in rows)
    return tuple(released(row) if row.name in gone else row for row in kept)


def alarms_left(rows: Sequence[ScalingStatus], *, endpoint_name: str) -> tuple[DeleteWakeUpAlarm, ...]:
    """What may be left of autoscaling where somebody else deleted the endpoint, and its targets with it."""
    because = f"there is no endpoint {endpoint_name}"
    return tuple(
        step
        for row in rows
        for step in alarm_to_delete(row.asked, resource_of(row, endpoint_name=endpoint_name), because=because)
    )


def count_is_ours(
    autoscaling: Autoscaling | None, *, row: ScalingStatus | None, resource: ScalableResource, known: KnownScaling
) -> bool:
    """Whether the number of instances is the spec's to say.

    Not while a target is registered, be it ours, about to go, or made by hand where the spec has no autoscaling: two
    who set the same count undo each other for ever.
    """
    by_hand = known.get(resource, NOT_REGISTERED).target is not None
    return autoscaling is None and row is None and not by_hand
