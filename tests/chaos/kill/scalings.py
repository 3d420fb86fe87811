"""What spec.autoscaling of a row asks for: bounds, one metric, one schedule. No two of a mode share a member."""

import dataclasses
from typing import Any

Document = dict[str, Any]

INSTANCES = "sagemaker:variant:DesiredInstanceCount"
PROVISIONED = "sagemaker:variant:DesiredProvisionedConcurrency"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scaling:
    """spec.autoscaling with a policy and a schedule. The schedule never runs: the bounds stay those of the spec."""

    minimum: int
    """0: it wakes from there by a policy and an alarm of their own."""
    maximum: int
    field: str
    """The member of spec.autoscaling that asks for the metric."""
    metric: str
    """Its name: Application Auto Scaling's of a predefined one, CloudWatch's of another."""
    target: float
    schedule: str
    at: str
    dimension: str = INSTANCES
    """What scales."""
    scales_in: bool = True
    """Whether it goes to its minimum when nothing is asked."""

    @property
    def sleeps(self) -> bool:
        """Whether it comes to zero when nothing is asked."""
        return self.minimum == 0 and self.scales_in

    def spec(self) -> Document:
        schedule = {"name": self.schedule, "schedule": self.at, "minCount": 1, "maxCount": self.maximum}
        return {
            "minCount": self.minimum,
            "maxCount": self.maximum,
            self.field: self.target,
            "schedules": [schedule],
            **({} if self.scales_in else {"disableScaleIn": True}),
        }


BY_INVOCATIONS = Scaling(
    minimum=1,
    maximum=3,
    field="invocationsPerInstance",
    metric="SageMakerVariantInvocationsPerInstance",
    target=100.0,
    schedule="party",
    at="at(2099-12-31T00:00:00)",
)
# Nothing of it is as in the other, and it begins with more instances than any version counts.
BY_CONCURRENCY = Scaling(
    minimum=3,
    maximum=4,
    field="concurrentRequestsPerModel",
    metric="SageMakerVariantConcurrentRequestsPerModelHighResolution",
    target=5.0,
    schedule="jubilee",
    at="at(2098-12-31T00:00:00)",
)

ASLEEP = Scaling(
    minimum=0,
    maximum=3,
    field="backlogPerInstance",
    metric="ApproximateBacklogSizePerInstance",
    target=5.0,
    schedule="party",
    at="at(2099-12-31T00:00:00)",
)
# May sleep and stays where it is: no scaling falls into the writes of a creation by chance.
DROWSY = dataclasses.replace(ASLEEP, scales_in=False)
AWAKE = dataclasses.replace(ASLEEP, minimum=1, target=7.0, schedule="jubilee", at="at(2098-12-31T00:00:00)")

# Begins at its minimum: no scaling in falls into the writes of a row by chance.
BY_UTILIZATION = Scaling(
    minimum=2,
    maximum=4,
    field="provisionedConcurrencyUtilization",
    metric="SageMakerVariantProvisionedConcurrencyUtilization",
    target=0.7,
    schedule="party",
    at="at(2099-12-31T00:00:00)",
    dimension=PROVISIONED,
)
