"""From a variant's `autoscaling` to what Application Auto Scaling should have for it.

Names tell what is ours: everything that begins with PREFIX, on an endpoint that is ours by its tags. A scheduled
action's name takes no colon, slash or bar, so the prefix ends in a hyphen (Application Auto Scaling API reference).
The target itself has no name and carries no tags: a variant has one target per dimension, whoever registered it, tags
can only be given at its birth, and reading them back takes a call for each.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from endpoint_operator.api.autoscaling import Autoscaling, CustomMetric
from endpoint_operator.api.names import hex_digest
from endpoint_operator.api.spec import Mode
from endpoint_operator.planning.async_wake_up import (
    STEP_CONFIGURATION,
    WAKE_UP_POLICY,
    WantedAlarm,
    sleeps,
    wake_up_alarm,
)
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.scaling.cron import NotUnderstood
from endpoint_operator.planning.scaling.schedule import reading_of
from endpoint_operator.planning.scaling.steps import STEP_SCALING, TARGET_TRACKING, ScalableResource

PREFIX: Final = "endpoint-operator-"
INSTANCES: Final = "sagemaker:variant:DesiredInstanceCount"
PROVISIONED_CONCURRENCY: Final = "sagemaker:variant:DesiredProvisionedConcurrency"

# Written out where the spec says nothing, so that removing a cooldown from the spec puts the default back
# (Application Auto Scaling User Guide, "Define cooldown periods": 300 s for SageMaker variants).
DEFAULT_COOLDOWN_SECONDS: Final = 300

# A scheduled action's name: no control characters, colon, slash or bar, and no space at either end.
_BAD_IN_NAME: Final = re.compile(r"[\x00-\x1f\x7f-\x9f:/|]|^ | $")
_STATISTICS: Final = ("Average", "Minimum", "Maximum", "SampleCount", "Sum")


@dataclass(frozen=True, kw_only=True)
class WantedPolicy:
    """`configuration` is PutScalingPolicy's member for the policy's `kind`."""

    name: str
    configuration: dict[str, Any]
    kind: str = TARGET_TRACKING


@dataclass(frozen=True, kw_only=True)
class WantedSchedule:
    """A scheduled action."""

    name: str
    schedule: str
    timezone: str | None
    minimum: int
    maximum: int


@dataclass(frozen=True, kw_only=True)
class WantedScaling:
    """All that one variant asks for; `spec` is where its bounds come from, which depend on the time."""

    resource: ScalableResource
    spec: Autoscaling
    instance_type: str | None
    """None for a serverless variant."""
    policies: tuple[WantedPolicy, ...]
    schedules: tuple[WantedSchedule, ...]
    alarm: WantedAlarm | None = None
    """What fires the policy that wakes it from zero; None where it never sleeps."""

    @property
    def variant(self) -> str:
        return self.resource.variant

    @property
    def policies_digest(self) -> str:
        """Of the alarm too, which is one of them by what it does."""
        rows: list[Any] = [[policy.name, policy.configuration] for policy in self.policies]
        if self.alarm is not None:
            rows.append([self.alarm.name, self.alarm.configuration])
        return hex_digest(json.dumps(rows), 12)

    @property
    def schedules_digest(self) -> str:
        rows = [[item.name, item.schedule, item.timezone, item.minimum, item.maximum] for item in self.schedules]
        return hex_digest(json.dumps(rows), 12)


def scalable_resource(*, endpoint_name: str, variant: str, serverless: bool = False) -> ScalableResource:
    """How Application Auto Scaling names a variant."""
    dimension = PROVISIONED_CONCURRENCY if serverless else INSTANCES
    return ScalableResource(resource_id=f"endpoint/{endpoint_name}/variant/{variant}", dimension=dimension)


def wanted_scaling(
    autoscaling: Autoscaling,
    *,
    endpoint_name: str,
    variant: str,
    instance_type: str | None,
    tags: Mapping[str, str],
) -> WantedScaling:
    """What a variant asks for; `instance_type` None means a serverless one, `tags` are those of an alarm.

    Only for an `autoscaling` in which scaling_fault finds nothing.
    """
    resource = scalable_resource(endpoint_name=endpoint_name, variant=variant, serverless=instance_type is None)
    schedules = [
        WantedSchedule(
            name=f"{PREFIX}{item.name}",
            schedule=item.schedule,
            timezone=item.timezone,
            minimum=item.min_count,
            maximum=item.max_count,
        )
        for item in autoscaling.schedules or ()
    ]
    return WantedScaling(
        resource=resource,
        spec=autoscaling,
        instance_type=instance_type,
        policies=_policies(autoscaling, resource),
        schedules=tuple(schedules),
        alarm=wake_up_alarm(resource, tags=tags) if sleeps(autoscaling) else None,
    )


def scaling_fault(autoscaling: Autoscaling, *, field: str, mode: Mode) -> Fault | None:
    """What Application Auto Scaling would refuse and the API server cannot see; `field` as in spec.autoscaling."""
    complaint = _only_async(autoscaling, mode) or _statistic(autoscaling) or _schedules(autoscaling)
    if complaint is None:
        return None
    return Fault(blame=Blame.USER, reason="AutoscalingInvalid", message=f"{field}.{complaint}")


def _only_async(autoscaling: Autoscaling, mode: Mode) -> str | None:
    """Nothing wakes an endpoint of another mode: no queue holds what comes while it sleeps."""
    if mode == Mode.ASYNC:
        return None
    if autoscaling.backlog_per_instance is not None:
        return f"backlogPerInstance needs mode Async, and this is {mode.value}; choose another scaling target"
    if autoscaling.min_count == 0:
        return f"minCount: 0 needs mode Async, and this is {mode.value}; use 1"
    for index, item in enumerate(autoscaling.schedules or ()):
        if item.min_count == 0:
            return f"schedules[{index}].minCount: 0 needs mode Async, and this is {mode.value}; use 1"
    return None


def _statistic(autoscaling: Autoscaling) -> str | None:
    metric = autoscaling.custom_metric
    if metric is None or metric.statistic in _STATISTICS:
        return None
    return f"customMetric.statistic: {metric.statistic} is not one of {', '.join(_STATISTICS)}"


def _schedules(autoscaling: Autoscaling) -> str | None:
    for index, item in enumerate(autoscaling.schedules or ()):
        if _BAD_IN_NAME.search(item.name):
            return (
                f"schedules[{index}].name: {item.name!r} has a control character, a colon, a slash, a bar, "
                "or a space at an end; AWS takes none of them"
            )
        try:
            reading_of(item)
        except NotUnderstood as problem:
            return f"schedules[{index}] ({item.name}): {problem}"
    return None


def _policies(autoscaling: Autoscaling, resource: ScalableResource) -> tuple[WantedPolicy, ...]:
    tracking = _target_tracking(autoscaling, resource)
    if not sleeps(autoscaling):
        return tracking
    return (*tracking, WantedPolicy(name=WAKE_UP_POLICY, configuration=dict(STEP_CONFIGURATION), kind=STEP_SCALING))


def _target_tracking(autoscaling: Autoscaling, resource: ScalableResource) -> tuple[WantedPolicy, ...]:
    for name, specification in _METRICS:
        found = specification(autoscaling, resource)
        if found is not None:
            target, metric = found
            return (WantedPolicy(name=f"{PREFIX}{name}", configuration=_configuration(autoscaling, target, metric)),)
    return ()


def _configuration(autoscaling: Autoscaling, target: float, metric: dict[str, Any]) -> dict[str, Any]:
    scale_in, scale_out = autoscaling.scale_in_cooldown_seconds, autoscaling.scale_out_cooldown_seconds
    return {
        "TargetValue": float(target),
        **metric,
        "ScaleInCooldown": DEFAULT_COOLDOWN_SECONDS if scale_in is None else scale_in,
        "ScaleOutCooldown": DEFAULT_COOLDOWN_SECONDS if scale_out is None else scale_out,
        "DisableScaleIn": bool(autoscaling.disable_scale_in),
    }


_Metric = Callable[[Autoscaling, ScalableResource], tuple[float, dict[str, Any]] | None]


def _predefined(metric_type: str, target_of: Callable[[Autoscaling], float | None]) -> _Metric:
    def specification(autoscaling: Autoscaling, _: ScalableResource) -> tuple[float, dict[str, Any]] | None:
        target = target_of(autoscaling)
        if target is None:
            return None
        return target, {"PredefinedMetricSpecification": {"PredefinedMetricType": metric_type}}

    return specification


def _backlog(autoscaling: Autoscaling, resource: ScalableResource) -> tuple[float, dict[str, Any]] | None:
    """An asynchronous endpoint's queue belongs to the endpoint, not to a variant (SageMaker Developer Guide)."""
    target = autoscaling.backlog_per_instance
    if target is None:
        return None
    metric = {
        "Namespace": "AWS/SageMaker",
        "MetricName": "ApproximateBacklogSizePerInstance",
        "Dimensions": _dimensions({"EndpointName": resource.endpoint_name}),
        "Statistic": "Average",
    }
    return target, {"CustomizedMetricSpecification": metric}


