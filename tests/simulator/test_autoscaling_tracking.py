"""Target tracking: a policy's own two alarms, and what they really do to the endpoint."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.monitored_world import OF_E1, RESOURCE, TARGET, MonitoredWorld, monitored
from tests.simulator.world import World, refused

QUEUE = {
    "Namespace": "AWS/SageMaker",
    "MetricName": "Queue",
    "Dimensions": [{"Name": name, "Value": value} for name, value in OF_E1.items()],
    "Statistic": "Average",
}


@pytest.fixture
def there(world: World) -> Iterator[MonitoredWorld]:
    """An endpoint of one instance, a target of 1 to 5."""
    with monitored(world) as words:
        words.given_target(1, 5)
        words.to_next_minute()
        yield words


def alarm_of(there: MonitoredWorld, side: str) -> dict[str, Any]:
    prefix = f"TargetTracking-{RESOURCE}-Alarm{side}-"
    [alarm] = there.cloudwatch.describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]
    return dict(alarm)


def test_a_policy_makes_the_two_alarms_that_aws_makes(there: MonitoredWorld) -> None:
    arn = there.given_policy(target=10.0)
    high, low = alarm_of(there, "High"), alarm_of(there, "Low")
    assert (high["Threshold"], high["EvaluationPeriods"], high["Period"], high["ComparisonOperator"]) == (
        10.0,
        3,
        60,
        "GreaterThanThreshold",
    )
    assert (low["Threshold"], low["EvaluationPeriods"], low["Period"], low["ComparisonOperator"]) == (
        9.0,
        15,
        60,
        "LessThanThreshold",
    )
    assert high["AlarmActions"] == low["AlarmActions"] == [arn]
    assert (high["Namespace"], high["MetricName"], high["Statistic"]) == (
        "AWS/SageMaker",
        "InvocationsPerInstance",
        "Sum",
    )
    assert {entry["Name"]: entry["Value"] for entry in high["Dimensions"]} == OF_E1
    [policy] = there.autoscaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    assert [alarm["AlarmName"] for alarm in policy["Alarms"]] == [high["AlarmName"], low["AlarmName"]]


def test_real_invocations_scale_out(there: MonitoredWorld) -> None:
    there.given_policy(target=10.0)
    for _ in range(3):
        for _ in range(25):
            there.world.runtime.invoke_endpoint(EndpointName="e1", Body=b"x")
        there.to_next_minute()
    assert (there.desired(), there.world.status("e1")) == (3, "Updating")
    there.world.finish("e1", "InService", seconds=130)
    [activity] = there.activities()
    assert activity["StatusCode"] == "Successful"
    assert activity["Cause"].endswith("in state ALARM triggered policy p1")
    assert "AlarmHigh" in activity["Cause"]


def test_two_minutes_above_the_target_are_not_enough(there: MonitoredWorld) -> None:
    there.given_policy()
    there.minutes(30, 30)
    assert there.desired() == 1
    there.minutes(30)
    assert there.desired() == 3


def test_the_maximum_is_never_passed(there: MonitoredWorld) -> None:
    there.given_policy()
    there.minutes(900, 900, 900)
    assert there.desired() == 5


def test_within_the_cooldown_only_a_larger_scale_out_happens(there: MonitoredWorld) -> None:
    there.given_policy(ScaleOutCooldown=600)
    there.minutes(20, 20, 20)
    assert there.desired() == 2
    there.minutes(20, 20, 20, 20)
    assert (there.desired(), there.world.status("e1")) == (2, "InService")
    there.minutes(40)
    assert there.desired() == 4


def test_after_the_cooldown_it_goes_on_from_where_it_is(there: MonitoredWorld) -> None:
    there.given_policy(ScaleOutCooldown=60)
    there.minutes(20, 20, 20)
    assert there.desired() == 2
    there.minutes(20, 20, 20, 20)
    assert there.desired() == 4


def test_it_scales_in_after_fifteen_low_minutes_and_not_below_the_minimum(there: MonitoredWorld) -> None:
    there.given_count(5)
    there.given_policy()
    there.to_next_minute()
    there.minutes(*[2] * 14)
    assert there.desired() == 5
    there.minutes(2)
    assert there.desired() == 1


def test_the_highest_of_the_low_minutes_says_how_far_it_scales_in(there: MonitoredWorld) -> None:
    there.given_count(5)
    there.given_policy()
    there.to_next_minute()
    there.minutes(2, 2, 6, *[2] * 12)
    assert there.desired() == 3


def test_a_policy_that_has_not_seen_enough_holds_the_others_back(there: MonitoredWorld) -> None:
    there.given_count(5)
    there.given_policy("one")
    there.given_policy("two", target=100.0, CustomizedMetricSpecification=QUEUE)
    there.to_next_minute()
    there.minutes(*[2] * 13)
    for _ in range(3):
        there.emit(20, metric="Queue")
        there.minutes(2)
    assert there.desired() == 5


def test_the_scale_in_cooldown_is_kept(there: MonitoredWorld) -> None:
    there.given_count(5)
    there.given_policy(ScaleInCooldown=1200)
    there.to_next_minute()
    there.minutes(*[5] * 15)
    assert there.desired() == 3
    there.minutes(*[2] * 18)
    assert there.desired() == 3
    there.minutes(*[2] * 8)
    assert there.desired() == 1


def test_no_traffic_at_all_does_not_scale_in(there: MonitoredWorld) -> None:
    there.given_count(3)
    there.given_policy()
    there.minutes(*[None] * 20)
    assert (there.desired(), alarm_of(there, "Low")["StateValue"]) == (3, "INSUFFICIENT_DATA")


def test_disabled_scale_in_never_scales_in(there: MonitoredWorld) -> None:
    there.given_count(3)
    there.given_policy(DisableScaleIn=True)
    there.minutes(*[1] * 18)
    assert (there.desired(), alarm_of(there, "Low")["StateValue"]) == (3, "ALARM")


def test_it_scales_in_only_when_every_policy_would_and_then_as_little_as_any(there: MonitoredWorld) -> None:
    there.given_count(5)
    there.given_policy("one")
    there.given_policy("two", target=100.0, CustomizedMetricSpecification=QUEUE)
    there.to_next_minute()
    for _ in range(16):
        there.emit(95, metric="Queue")
        there.minutes(2)
    assert there.desired() == 5
    for _ in range(16):
        there.emit(60, metric="Queue")
        there.minutes(2)
    assert there.desired() == 3


def test_nothing_is_done_while_the_endpoint_changes(there: MonitoredWorld) -> None:
    there.given_policy()
    there.minutes(30, 30)
    there.world.given_config("c2")
    there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2", RetainAllVariantProperties=True)
    there.minutes(30)
    assert (there.desired(), alarm_of(there, "High")["StateValue"]) == (1, "ALARM")
    there.world.finish("e1", "InService", seconds=400)
    there.minutes(30, 30, 30)
    assert there.desired() == 3


def test_suspended_scaling_out_does_nothing(there: MonitoredWorld) -> None:
    there.given_policy()
    there.autoscaling.register_scalable_target(**TARGET, SuspendedState={"DynamicScalingOutSuspended": True})
    there.minutes(30, 30, 30)
    assert there.desired() == 1
    there.autoscaling.register_scalable_target(**TARGET, SuspendedState={"DynamicScalingOutSuspended": False})
    there.minutes(30)
    assert there.desired() == 3


def test_metric_math_can_be_tracked(there: MonitoredWorld) -> None:
    metric = {
        "Namespace": "AWS/SageMaker",
        "MetricName": "Busy",
        "Dimensions": [{"Name": name, "Value": value} for name, value in OF_E1.items()],
    }
    queries = [
        {"Id": "m1", "MetricStat": {"Metric": metric, "Stat": "Sum"}, "ReturnData": False},
        {"Id": "e1", "Expression": "m1 * 100", "ReturnData": True},
    ]
    there.given_policy(target=50.0, CustomizedMetricSpecification={"Metrics": queries})
    there.minutes(1, 1, 1, metric="Busy")
    assert there.desired() == 2


def test_the_high_resolution_metric_is_tracked_within_a_minute(there: MonitoredWorld) -> None:
    there.autoscaling.put_scaling_policy(
        **TARGET,
        PolicyName="p1",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 2.0,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantConcurrentRequestsPerModelHighResolution"
            },
        },
    )
    for _ in range(3):
        there.emit(6, metric="ConcurrentRequestsPerModel")
        there.world.advance(10)
    assert there.desired() == 3


def test_an_edit_of_a_policy_keeps_its_arn_and_alarms(there: MonitoredWorld) -> None:
    arn = there.given_policy(target=10.0)
    name = alarm_of(there, "High")["AlarmName"]
    assert there.given_policy(target=20.0) == arn
    alarm = alarm_of(there, "High")
    assert (alarm["AlarmName"], alarm["Threshold"]) == (name, 20.0)


def test_deleting_a_policy_removes_its_alarms(there: MonitoredWorld) -> None:
    there.given_policy()
    there.given_alarm("mine")
    there.autoscaling.delete_scaling_policy(**TARGET, PolicyName="p1")
    assert [alarm["AlarmName"] for alarm in there.cloudwatch.describe_alarms()["MetricAlarms"]] == ["mine"]


@pytest.mark.parametrize(
    ("configuration", "code", "sentence"),
    [
        ({"TargetValue": 0.0}, "ValidationException", "TargetValue must be greater than 0"),
        ({"ScaleInCooldown": -1}, "ValidationException", "ScaleInCooldown"),
        ({"PredefinedMetricSpecification": None}, "ValidationException", "Exactly one of"),
        (
            {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}},
            "ValidationException",
            "is not a metric of sagemaker:variant:DesiredInstanceCount",
        ),
        (
            {
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "SageMakerInferenceComponentInvocationsPerCopy"
                }
            },
            "NotImplemented",
            "inference components",
        ),
    ],
)
def test_a_policy_that_cannot_be_is_refused(
    there: MonitoredWorld, configuration: dict[str, Any], code: str, sentence: str
) -> None:
    defaults: dict[str, Any] = {
        "TargetValue": 1.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
    }
    asked = {name: value for name, value in (defaults | configuration).items() if value is not None}
    with refused(code, sentence):
        there.autoscaling.put_scaling_policy(
            **TARGET,
            PolicyName="p1",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=asked,
        )


def test_one_metric_is_tracked_by_one_policy_only(there: MonitoredWorld) -> None:
    there.given_policy("one")
    with refused("ValidationException", "Only one TargetTrackingScaling policy for a given metric specification"):
        there.given_policy("two", target=99.0)


def test_a_predictive_policy_is_a_501(there: MonitoredWorld) -> None:
    with refused("NotImplemented", "PredictiveScaling", status=501):
        there.autoscaling.put_scaling_policy(**TARGET, PolicyName="p1", PolicyType="PredictiveScaling")
