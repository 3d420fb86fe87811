"""Application Auto Scaling of provisioned concurrency."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.monitored_world import OF_E1, RESOURCE, MonitoredWorld, monitored
from tests.simulator.serverless_world import serverless
from tests.simulator.world import World, refused

TARGET = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": RESOURCE,
    "ScalableDimension": "sagemaker:variant:DesiredProvisionedConcurrency",
}
UTILIZATION = "ServerlessProvisionedConcurrencyUtilization"


@pytest.fixture
def there(world: World) -> Iterator[MonitoredWorld]:
    """Endpoint e1 with two of at most ten requests provisioned for, at the beginning of a minute."""
    with monitored(world) as words:
        world.given_model()
        world.given_config(ProductionVariants=[serverless(most=10, ProvisionedConcurrency=2)])
        world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
        world.finish("e1", "InService")
        words.to_next_minute()
        yield words


def register(there: MonitoredWorld, minimum: int = 1, maximum: int = 10, **members: str) -> None:
    there.autoscaling.register_scalable_target(**{**TARGET, **members}, MinCapacity=minimum, MaxCapacity=maximum)


def track(there: MonitoredWorld, target: float = 0.5, metric: str = "") -> dict[str, Any]:
    predefined = metric or "SageMakerVariantProvisionedConcurrencyUtilization"
    answer: dict[str, Any] = there.autoscaling.put_scaling_policy(
        **TARGET,
        PolicyName="p1",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": target,
            "PredefinedMetricSpecification": {"PredefinedMetricType": predefined},
        },
    )
    return answer


def provisioned(there: MonitoredWorld) -> int:
    [shown] = there.world.describe()["ProductionVariants"]
    count: int = shown["DesiredServerlessConfig"]["ProvisionedConcurrency"]
    return count


def test_a_target_within_its_limits_is_left_alone(there: MonitoredWorld) -> None:
    register(there)
    [target] = there.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert (target["ScalableDimension"], target["MinCapacity"]) == (TARGET["ScalableDimension"], 1)
    assert (provisioned(there), there.world.status("e1"), there.activities()) == (2, "InService", [])


def test_a_target_outside_its_limits_is_brought_within_them_in_place(there: MonitoredWorld) -> None:
    register(there, 4, 8)
    assert (provisioned(there), there.world.status("e1")) == (4, "Updating")
    there.world.finish("e1", "InService", seconds=130)
    [activity] = there.activities()
    assert (activity["StatusCode"], activity["Description"]) == (
        "Successful",
        "Setting desired provisioned concurrency to 4.",
    )


@pytest.mark.parametrize(("minimum", "maximum"), [(0, 5), (1, 201)])
def test_limits_outside_1_to_200_are_refused(there: MonitoredWorld, minimum: int, maximum: int) -> None:
    with refused("ValidationException", "must be from 1 to 200"):
        register(there, minimum, maximum)


def test_more_than_max_concurrency_fails_the_activity_and_says_why(there: MonitoredWorld) -> None:
    register(there, 11, 20)
    [activity] = there.activities()
    assert activity["StatusCode"] == "Failed"
    assert "ProvisionedConcurrency (11) of variant AllTraffic must be less than" in activity["StatusMessage"]


def test_only_what_a_variant_has_can_be_scaled(there: MonitoredWorld) -> None:
    with refused("ValidationException", "No variant AllTraffic", "runs on instances"):
        register(there, ScalableDimension="sagemaker:variant:DesiredInstanceCount")
    there.world.given_config("c2", ProductionVariants=[serverless()])
    there.world.sagemaker.create_endpoint(EndpointName="on-demand", EndpointConfigName="c2")
    with refused("ValidationException", "No variant AllTraffic", "has provisioned concurrency"):
        register(there, ResourceId="endpoint/on-demand/variant/AllTraffic")


def test_the_alarms_of_a_policy_look_at_the_utilization(there: MonitoredWorld) -> None:
    register(there)
    alarms = [alarm["AlarmName"] for alarm in track(there, 0.5)["Alarms"]]
    high, low = there.cloudwatch.describe_alarms(AlarmNames=alarms)["MetricAlarms"]
    assert (high["MetricName"], high["Threshold"], high["Period"]) == (UTILIZATION, 0.5, 60)
    assert (low["MetricName"], low["Threshold"]) == (UTILIZATION, 0.45)
    assert {entry["Name"]: entry["Value"] for entry in high["Dimensions"]} == OF_E1


def test_metrics_of_instances_are_refused(there: MonitoredWorld) -> None:
    register(there)
    with refused("ValidationException", "is not a metric of sagemaker:variant:DesiredProvisionedConcurrency"):
        track(there, metric="SageMakerVariantInvocationsPerInstance")


def test_three_minutes_of_high_utilization_scale_out(there: MonitoredWorld) -> None:
    register(there)
    track(there, 0.5)
    there.minutes(1.0, 1.0, metric=UTILIZATION)
    assert provisioned(there) == 2
    there.minutes(1.0, metric=UTILIZATION)
    assert (provisioned(there), there.world.status("e1")) == (4, "Updating")


def test_fifteen_minutes_of_low_utilization_scale_in(there: MonitoredWorld) -> None:
    register(there)
    track(there, 0.5)
    there.minutes(*[0.2] * 14, metric=UTILIZATION)
    assert provisioned(there) == 2
    there.minutes(0.2, metric=UTILIZATION)
    assert provisioned(there) == 1


def test_a_schedule_sets_the_least(there: MonitoredWorld) -> None:
    register(there)
    there.autoscaling.put_scheduled_action(
        **TARGET, ScheduledActionName="s1", Schedule="rate(1 hour)", ScalableTargetAction={"MinCapacity": 6}
    )
    there.world.advance(3700)
    assert provisioned(there) == 6


def test_an_update_to_instances_waits_until_the_target_is_gone(there: MonitoredWorld) -> None:
    register(there)
    there.world.given_config("c2")
    with refused("ValidationException", "must be deregistered as a scalable target"):
        there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    there.autoscaling.deregister_scalable_target(**TARGET)
    there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")


def test_an_update_brings_the_provisioned_concurrency_of_its_config_whatever_was_scaled(there: MonitoredWorld) -> None:
    register(there, 4, 8)
    there.world.finish("e1", "InService", seconds=130)
    there.world.given_config("c2", ProductionVariants=[serverless(most=10, ProvisionedConcurrency=3)])
    there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2", RetainAllVariantProperties=True)
    there.world.finish("e1", "InService")
    assert provisioned(there) == 3
    assert there.limits() == (4, 8)
    register(there, 4, 8)  # again: this is what brings it within the limits
    assert provisioned(there) == 4
