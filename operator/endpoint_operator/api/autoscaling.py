"""`spec.autoscaling`: Application Auto Scaling's target, policy and schedules for one variant."""

from typing import Annotated

from pydantic import ConfigDict, Field

from endpoint_operator.api.schema import ApiModel, list_map, rules, text

_TARGETS = (
    "has(self.invocationsPerInstance), has(self.concurrentRequestsPerModel), has(self.backlogPerInstance), "
    "has(self.provisionedConcurrencyUtilization), has(self.customMetric)"
)

Cooldown = Annotated[int, Field(ge=0, le=86400)]
Count = Annotated[int, Field(ge=0, le=10000)]
Target = Annotated[float, Field(ge=0)]


class CustomMetric(ApiModel):
    """A CloudWatch metric to keep at a target."""

    namespace: Annotated[str, text(255)]
    """CloudWatch namespace, as in /aws/sagemaker/Endpoints."""
    metric_name: Annotated[str, text(255)]
    """Name of the metric."""
    dimensions: Annotated[dict[str, Annotated[str, text(1024)]], Field(max_length=28)] | None = None
    """Dimensions beside EndpointName and VariantName, which are filled in."""
    statistic: Annotated[str, text(32)] = "Average"
    """Average, Minimum, Maximum, SampleCount or Sum."""
    unit: Annotated[str, text(32)] | None = None
    """CloudWatch unit."""
    target: Target
    """The value to keep."""


class Schedule(ApiModel):
    """New bounds at a time."""

    model_config = ConfigDict(
        json_schema_extra=rules(("self.minCount <= self.maxCount", "minCount is at most maxCount", ".minCount"))
    )

    name: Annotated[str, text(63)]
    """Name of the scheduled action."""
    schedule: Annotated[str, text(256, pattern=r"^(cron|rate|at)\(.+\)$")]
    """When, in Application Auto Scaling's cron(), rate() or at()."""
    timezone: Annotated[str, text(64)] | None = None
    """IANA name of the time zone. Default: UTC."""
    min_count: Count
    """Lower bound from then on."""
    max_count: Count
    """Upper bound from then on."""


class Autoscaling(ApiModel):
    """How the number of instances, or the provisioned concurrency, follows the load."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            ("self.minCount <= self.maxCount", "autoscaling.minCount is at most maxCount", ".minCount"),
            (
                f"[{_TARGETS}].filter(x, x).size() <= 1",
                "autoscaling takes one scaling target: one of invocationsPerInstance, concurrentRequestsPerModel, "
                "backlogPerInstance, provisionedConcurrencyUtilization and customMetric",
            ),
        )
    )

    min_count: Count
    """Lower bound; 0 is for mode Async."""
    max_count: Count
    """Upper bound."""
    invocations_per_instance: Target | None = None
    """Invocations per instance and minute to keep."""
    concurrent_requests_per_model: Target | None = None
    """Concurrent requests per model copy to keep."""
    backlog_per_instance: Target | None = None
    """Queued requests per instance to keep; mode Async."""
    provisioned_concurrency_utilization: Annotated[float, Field(ge=0, le=1)] | None = None
    """Share of the provisioned concurrency to keep busy, 0 to 1; mode Serverless."""
    custom_metric: CustomMetric | None = None
    """A CloudWatch metric to keep at a target."""
    scale_in_cooldown_seconds: Cooldown | None = None
    """Pause after a scale-in."""
    scale_out_cooldown_seconds: Cooldown | None = None
    """Pause after a scale-out."""
    disable_scale_in: bool | None = None
    """Only ever scale out."""
    schedules: Annotated[list[Schedule], list_map("name", max_items=20)] | None = None
    """New bounds at given times; the last one that ran owns minCount and maxCount."""
