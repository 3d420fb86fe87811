"""The policy and the alarm that wake an asynchronous endpoint from zero: what they are, when put, and when removed."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from endpoint_operator.api.autoscaling import Autoscaling
from endpoint_operator.api.scaling_status import ScalingAsked, ScalingStatus
from endpoint_operator.api.spec import Mode
from endpoint_operator.planning.async_wake_up import WAKE_UP_POLICY, watched
from endpoint_operator.planning.scaling.compare import steps_towards
from endpoint_operator.planning.scaling.live import LivePolicy, LiveScaling, LiveTarget, LiveWakeUpAlarm
from endpoint_operator.planning.scaling.memory import in_place, seen, with_intent
from endpoint_operator.planning.scaling.plan import alarms_left, deregister_before_deletion, deregister_before_update
from endpoint_operator.planning.scaling.steps import PutScalingPolicy, PutWakeUpAlarm, ScalingStep
from endpoint_operator.planning.scaling.wanted import WantedScaling, scaling_fault, wanted_scaling
from tests.unit.given import NOW

ALARM = "endpoint-operator-wake-up-ml-churn"
ARN = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:1:resource/sagemaker/x:policyName/y"
NIGHT = {"name": "night", "schedule": "cron(0 20 * * ? *)", "minCount": 0, "maxCount": 2}


def autoscaling(**fields: Any) -> Autoscaling:
    return Autoscaling.model_validate({"minCount": 0, "maxCount": 5, "backlogPerInstance": 5, **fields})


def wanted(**fields: Any) -> WantedScaling:
    return wanted_scaling(
        autoscaling(**fields),
        endpoint_name="ml-churn",
        variant="AllTraffic",
        instance_type="ml.g4dn.xlarge",
        tags={"team": "growth"},
    )


def row_of(item: WantedScaling, live: LiveScaling) -> ScalingStatus:
    """At rest."""
    return in_place(seen(with_intent(item, None, serving_type=item.instance_type, now=NOW), live))


def in_aws(item: WantedScaling) -> LiveScaling:
    """What AWS has once everything was put."""
    policies = tuple(
        LivePolicy(name=policy.name, kind=policy.kind, configuration=policy.configuration, arn=f"{ARN}-{policy.name}")
        for policy in item.policies
    )
    alarm = None
    if item.alarm is not None:
        fires = (f"{ARN}-{WAKE_UP_POLICY}",)
        alarm = LiveWakeUpAlarm(name=item.alarm.name, configuration=watched(item.alarm.request), actions=fires)
    bounds = LiveTarget(minimum=item.spec.min_count, maximum=item.spec.max_count)
    return LiveScaling(target=bounds, policies=policies, wake_up_alarm=alarm)


def calls(steps: tuple[ScalingStep, ...]) -> list[str]:
    return [type(step).__name__ for step in steps]


def towards(item: WantedScaling, live: LiveScaling, asked: ScalingAsked) -> list[str]:
    return calls(steps_towards(item, live, asked, now=NOW))


def test_one_that_may_sleep_has_a_step_policy_beside_its_target_tracking() -> None:
    tracking, waking = wanted().policies
    assert (tracking.kind, waking.kind) == ("TargetTrackingScaling", "StepScaling")
    assert waking.configuration["AdjustmentType"] == "ChangeInCapacity"
    assert waking.configuration["StepAdjustments"] == [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}]


@pytest.mark.parametrize(
    ("fields", "sleeps"),
    [
        ({}, True),
        ({"minCount": 1}, False),
        ({"minCount": 1, "schedules": [NIGHT]}, True),
        ({"schedules": [{**NIGHT, "minCount": 1}]}, True),
        ({"backlogPerInstance": None}, True),
    ],
)
def test_what_may_come_to_zero_is_woken_whoever_brings_it_there(fields: dict[str, Any], *, sleeps: bool) -> None:
    found = wanted(**fields)
    assert (found.alarm is not None) is sleeps
    assert any(policy.name == WAKE_UP_POLICY for policy in found.policies) is sleeps


def test_the_alarm_watches_for_requests_that_no_instance_can_take() -> None:
    alarm = wanted().alarm
    assert alarm is not None
    assert (alarm.name, alarm.request["MetricName"]) == (ALARM, "HasBacklogWithoutCapacity")
    assert alarm.request["Dimensions"] == [{"Name": "EndpointName", "Value": "ml-churn"}]
    assert alarm.request["Tags"] == [{"Key": "team", "Value": "growth"}]


def test_botocore_takes_policy_and_alarm() -> None:
    session = get_session()
    alarm = wanted().alarm
    assert alarm is not None
    put_alarm: Any = session.get_service_model("cloudwatch").operation_model("PutMetricAlarm").input_shape
    report = ParamValidator().validate({**alarm.request, "AlarmActions": [ARN]}, put_alarm)
    assert not report.has_errors(), report.generate_report()
    assert put_alarm.members["AlarmName"].metadata["max"] >= len(ALARM) - len("ml-churn") + 63
    for member in ("ComparisonOperator", "Statistic"):
        assert alarm.request[member] in put_alarm.members[member].enum
    put_policy: Any = session.get_service_model("application-autoscaling").operation_model("PutScalingPolicy")
    step = put_policy.input_shape.members["StepScalingPolicyConfiguration"]
    (waking,) = [policy for policy in wanted().policies if policy.name == WAKE_UP_POLICY]
    report = ParamValidator().validate(waking.configuration, step)
    assert not report.has_errors(), report.generate_report()
    assert waking.configuration["AdjustmentType"] in step.members["AdjustmentType"].enum
    assert waking.configuration["MetricAggregationType"] in step.members["MetricAggregationType"].enum


@pytest.mark.parametrize("mode", [Mode.REAL_TIME, Mode.MULTI_MODEL, Mode.SERVERLESS])
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"minCount": 0}, "minCount"),
        ({"schedules": [NIGHT]}, "schedules[0].minCount"),
        ({"backlogPerInstance": 5}, "backlogPerInstance"),
    ],
)
def test_no_other_mode_sleeps_or_has_a_backlog(fields: dict[str, Any], field: str, mode: Mode) -> None:
    spec = Autoscaling.model_validate({"minCount": 1, "maxCount": 5, **fields})
    fault = scaling_fault(spec, field="spec.autoscaling", mode=mode)
    assert fault is not None
    assert fault.message.startswith(f"spec.autoscaling.{field}")
    assert scaling_fault(spec, field="spec.autoscaling", mode=Mode.ASYNC) is None


def test_the_alarm_is_put_after_the_policy_that_it_fires() -> None:
    item = wanted()
    steps = steps_towards(item, LiveScaling(), row_of(item, LiveScaling()).asked, now=NOW)
    assert calls(steps) == ["RegisterScalableTarget", "PutScalingPolicy", "PutScalingPolicy", "PutWakeUpAlarm"]
    policy, alarm = steps[2:]
    assert isinstance(policy, PutScalingPolicy)
    assert isinstance(alarm, PutWakeUpAlarm)
    assert (policy.kind, policy.name) == ("StepScaling", alarm.policy)


def _without(live: LiveScaling, name: str) -> LiveScaling:
    """As the AWS room shows it: no alarm is looked for whose policy is gone."""
    return replace(live, policies=tuple(each for each in live.policies if each.name != name), wake_up_alarm=None)


def _alarm(live: LiveScaling, **changes: Any) -> LiveScaling:
    alarm = live.wake_up_alarm
    assert alarm is not None
    watching = {**alarm.configuration, **changes.pop("watching", {})}
    return replace(live, wake_up_alarm=replace(alarm, configuration=watching, **changes))


LIVE = in_aws(wanted())


@pytest.mark.parametrize(
    ("live", "put"),
    [
        (LIVE, []),
        (replace(LIVE, wake_up_alarm=None), ["PutWakeUpAlarm"]),
        (_without(LIVE, WAKE_UP_POLICY), ["PutScalingPolicy", "PutWakeUpAlarm"]),
        (_alarm(LIVE, actions=()), ["PutWakeUpAlarm"]),
        (_alarm(LIVE, actions=("arn:of-the-policy-before",)), ["PutWakeUpAlarm"]),
        (_alarm(LIVE, watching={"Threshold": 5.0}), ["PutWakeUpAlarm"]),
        (_alarm(LIVE, watching={"Dimensions": []}), ["PutWakeUpAlarm"]),
    ],
    ids=["at rest", "deleted", "policy deleted", "switched off", "fires another", "other threshold", "other endpoint"],
)
def test_what_somebody_did_to_the_alarm_is_put_right(live: LiveScaling, put: list[str]) -> None:
    item = wanted()
    assert towards(item, live, row_of(item, LIVE).asked) == put


def test_one_that_no_longer_sleeps_loses_the_alarm_before_its_policy() -> None:
    asleep, awake = wanted(), wanted(minCount=1)
    row = with_intent(awake, row_of(asleep, LIVE), serving_type=awake.instance_type, now=NOW)
    assert row.asked.wake_up_alarm == ALARM, "what may be there is remembered until it is removed"
    assert towards(awake, LIVE, row.asked) == ["RegisterScalableTarget", "DeleteWakeUpAlarm", "DeleteScalingPolicy"]


def test_whatever_ends_autoscaling_ends_the_alarm_first() -> None:
    rows = [row_of(wanted(), LIVE)]
    both = ["DeleteWakeUpAlarm", "DeregisterScalableTarget"]
    assert calls(deregister_before_deletion(rows, endpoint_name="ml-churn")) == both
    other_type = deregister_before_update(rows, endpoint_name="ml-churn", instance_types={"AllTraffic": "ml.g5.xlarge"})
    assert calls(other_type) == both
    same_type = deregister_before_update(
        rows, endpoint_name="ml-churn", instance_types={"AllTraffic": "ml.g4dn.xlarge"}
    )
    assert calls(same_type) == []


def test_an_alarm_that_was_only_about_to_be_made_is_removed_all_the_same() -> None:
    """The operator may have died between making it and saying so."""
    intent = with_intent(wanted(), None, serving_type="ml.g4dn.xlarge", now=NOW)
    assert calls(deregister_before_deletion([intent], endpoint_name="ml-churn")) == ["DeleteWakeUpAlarm"]
    assert calls(alarms_left([intent], endpoint_name="ml-churn")) == ["DeleteWakeUpAlarm"]


def test_one_that_never_sleeps_keeps_its_digests_and_has_no_alarm_to_remove() -> None:
    """Rows of earlier releases say the same: an upgraded operator writes nothing."""
    item = wanted(minCount=1)
    assert item.policies_digest == "d497e14d5ff9"
    assert alarms_left([row_of(item, in_aws(item))], endpoint_name="ml-churn") == ()
