"""What to do about autoscaling, and in which order with the rest of an endpoint's life."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from endpoint_operator.api.scaling_status import ScalingStatus
from endpoint_operator.planning.scaling import plan as scaling
from endpoint_operator.planning.scaling.live import (
    NOT_REGISTERED,
    LivePolicy,
    LiveSchedule,
    LiveTarget,
)
from endpoint_operator.planning.scaling.memory import missing_from_lists, resources_to_look_at
from endpoint_operator.planning.scaling.plan import (
    count_is_ours,
    decide_scaling,
    deregister_before_deletion,
    rows_as_seen,
)
from endpoint_operator.planning.scaling.steps import (
    TARGET_TRACKING,
    DeregisterScalableTarget,
    PutScalingPolicy,
    PutScheduledAction,
    RegisterScalableTarget,
)
from endpoint_operator.planning.scaling.wanted import WantedScaling

# A Sunday evening in Seoul; Friday's morning and evening have run.
from tests.unit.scaling_given import (
    OFFICE_HOURS,
    RESOURCE,
    calls,
    decided,
    in_aws,
    question,
    row,
    wanted,
)


def test_what_is_asked_for_is_remembered_before_the_first_call() -> None:
    item = wanted(schedules=OFFICE_HOURS)
    decision = decided(item, known={RESOURCE: NOT_REGISTERED})
    assert decision.steps == ()
    (remembered,) = decision.rows
    assert remembered.asked.since == "2026-11-22T12:00:00Z"
    assert not remembered.registered
    assert resources_to_look_at([item], [remembered]) == (RESOURCE,)


def test_a_target_is_registered_before_its_policies_and_schedules() -> None:
    item = wanted(schedules=OFFICE_HOURS)
    (remembered,) = decided(item).rows
    decision = decided(item, rows=(remembered,), known={RESOURCE: NOT_REGISTERED})
    assert calls(decision) == [
        "RegisterScalableTarget",
        "PutScalingPolicy",
        "PutScheduledAction",
        "PutScheduledAction",
    ]
    assert decision.reason == scaling.CHANGING
    # No schedule has run since the spec asked for these two.
    assert isinstance(decision.steps[0], RegisterScalableTarget)
    assert (decision.steps[0].minimum, decision.steps[0].maximum) == (1, 4)


def test_nothing_is_done_at_rest_and_nobody_is_asked() -> None:
    item = wanted(schedules=OFFICE_HOURS)
    settled = row(item)
    assert resources_to_look_at([item], [settled]) == ()
    assert decide_scaling(question(item, rows=(settled,))) is None
    assert decide_scaling(question(item, rows=(settled,), known={RESOURCE: in_aws(item)})) is None


def test_all_is_seen_in_place_before_it_counts_as_done() -> None:
    item = wanted()
    changing = row(item, settled=False, bounds_put=False)
    there = question(item, rows=(changing,), known={RESOURCE: in_aws(item)})
    assert decide_scaling(there) is None
    (told,) = rows_as_seen(there)
    assert (told.asked.settled, told.asked.bounds_put) == (True, True)


def test_what_is_not_all_there_or_not_looked_at_does_not_count_as_done() -> None:
    item = wanted()
    changing = row(item, settled=False, bounds_put=False)
    (told,) = rows_as_seen(question(item, rows=(changing,), known={RESOURCE: in_aws(item, policies=())}))
    assert (told.policies, told.asked.settled) == ([], False)
    assert rows_as_seen(question(item, rows=(changing,))) == (changing,)
    edited = question(wanted(maxCount=9), rows=(row(item),), known={RESOURCE: in_aws(item, high=9)})
    assert rows_as_seen(edited) == (row(item),)


def test_bounds_that_a_schedule_has_moved_are_left_to_it_and_shown() -> None:
    item = wanted(schedules=OFFICE_HOURS)
    moved = in_aws(item, low=4, high=12)
    there = question(item, rows=(row(item),), known={RESOURCE: moved})
    assert decide_scaling(there) is None
    (told,) = rows_as_seen(there)
    assert (told.min_count, told.max_count) == (4, 12)
    assert told.asked == row(item).asked


def test_bounds_changed_by_hand_are_put_right_where_there_are_no_schedules() -> None:
    item = wanted()
    decision = decided(item, rows=(row(item),), known={RESOURCE: in_aws(item, low=3, high=30)})
    assert calls(decision) == ["RegisterScalableTarget"]
    assert decision.reason == scaling.DRIFTED
    assert decision.message == "the variant blue has bounds 3 to 30; the spec asks for 1 to 4"
    assert resources_to_look_at([item], decision.rows) == (RESOURCE,)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-19T01:30:00", (1, 4)),  # nothing has run since
        ("2026-11-19T10:00:00", (2, 5)),  # Thursday 19:00 in Seoul
        ("2026-11-19T23:00:00", (4, 12)),  # Friday 8:00
        ("2026-11-22T12:00:00", (2, 5)),  # since Friday evening
    ],
)
def test_after_a_deregistration_the_bounds_are_those_in_force_now(now: str, expected: tuple[int, int]) -> None:
    item = wanted(schedules=OFFICE_HOURS)
    moment = datetime.fromisoformat(f"{now}+00:00")
    decision = decided(item, rows=(row(item),), known={RESOURCE: NOT_REGISTERED}, now=moment)
    target, *rest = decision.steps
    assert isinstance(target, RegisterScalableTarget)
    assert (target.minimum, target.maximum) == expected
    assert {type(step) for step in rest} == {PutScalingPolicy, PutScheduledAction}


def test_an_edit_of_min_and_max_puts_them_until_the_next_schedule_runs() -> None:
    item = wanted(schedules=OFFICE_HOURS)
    edited = wanted(schedules=OFFICE_HOURS, minCount=3, maxCount=20)
    (remembered,) = decided(edited, rows=(row(item),)).rows
    decision = decided(edited, rows=(remembered,), known={RESOURCE: in_aws(item, low=2, high=5)})
    (step,) = decision.steps
    assert isinstance(step, RegisterScalableTarget)
    assert (step.minimum, step.maximum) == (3, 20)


def test_an_edit_of_the_schedule_in_force_takes_effect_at_once() -> None:
    item = wanted(schedules=OFFICE_HOURS)
    edited = wanted(schedules=[OFFICE_HOURS[0], {**OFFICE_HOURS[1], "maxCount": 9}])
    (remembered,) = decided(edited, rows=(row(item),)).rows
    decision = decided(edited, rows=(remembered,), known={RESOURCE: in_aws(item, low=2, high=5)})
    assert calls(decision) == ["RegisterScalableTarget", "PutScheduledAction"]
    assert isinstance(decision.steps[0], RegisterScalableTarget)
    assert (decision.steps[0].minimum, decision.steps[0].maximum) == (2, 9)
    assert "the schedule evening ran last" in decision.steps[0].because


def test_an_edit_of_the_metric_touches_no_bounds_and_puts_before_it_deletes() -> None:
    item = wanted(schedules=OFFICE_HOURS)
    edited = wanted(schedules=OFFICE_HOURS, invocationsPerInstance=None, concurrentRequestsPerModel=2)
    (remembered,) = decided(edited, rows=(row(item),), known={RESOURCE: in_aws(item)}).rows
    assert resources_to_look_at([edited], [remembered]) == (RESOURCE,)
    by_hand = in_aws(item, low=7, high=8)
    assert calls(decided(edited, rows=(remembered,), known={RESOURCE: by_hand})) == [
        "PutScalingPolicy",
        "DeleteScalingPolicy",
    ]


def test_removing_the_schedules_deletes_them_and_puts_min_and_max() -> None:
    item = wanted(schedules=OFFICE_HOURS)
    (remembered,) = decided(wanted(), rows=(row(item),)).rows
    decision = decided(wanted(), rows=(remembered,), known={RESOURCE: in_aws(item, low=2, high=5)})
    assert calls(decision) == ["RegisterScalableTarget", "DeleteScheduledAction", "DeleteScheduledAction"]


def test_a_time_that_is_over_is_not_put_again() -> None:
    once = {"name": "launch", "schedule": "at(2026-11-20T00:00:00)", "minCount": 8, "maxCount": 9}
    item = wanted(schedules=[once])
    decision = decided(item, rows=(row(item),), known={RESOURCE: NOT_REGISTERED})
    assert calls(decision) == ["RegisterScalableTarget", "PutScalingPolicy"]
    assert isinstance(decision.steps[0], RegisterScalableTarget)
    assert (decision.steps[0].minimum, decision.steps[0].maximum) == (8, 9)


def test_a_time_that_is_over_does_not_leave_the_schedule_before_it_under_its_name() -> None:
    before = wanted(schedules=[OFFICE_HOURS[0]])
    over = wanted(schedules=[{**OFFICE_HOURS[0], "schedule": "at(2026-11-20T00:00:00)"}])
    asked = decided(over, rows=(row(before, live=in_aws(before)),)).rows
    decision = decided(over, rows=asked, known={RESOURCE: in_aws(before, low=4, high=12)})
    assert calls(decision) == ["DeleteScheduledAction"]


def changed_policy(item: WantedScaling, **members: Any) -> tuple[LivePolicy, ...]:
    (policy,) = item.policies
    return (LivePolicy(name=policy.name, kind=TARGET_TRACKING, configuration={**policy.configuration, **members}),)


@pytest.mark.parametrize(
    ("member", "value"),
    [("TargetValue", 5.0), ("ScaleInCooldown", 0), ("DisableScaleIn", True), ("ScaleOutCooldown", 1)],
)
def test_a_policy_of_ours_changed_by_hand_is_put_right(member: str, value: object) -> None:
    item = wanted()
    live = in_aws(item, policies=changed_policy(item, **{member: value}))
    decision = decided(item, rows=(row(item),), known={RESOURCE: live})
    assert calls(decision) == ["PutScalingPolicy"]
    assert decision.message == f"the policy endpoint-operator-invocations-per-instance has another {member}"


def test_a_policy_told_in_another_way_is_the_same() -> None:
    metric = {"namespace": "n", "metricName": "m", "target": 1}
    item = wanted(invocationsPerInstance=None, customMetric=metric)
    (policy,) = item.policies
    told = dict(policy.configuration)
    told.pop("DisableScaleIn")  # false, the default
    customized = told["CustomizedMetricSpecification"]
    told["CustomizedMetricSpecification"] = {**customized, "Dimensions": customized["Dimensions"][::-1]}
    live = in_aws(item, policies=(LivePolicy(name=policy.name, kind=TARGET_TRACKING, configuration=told),))
    assert decide_scaling(question(item, rows=(row(item),), known={RESOURCE: live})) is None


def test_a_time_zone_that_aws_fills_in_is_the_same() -> None:
    item = wanted(schedules=[{"name": "night", "schedule": "cron(0 20 * * ? *)", "minCount": 1, "maxCount": 2}])
    for told in (None, "UTC"):
        (action,) = in_aws(item).schedules
        live = in_aws(item, schedules=(replace(action, timezone=told),))
        assert decide_scaling(question(item, rows=(row(item, live=live),), known={RESOURCE: live})) is None


@pytest.mark.parametrize(
    "change",
    [
        {"schedule": "cron(0 9 ? * MON-FRI *)"},
        {"timezone": "UTC"},
        {"minimum": 0},
        {"maximum": None},
        {"limited": True},
    ],
)
def test_a_schedule_of_ours_changed_by_hand_is_put_right(change: dict[str, Any]) -> None:
    item = wanted(schedules=OFFICE_HOURS)
    live = in_aws(item)
    changed = replace(live, schedules=(replace(live.schedules[0], **change), live.schedules[1]))
    decision = decided(item, rows=(row(item),), known={RESOURCE: changed})
    assert [(type(step), getattr(step, "name", "")) for step in decision.steps] == [
        (PutScheduledAction, "endpoint-operator-morning")
    ]


def test_what_was_made_by_hand_on_our_target_stays() -> None:
    item = wanted()
    live = in_aws(item)
    mixed = replace(
        live,
        policies=(*live.policies, LivePolicy(name="nightly", kind="StepScaling")),
        schedules=(LiveSchedule(name="party", schedule="rate(1 day)", timezone=None, minimum=1, maximum=2),),
    )
    there = question(item, rows=(row(item),), known={RESOURCE: mixed})
    assert decide_scaling(there) is None
    (told,) = rows_as_seen(there)
    assert told.policies == ["endpoint-operator-invocations-per-instance", "nightly"]
    assert told.schedules == ["party"]


def test_a_deletion_deregisters_every_variant_of_ours() -> None:
    rows = [row(wanted()), row(wanted(variant="green"))]
    steps = deregister_before_deletion(rows, endpoint_name="ml-churn")
    assert [step.resource.variant for step in steps] == ["blue", "green"]


def test_several_variants_keep_their_own_rows() -> None:
    blue, green = wanted(), wanted(variant="green", maxCount=8)
    rows = decided(blue, green).rows
    green_resource = green.resource
    decision = decided(blue, green, rows=rows, known={RESOURCE: in_aws(blue), green_resource: NOT_REGISTERED})
    assert {step.resource for step in decision.steps} == {green_resource}
    assert [(item.name, item.asked.settled) for item in decision.rows] == [("blue", True), ("green", False)]


def test_a_variant_that_does_not_live_yet_is_not_registered() -> None:
    assert decide_scaling(question(wanted(), live_variants=frozenset())) is None


@pytest.mark.parametrize(
    ("autoscaled", "remembered", "registered", "expected"),
    [
        (False, False, False, True),
        (True, False, False, False),
        (False, True, False, False),  # removed from the spec, and not yet deregistered
        (False, False, True, False),  # registered by hand
    ],
)
def test_the_count_is_the_specs_only_where_nothing_scales_it(
    *, autoscaled: bool, remembered: bool, registered: bool, expected: bool
) -> None:
    item = wanted()
    found = count_is_ours(
        item.spec if autoscaled else None,
        row=row(item) if remembered else None,
        resource=RESOURCE,
        known={RESOURCE: in_aws(item)} if registered else {RESOURCE: NOT_REGISTERED},
    )
    assert found is expected


def test_the_memory_comes_back_from_the_status_as_it_was_written() -> None:
    (remembered,) = decided(wanted(schedules=OFFICE_HOURS)).rows
    stored = remembered.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert ScalingStatus.model_validate(stored) == remembered


def test_a_step_prints_with_its_reason() -> None:
    step = DeregisterScalableTarget(resource=RESOURCE, because="the endpoint goes")
    assert json.loads(json.dumps(asdict(step))) == {
        "resource": {
            "resource_id": "endpoint/ml-churn/variant/blue",
            "dimension": "sagemaker:variant:DesiredInstanceCount",
        },
        "because": "the endpoint goes",
    }


def test_a_schedule_that_runs_while_a_change_is_under_way_is_not_undone() -> None:
    """Registered, then killed before the status said so; the schedule ran meanwhile."""
    item = wanted(schedules=OFFICE_HOURS)
    under_way = row(item, bounds_put=False, settled=False, since="2026-11-19T22:59:00Z")
    friday_noon = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    ran = in_aws(item, low=4, high=12)
    there = question(item, rows=(under_way,), known={RESOURCE: ran}, now=friday_noon + timedelta(minutes=1))
    assert decide_scaling(there) is None
    (told,) = rows_as_seen(there)
    assert told.asked.bounds_put


@pytest.mark.parametrize("lost", [{"target": None}, {"policies": ()}, {"schedules": ()}])
def test_what_the_lists_no_longer_show_is_looked_at_before_it_is_put_again(lost: dict[str, Any]) -> None:
    item = wanted(schedules=OFFICE_HOURS)
    there = in_aws(item)
    assert missing_from_lists([item], [row(item, live=there)], {RESOURCE: replace(there, **lost)}) == (RESOURCE,)


@pytest.mark.parametrize("other", [{}, {"target": LiveTarget(minimum=2, maximum=3)}])
def test_what_the_lists_show_is_not_looked_at_though_a_schedule_ran(other: dict[str, Any]) -> None:
    item = wanted(schedules=OFFICE_HOURS)
    there = in_aws(item)
    assert missing_from_lists([item], [row(item, live=there)], {RESOURCE: replace(there, **other)}) == ()


def test_what_was_never_seen_is_not_missed() -> None:
    item = wanted()
    assert missing_from_lists([item], [], {RESOURCE: NOT_REGISTERED}) == ()
    assert missing_from_lists([item], [row(item, live=in_aws(item))], {}) == ()
