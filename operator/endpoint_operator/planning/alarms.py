"""The alarms that watch a rollout: those that exist, and those made for it and removed when it is over."""

import json
from collections.abc import Mapping
from typing import Any

from endpoint_operator.api.names import hex_digest, revision_object_name
from endpoint_operator.api.rollout import Alarm, AlarmFleet
from endpoint_operator.planning.desired import Desired
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.requests import only_set, tag_list
from endpoint_operator.planning.steps import PutMetricAlarm

# AutoRollbackConfiguration takes no more (SageMaker API reference).
MOST_ALARMS = 10

# In microseconds in CloudWatch (SageMaker Developer Guide, metrics for monitoring); users think in seconds.
_LATENCIES = frozenset(
    {
        "ModelLatency",
        "OverheadLatency",
        "ContainerLatency",
        "ModelSetupTime",
        "FirstChunkLatency",
        "FirstChunkModelLatency",
    }
)


def alarms_to_make(desired: Desired, *, config_name: str) -> tuple[PutMetricAlarm, ...]:
    """One for each production variant and each alarm of the spec that is given by its metric."""
    rollout = desired.spec.rollout
    return tuple(
        _put(desired, alarm, variant=variant.name, config_name=config_name)
        for alarm in (rollout.alarms if rollout else None) or ()
        if alarm.metric is not None
        for variant in desired.production
    )


def alarm_names(desired: Desired, *, config_name: str) -> tuple[str, ...]:
    """All that watch the rollout to this config, those that exist first."""
    rollout = desired.spec.rollout
    existing = [alarm.name for alarm in (rollout.alarms if rollout else None) or () if alarm.name is not None]
    made = (step.name for step in alarms_to_make(desired, config_name=config_name))
    return tuple(dict.fromkeys((*existing, *made)))


def fault_in_alarms(desired: Desired) -> Fault | None:
    """What the spec shows to be impossible."""
    rollout = desired.spec.rollout
    for index, alarm in enumerate((rollout.alarms if rollout else None) or ()):
        if alarm.threshold_seconds is not None and alarm.metric not in _LATENCIES:
            message = (
                f"spec.rollout.alarms[{index}].thresholdSeconds: {alarm.metric} is no latency; "
                "give threshold in the metric's own unit"
            )
            return Fault(blame=Blame.USER, reason="AlarmInvalid", message=message)
    count = len(alarm_names(desired, config_name=""))
    if count > MOST_ALARMS:
        message = (
            f"spec.rollout.alarms: one alarm a variant for each metric makes {count} alarms, "
            f"and SageMaker watches {MOST_ALARMS}; name fewer metrics"
        )
        return Fault(blame=Blame.USER, reason="TooManyAlarms", message=message)
    return None


def _put(desired: Desired, alarm: Alarm, *, variant: str, config_name: str) -> PutMetricAlarm:
    request = _request(alarm, endpoint=desired.endpoint_name, variant=variant, config_name=config_name)
    digest = hex_digest(json.dumps(request, sort_keys=True), 4)
    name = revision_object_name(endpoint_name=desired.endpoint_name, revision=desired.revision, suffix=digest)
    description = (
        f"Rolls SageMaker endpoint {desired.endpoint_name} back from revision {desired.revision}; "
        "made by endpoint-operator, which removes it after the rollout"
    )
    request |= {"AlarmName": name, "AlarmDescription": description, "Tags": tag_list(desired.tags)}
    return PutMetricAlarm(name=name, request=request)


def _request(alarm: Alarm, *, endpoint: str, variant: str, config_name: str) -> dict[str, Any]:
    statistic = alarm.statistic or "Average"
    percentile = statistic.startswith("p")
    threshold = alarm.threshold if alarm.threshold is not None else (alarm.threshold_seconds or 0.0) * 1_000_000
    dimensions: Mapping[str, str] = {
        "EndpointName": endpoint,
        "VariantName": variant,
        **({"EndpointConfigName": config_name} if alarm.fleet == AlarmFleet.NEW else {}),
    }
    return only_set(
        {
            "Namespace": "AWS/SageMaker",
            "MetricName": alarm.metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            "Statistic": None if percentile else statistic,
            "ExtendedStatistic": statistic if percentile else None,
            "Period": alarm.period_seconds,
            "EvaluationPeriods": alarm.evaluation_periods,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        }
    )
