"""What to do about autoscaling, and in which order with the rest of an endpoint's life."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from endpoint_operator.api.autoscaling import Autoscaling
from endpoint_operator.api.scaling_status import ScalingAsked, ScalingStatus
from endpoint_operator.planning import scaling
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.plan import Plan, Situation
from endpoint_operator.planning.scaling import (
    ScalingDecision,
    ScalingQuestion,
    after_deregistration,
    count_is_ours,
    decide_scaling,
    deregister_before_deletion,
    deregister_before_update,
    rows_as_seen,
)
from endpoint_operator.planning.scaling_decision import what_comes_back
from endpoint_operator.planning.scaling_live import (
    NOT_REGISTERED,
    LivePolicy,
    LiveScaling,
    LiveSchedule,
    LiveTarget,
)
from endpoint_operator.planning.scaling_memory import resources_to_look_at
from endpoint_operator.planning.scaling_steps import (
    TARGET_TRACKING,
    DeregisterScalableTarget,
    PutScalingPolicy,
    PutScheduledAction,
    RegisterScalableTarget,
)
from endpoint_operator.planning.scaling_wanted import WantedScaling, scalable_resource, wanted_scaling
from endpoint_operator.planning.steps import CreateModel, UpdateEndpoint

# A Sunday evening in Seoul; Friday's morning and evening have run.
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
THURSDAY = "2026-11-19T01:00:00Z"
OFFICE_HOURS = [
    {"name": "morning", "schedule": "cron(0 8 ? * MON-FRI *)", "timezone": "Asia/Seoul", "minCount": 4, "maxCount": 12},
    {"name": "evening", "schedule": "cron(0 19 ? * MON-FRI *)", "timezone": "Asia/Seoul", "minCount": 2, "maxCount": 5},
]
RESOURCE = scalable_resource(endpoint_name="ml-churn", variant="blue")


def wanted(*, variant: str = "blue", instance_type: str | None = "ml.m5.large", **fields: Any) -> WantedScaling:
    spec = Autoscaling.model_validate({"minCount": 1, "maxCount": 4, "invocationsPerInstance": 500, **fields})
    return wanted_scaling(spec, endpoint_name="ml-churn", variant=variant, instance_type=instance_type, tags={})


def in_aws(item: WantedScaling, *, low: int = 1, high: int = 4, **changes: Any) -> LiveScaling:
    """What AWS has once all was put; `changes` are members of LiveScaling."""
    live = LiveScaling(
        target=LiveTarget(minimum=low, maximum=high),
        policies=tuple(
            LivePolicy(name=policy.name, kind=TARGET_TRACKING, configuration=policy.configuration)
            for policy in item.policies
        ),
        schedules=tuple(
            LiveSchedule(
                name=action.name,
                schedule=action.schedule,
                timezone=action.timezone,
                minimum=action.minimum,
                maximum=action.maximum,
            )
            for action in item.schedules
        ),
    )
    return replace(live, **changes)


def row(item: WantedScaling, *, since: str = THURSDAY, live: LiveScaling | None = None, **asked: Any) -> ScalingStatus:
    """The row of a variant whose autoscaling was put and seen; `asked` are members of ScalingAsked."""
    shown = live or in_aws(item)
    remembered = ScalingAsked(
        min_count=item.spec.min_count,
        max_count=item.spec.max_count,
        since=since,
        schedules_digest=item.schedules_digest,
        policies_digest=item.policies_digest,
        instance_type=item.instance_type,
        bounds_put=True,
        settled=True,
    )
    return ScalingStatus(
        name=item.variant,
        dimension=item.resource.dimension,
        min_count=shown.target.minimum if shown.target else None,
        max_count=shown.target.maximum if shown.target else None,
        policies=sorted(policy.name for policy in shown.policies),
        schedules=sorted(action.name for action in shown.schedules),
        asked=remembered.model_copy(update=asked),
    )


def question(*items: WantedScaling, **members: Any) -> ScalingQuestion:
    names = frozenset(item.variant for item in items)
    given = {
        "endpoint_name": "ml-churn",
        "wanted": items,
        "rows": (),
        "known": {},
        "spec_variants": names,
        "live_variants": names,
        "serves_wanted": True,
        "update_follows": False,
        "now": NOW,
        **members,
    }
    return ScalingQuestion(**given)


def decided(*items: WantedScaling, **members: Any) -> ScalingDecision:
    decision = decide_scaling(question(*items, **members))
    assert decision is not None
    return decision


def calls(decision: ScalingDecision) -> list[str]:
    return [type(step).__name__ for step in decision.steps]


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


def test_removing_autoscaling_deregisters_once_and_forgets() -> None:
    item = wanted()
    decision = decided(rows=(row(item),), spec_variants={"blue"}, live_variants={"blue"})
    assert calls(decision) == ["DeregisterScalableTarget"]
    assert decision.reason == scaling.CHANGING
    assert decision.rows == ()
    assert decide_scaling(question(spec_variants={"blue"}, live_variants={"blue"})) is None


def test_a_target_that_somebody_registered_without_us_is_not_deregistered() -> None:
    known = {RESOURCE: in_aws(wanted())}
    assert decide_scaling(question(spec_variants={"blue"}, live_variants={"blue"}, known=known)) is None


def test_a_variant_that_the_spec_dropped_scales_until_the_update_that_removes_it() -> None:
    item = wanted()
    assert decide_scaling(question(rows=(row(item),), live_variants={"blue"})) is None
    steps = deregister_before_update([row(item)], endpoint_name="ml-churn", instance_types={"green": "ml.m5.large"})
    assert [step.resource for step in steps] == [RESOURCE]


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        ("ml.m5.large", "ml.m5.large", 0),
        ("ml.m5.large", "ml.m5.xlarge", 1),
        (None, "ml.m5.large", 1),  # nobody knows what serves: to be sure
        ("serverless", None, 0),
        ("serverless", "ml.m5.large", 1),
    ],
)
def test_only_another_instance_type_needs_a_deregistration_first(
    was: str | None, becomes: str | None, expected: int
) -> None:
    rows = [row(wanted(), instance_type=was)]
    steps = deregister_before_update(rows, endpoint_name="ml-churn", instance_types={"blue": becomes})
    assert len(steps) == expected


def test_after_an_update_of_the_type_all_is_registered_again() -> None:
    item = wanted(instance_type="ml.m5.xlarge", schedules=OFFICE_HOURS)
    before = [row(wanted(schedules=OFFICE_HOURS))]
    steps = deregister_before_update(before, endpoint_name="ml-churn", instance_types={"blue": "ml.m5.xlarge"})
    gone = after_deregistration(before, steps)
    assert not gone[0].registered
    assert resources_to_look_at([item], gone) == (RESOURCE,)
    held = question(item, rows=gone, known={RESOURCE: NOT_REGISTERED}, serves_wanted=False, update_follows=True)
    assert decide_scaling(held) is None
    after = decided(item, rows=gone).rows
    assert after[0].asked.instance_type == "ml.m5.xlarge"
    again = decided(item, rows=after, known={RESOURCE: NOT_REGISTERED})
    assert calls(again) == ["RegisterScalableTarget", "PutScalingPolicy", "PutScheduledAction", "PutScheduledAction"]
    assert isinstance(again.steps[0], RegisterScalableTarget)
    assert (again.steps[0].minimum, again.steps[0].maximum) == (2, 5)


def test_after_a_rollback_the_old_fleet_scales_again_and_its_type_is_still_known() -> None:
    item = wanted(instance_type="ml.m5.xlarge")
    before = [row(wanted())]
    steps = deregister_before_update(before, endpoint_name="ml-churn", instance_types={"blue": "ml.m5.xlarge"})
    gone = after_deregistration(before, steps)
    decision = decided(item, rows=gone, known={RESOURCE: NOT_REGISTERED}, serves_wanted=False)
    assert calls(decision) == ["RegisterScalableTarget", "PutScalingPolicy"]
    assert decision.rows[0].asked.instance_type == "ml.m5.large"


def test_an_edit_back_to_a_type_lets_go_of_what_the_fleet_of_another_type_has() -> None:
    rows, serving = [row(wanted())], {"blue": "ml.m5.xlarge"}
    known = decided(wanted(), rows=rows, serves_wanted=False, serving_types=serving).rows
    steps = deregister_before_update(known, endpoint_name="ml-churn", instance_types={"blue": "ml.m5.large"})
    assert [step.resource for step in steps] == [RESOURCE]


def test_what_was_never_let_go_is_not_put_back() -> None:
    item, rows = wanted(instance_type="ml.m5.xlarge"), [row(wanted())]
    steps = deregister_before_update(rows, endpoint_name="ml-churn", instance_types={"blue": "ml.m5.xlarge"})
    model = CreateModel(name="ml-churn-1", request={})
    update = UpdateEndpoint(name="ml-churn", config_name="ml-churn-1")
    plan = Plan(
        situation=Situation.UPDATING,
        reason="Updating",
        message="",
        steps=(model, *steps, update),
        if_refused=scaling.restore_if_refused(steps, wanted=[item], rows=rows, now=NOW),
    )
    fault = Fault(blame=Blame.WORLD, reason="Refused", message="")
    assert what_comes_back(plan, Outcome(fault=fault)) == ()
    assert what_comes_back(plan, Outcome(done=(model,), fault=fault)) == plan.if_refused  # its answer may be lost
    assert what_comes_back(plan, Outcome(done=(model, *steps), fault=fault)) == plan.if_refused != ()
    assert what_comes_back(plan, Outcome(done=plan.steps)) == ()


def test_a_refused_update_gives_the_old_fleet_its_scaling_back_at_once() -> None:
    item = wanted(instance_type="ml.m5.xlarge", schedules=OFFICE_HOURS)
    green = wanted(variant="green")
    rows = [row(wanted(schedules=OFFICE_HOURS)), row(green)]
    types = {"blue": "ml.m5.xlarge", "green": "ml.m5.large"}
    steps = deregister_before_update(rows, endpoint_name="ml-churn", instance_types=types)
    back = scaling.restore_if_refused(steps, wanted=[item, green], rows=rows, now=NOW)
    assert {step.resource for step in back} == {RESOURCE}
    assert [type(step).__name__ for step in back[:2]] == ["RegisterScalableTarget", "PutScalingPolicy"]
    assert isinstance(back[0], RegisterScalableTarget)
    assert (back[0].minimum, back[0].maximum) == (2, 5)


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
