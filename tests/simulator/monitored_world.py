"""More words for tests of CloudWatch and Application Auto Scaling: minutes of simulated time, metrics, targets."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from tests.simulator.world import World

RESOURCE = "endpoint/e1/variant/AllTraffic"
TARGET = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": RESOURCE,
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
OF_E1 = {"EndpointName": "e1", "VariantName": "AllTraffic"}


class MonitoredWorld:
    """A world with clients for CloudWatch and Application Auto Scaling."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cloudwatch: Any = world.client("cloudwatch")
        self.autoscaling: Any = world.client("application-autoscaling")

    def close(self) -> None:
        self.cloudwatch.close()
        self.autoscaling.close()

    def now(self) -> datetime:
        return datetime.fromisoformat(self.world.do("GET", "/clock")["time"])

    def to_next_minute(self) -> None:
        """Let time pass until a second after the next whole minute."""
        now = self.now()
        self.world.advance(61 - now.second - now.microsecond / 1e6)

    def emit(self, *values: float, metric: str = "InvocationsPerInstance", **members: Any) -> None:
        """Put datapoints as SageMaker emits them, by default of endpoint e1."""
        document = {"namespace": "AWS/SageMaker", "metricName": metric, "dimensions": OF_E1, "values": list(values)}
        self.world.do("POST", "/metrics", document | members)

    def minutes(self, *values: float | None, metric: str = "InvocationsPerInstance") -> None:
        """Let one minute pass for each value, which is emitted in it; None emits nothing."""
        for value in values:
            if value is not None:
                self.emit(value, metric=metric)
            self.to_next_minute()

    def statistics(self, name: str, stat: str, **dimensions: str) -> list[float]:
        """Return a statistic of a metric of AWS/SageMaker over the last hour, by minutes, oldest first."""
        metric = {
            "Namespace": "AWS/SageMaker",
            "MetricName": name,
            "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        }
        query = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}}
        values: list[float] = self.data(query)["m"]
        return values

    def data(self, *queries: dict[str, Any], **members: Any) -> dict[str, list[float]]:
        """Return the values of the queries over the last hour and the next minute, oldest first."""
        now = self.now()
        defaults = {"StartTime": now - timedelta(hours=1), "EndTime": now + timedelta(minutes=1)}
        answer = self.cloudwatch.get_metric_data(
            **(defaults | {"MetricDataQueries": list(queries), "ScanBy": "TimestampAscending"} | members)
        )
        return {result["Id"]: result["Values"] for result in answer["MetricDataResults"]}

    def alarm(self, name: str = "a1") -> dict[str, Any]:
        [alarm] = self.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return dict(alarm)

    def given_alarm(self, name: str = "a1", **members: Any) -> None:
        """An alarm on the sum of M1 in namespace Test being above 10 in one minute; a member of None is left out."""
        defaults = {
            "AlarmName": name,
            "Namespace": "Test",
            "MetricName": "M1",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 10.0,
            "ComparisonOperator": "GreaterThanThreshold",
        }
        asked = {name: value for name, value in (defaults | members).items() if value is not None}
        self.cloudwatch.put_metric_alarm(**asked)

    def given_target(self, minimum: int = 1, maximum: int = 5, **members: Any) -> str:
        """A registered target for the endpoint e1, which is made."""
        self.world.given_endpoint()
        arn: str = self.autoscaling.register_scalable_target(
            **TARGET, MinCapacity=minimum, MaxCapacity=maximum, **members
        )["ScalableTargetARN"]
        return arn

    def given_policy(self, name: str = "p1", *, target: float = 10.0, **configuration: Any) -> str:
        """A target tracking policy on invocations per instance."""
        metric = {"PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}}
        if "CustomizedMetricSpecification" in configuration:
            metric = {}
        arn: str = self.autoscaling.put_scaling_policy(
            **TARGET,
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={"TargetValue": target, **metric, **configuration},
        )["PolicyARN"]
        return arn

    def limits(self) -> tuple[int, int]:
        [target] = self.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
        return target["MinCapacity"], target["MaxCapacity"]

    def desired(self) -> int:
        """How many instances the endpoint is to have."""
        count: int = self.world.describe()["ProductionVariants"][0]["DesiredInstanceCount"]
        return count

    def given_count(self, count: int) -> None:
        """Bring the endpoint to the count, as a client does."""
        self.world.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="e1",
            DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": count}],
        )
        self.world.finish("e1", "InService", seconds=130)

    def activities(self) -> list[dict[str, Any]]:
        """All scaling activities, newest first."""
        found: list[dict[str, Any]] = self.autoscaling.describe_scaling_activities(ServiceNamespace="sagemaker")[
            "ScalingActivities"
        ]
        return found


@contextmanager
def monitored(world: World) -> Iterator[MonitoredWorld]:
    """Give a monitored world at the beginning of a simulated minute."""
    words = MonitoredWorld(world)
    words.to_next_minute()
    yield words
    words.close()
