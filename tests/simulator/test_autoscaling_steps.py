"""Step scaling: the user's own alarm calls a policy."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.monitored_world import TARGET, MonitoredWorld, monitored
from tests.simulator.world import World, refused


@pytest.fixture
def there(world: World) -> Iterator[MonitoredWorld]:
    """An endpoint of two instances, a target of 1 to 9."""
    with monitored(world) as words:
        words.given_target(1, 9)
        words.given_count(2)
        words.to_next_minute()
        yield words


def step(adjustment: int, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    bounds = {"MetricIntervalLowerBound": low, "MetricIntervalUpperBound": high, "ScalingAdjustment": adjustment}
    return {name: value for name, value in bounds.items() if value is not None}


def put_policy(there: MonitoredWorld, *steps: dict[str, Any], name: str = "s1", **configuration: Any) -> str:
    arn: str = there.autoscaling.put_scaling_policy(
        **TARGET,
        PolicyName=name,
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": list(steps),
            **configuration,
        },
    )["PolicyARN"]
    return arn


def watch(there: MonitoredWorld, arn: str, **members: Any) -> None:
    """An alarm on M1 above 10 that calls the policy."""
    there.given_alarm(AlarmActions=[arn], **members)


def minute(there: MonitoredWorld, value: float) -> None:
    there.cloudwatch.put_metric_data(Namespace="Test", MetricData=[{"MetricName": "M1", "Value": value}])
    there.to_next_minute()


@pytest.mark.parametrize(("value", "count"), [(15, 3), (20, 5), (45, 5), (60, 6)])
def test_the_step_that_the_distance_from_the_threshold_falls_into_is_taken(
    there: MonitoredWorld, value: float, count: int
) -> None:
    watch(there, put_policy(there, step(1, 0, 10), step(3, 10, 50), step(4, 50)))
    minute(there, value)
    assert there.desired() == count


def test_below_the_threshold_the_count_shrinks(there: MonitoredWorld) -> None:
    there.given_count(6)
    arn = put_policy(there, step(-3, None, -5), step(-1, -5, 0))
    watch(there, arn, ComparisonOperator="LessThanThreshold")
    minute(there, 7)
    assert there.desired() == 5


@pytest.mark.parametrize(
    ("configuration", "adjustment", "count"),
    [
        ({"AdjustmentType": "ExactCapacity"}, 7, 7),
        ({"AdjustmentType": "PercentChangeInCapacity"}, 100, 4),
        ({"AdjustmentType": "PercentChangeInCapacity"}, 10, 3),
        ({"AdjustmentType": "PercentChangeInCapacity", "MinAdjustmentMagnitude": 4}, 10, 6),
        ({}, 100, 9),
    ],
)
def test_each_kind_of_adjustment(
    there: MonitoredWorld, configuration: dict[str, Any], adjustment: int, count: int
) -> None:
    watch(there, put_policy(there, step(adjustment, 0), **configuration))
    minute(there, 11)
    assert there.desired() == count


def test_within_the_cooldown_what_was_added_counts(there: MonitoredWorld) -> None:
    watch(there, put_policy(there, step(1, 0, 10), step(3, 10), Cooldown=900))
    minute(there, 15)
    assert there.desired() == 3
    for _ in range(4):
        minute(there, 15)
    assert (there.desired(), there.world.status("e1")) == (3, "InService")
    minute(there, 30)
    assert there.desired() == 5


def test_after_the_cooldown_it_is_taken_again_for_as_long_as_the_alarm_lasts(there: MonitoredWorld) -> None:
    watch(there, put_policy(there, step(1, 0), Cooldown=60))
    for _ in range(5):
        minute(there, 15)
    assert there.desired() == 4


def test_the_policy_shows_the_alarms_that_call_it(there: MonitoredWorld) -> None:
    watch(there, put_policy(there, step(1, 0)))
    [policy] = there.autoscaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    assert [alarm["AlarmName"] for alarm in policy["Alarms"]] == ["a1"]
    there.autoscaling.delete_scaling_policy(**TARGET, PolicyName="s1")
    assert there.alarm()["AlarmName"] == "a1"


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ([], "At least one step adjustment"),
        ([step(1, 0, 5), step(2, 6)], "neither gaps nor overlaps"),
        ([step(1, 0, 5), step(2, 4)], "neither gaps nor overlaps"),
        ([step(1, 5, 5)], "below its upper bound"),
        ([step(1, 0, 5)], "A positive upper bound needs"),
        ([step(-1, -5, 0)], "A negative lower bound needs"),
    ],
)
def test_steps_that_make_no_sense_are_refused(
    there: MonitoredWorld, steps: list[dict[str, Any]], sentence: str
) -> None:
    with refused("ValidationException", sentence):
        put_policy(there, *steps)