def _custom(autoscaling: Autoscaling, resource: ScalableResource) -> tuple[float, dict[str, Any]] | None:
    metric = autoscaling.custom_metric
    if metric is None:
        return None
    return metric.target, {"CustomizedMetricSpecification": _customized(metric, resource)}


def _customized(metric: CustomMetric, resource: ScalableResource) -> dict[str, Any]:
    filled_in = {"EndpointName": resource.endpoint_name, "VariantName": resource.variant}
    return {
        "Namespace": metric.namespace,
        "MetricName": metric.metric_name,
        "Dimensions": _dimensions({**filled_in, **(metric.dimensions or {})}),
        "Statistic": metric.statistic,
        **({"Unit": metric.unit} if metric.unit is not None else {}),
    }


def _dimensions(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": values[name]} for name in sorted(values)]


# A policy's name says its metric: another metric is another policy, put before the old one goes.
_METRICS: Final[tuple[tuple[str, _Metric], ...]] = (
    (
        "invocations-per-instance",
        _predefined("SageMakerVariantInvocationsPerInstance", lambda spec: spec.invocations_per_instance),
    ),
    (
        "concurrent-requests-per-model",
        _predefined(
            "SageMakerVariantConcurrentRequestsPerModelHighResolution", lambda spec: spec.concurrent_requests_per_model
        ),
    ),
    (
        "provisioned-concurrency-utilization",
        _predefined(
            "SageMakerVariantProvisionedConcurrencyUtilization", lambda spec: spec.provisioned_concurrency_utilization
        ),
    ),
    ("backlog-per-instance", _backlog),
    ("custom-metric", _custom),
)
