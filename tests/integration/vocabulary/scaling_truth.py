"""What Application Auto Scaling really has for one endpoint, and the load that makes it act."""

from typing import TYPE_CHECKING, Any

from devworld.environment import ACCOUNT, REGION
from tests.integration.vocabulary.specs import Spec

if TYPE_CHECKING:
    from tests.integration.vocabulary.endpoint import Endpoint
    from tests.integration.vocabulary.scene import Scene

VARIANT = "AllTraffic"
DIMENSION = "sagemaker:variant:DesiredInstanceCount"
SERVICE = "application-autoscaling"
POLICY = "endpoint-operator-invocations-per-instance"


def autoscaling(low: int, high: int, **members: object) -> Spec:
    """Between so many instances; 100 invocations an instance and minute unless `members` say otherwise."""
    return {"autoscaling": {"minCount": low, "maxCount": high, "invocationsPerInstance": 100, **members}}


def pages_of_scaling(scene: "Scene") -> dict[str, int]:
    """Calls that a list of all targets, policies or schedules takes, for what all tests of the worker left."""
    client = scene.boto3(SERVICE)
    lists = {
        "DescribeScalableTargets": "describe_scalable_targets",
        "DescribeScalingPolicies": "describe_scaling_policies",
        "DescribeScheduledActions": "describe_scheduled_actions",
    }
    return {
        name: sum(1 for _ in client.get_paginator(method).paginate(ServiceNamespace="sagemaker"))
        for name, method in lists.items()
    }


class ScalingTruth:
    """The simulator's own state, whatever faults make its answers say; and the user's own calls."""

    def __init__(self, scene: "Scene", endpoint: "Endpoint") -> None:
        self._scene = scene
        self._name = endpoint.sagemaker_name

    def bounds(self, variant: str = VARIANT) -> tuple[int, int] | None:
        """Min and max of the scalable target; None when nothing is registered."""
        found = self._of("scalableTargets", variant)
        return (found[0]["MinCapacity"], found[0]["MaxCapacity"]) if found else None

    def policies(self, variant: str = VARIANT) -> dict[str, dict[str, Any]]:
        """By name, as DescribeScalingPolicies answers them."""
        return {each["PolicyName"]: each for each in self._of("scalingPolicies", variant)}

    def target_value(self, variant: str = VARIANT, *, policy: str = POLICY) -> float:
        configuration = self.policies(variant)[policy]["TargetTrackingScalingPolicyConfiguration"]
        return float(configuration["TargetValue"])

    def schedules(self, variant: str = VARIANT) -> dict[str, dict[str, Any]]:
        """By name, as DescribeScheduledActions answers them."""
        return {each["ScheduledActionName"]: each for each in self._of("scheduledActions", variant)}

    def count(self, variant: str = VARIANT) -> int:
        """Desired instances, of a shadow too."""
        live = self._scene.sagemaker.endpoint(self._name) or {}
        fleet = [*live.get("ProductionVariants", []), *live.get("ShadowProductionVariants", [])]
        return next(int(each["DesiredInstanceCount"]) for each in fleet if each["VariantName"] == variant)

    def comes_to(self, low: int, high: int, *, variant: str = VARIANT) -> None:
        """Waits until these are min and max."""
        self._scene.until(lambda: self.bounds(variant) == (low, high), f"{variant} scaling from {low} to {high}")

    def has(self, instances: int, *, variant: str = VARIANT) -> None:
        """Waits until so many instances are wanted and the endpoint is at rest."""

        def reached() -> bool:
            live = self._scene.sagemaker.endpoint(self._name) or {}
            return live.get("EndpointStatus") == "InService" and self.count(variant) == instances

        self._scene.until(reached, f"{self._name} at rest with {instances} instances of {variant}")

    def asks_no_more(self, *, variant: str = VARIANT) -> None:
        """Waits until no alarm of its policies rings: one that rings on scales again when the cooldown is over."""
        cloudwatch, names = self._scene.boto3("cloudwatch"), f"TargetTracking-{self.resource_id(variant)}-"

        def quiet() -> bool:
            return not cloudwatch.describe_alarms(AlarmNamePrefix=names, StateValue="ALARM")["MetricAlarms"]

        self._scene.until(quiet, f"no alarm of {variant} rings")

    def load(self, invocations: float, *, variant: str = VARIANT) -> None:
        """So many invocations an instance in each of the next four minutes."""
        with self._scene.unhurried():  # else minutes pass between two of these on a slow machine, and nobody called
            for _ in range(8):
                self._scene.simulator.put_metric(
                    namespace="AWS/SageMaker",
                    metricName="InvocationsPerInstance",
                    dimensions={"EndpointName": self._name, "VariantName": variant},
                    values=[invocations / 2],
                    unit="None",
                )
                self._scene.simulator.advance(seconds=30)

    def by_hand(self, operation: str, *, variant: str = VARIANT, **parameters: object) -> Any:
        """As the user, on this endpoint's target: put_scaling_policy, deregister_scalable_target, …"""
        return getattr(self._scene.boto3(SERVICE), operation)(
            ServiceNamespace="sagemaker",
            ResourceId=self.resource_id(variant),
            ScalableDimension=DIMENSION,
            **parameters,
        )

    def resource_id(self, variant: str = VARIANT) -> str:
        return f"endpoint/{self._name}/variant/{variant}"

    def _of(self, kind: str, variant: str) -> list[dict[str, Any]]:
        estates = self._scene.simulator.state()["applicationAutoscaling"]
        rows = estates.get(f"{ACCOUNT}/{REGION}", {}).get(kind, [])
        return [row for row in rows if row["ResourceId"] == self.resource_id(variant)]
