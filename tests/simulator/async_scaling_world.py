"""Words for tests of asynchronous endpoints that are scaled: the two policies that take one to zero and wake it.

They are those of "Autoscale an asynchronous endpoint" in the SageMaker Developer Guide.
"""

from tests.simulator.monitored_world import TARGET, MonitoredWorld

ON_ENDPOINT = [{"Name": "EndpointName", "Value": "e1"}]


def given_backlog_tracking(watched: MonitoredWorld, *, most: int) -> None:
    """A target of 0 to `most` instances that keeps five requests for each."""
    watched.autoscaling.register_scalable_target(**TARGET, MinCapacity=0, MaxCapacity=most)
    watched.autoscaling.put_scaling_policy(
        **TARGET,
        PolicyName="backlog",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 5.0,
            "CustomizedMetricSpecification": {
                "MetricName": "ApproximateBacklogSizePerInstance",
                "Namespace": "AWS/SageMaker",
                "Dimensions": ON_ENDPOINT,
                "Statistic": "Average",
            },
            "ScaleInCooldown": 120,
            "ScaleOutCooldown": 120,
        },
    )


def given_wake_up(watched: MonitoredWorld) -> None:
    """A step policy that adds an instance, and the alarm that calls it."""
    arn = watched.autoscaling.put_scaling_policy(
        **TARGET,
        PolicyName="wake-up",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "MetricAggregationType": "Average",
            "Cooldown": 300,
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        },
    )["PolicyARN"]
    watched.given_alarm(
        "backlog-without-capacity",
        Namespace="AWS/SageMaker",
        MetricName="HasBacklogWithoutCapacity",
        Dimensions=ON_ENDPOINT,
        Statistic="Average",
        EvaluationPeriods=2,
        DatapointsToAlarm=2,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="missing",
        AlarmActions=[arn],
    )


def counts(watched: MonitoredWorld) -> dict[str, int]:
    [shown] = watched.world.describe()["ProductionVariants"]
    return {"current": shown["CurrentInstanceCount"], "desired": shown["DesiredInstanceCount"]}
