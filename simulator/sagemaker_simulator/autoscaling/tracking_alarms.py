"""The two CloudWatch alarms by which a target tracking policy looks at its metric.

Three minutes above the target scale out, fifteen below nine tenths of it scale in (Application Auto Scaling User
Guide, "Target tracking scaling policies"; the alarms as DescribeAlarms shows them). For the high-resolution metric the
periods are ten seconds; how many of them AWS looks at is not published: here three, and fifteen minutes' worth.
"""

from collections.abc import Mapping
from typing import Any, Final

from .policy_checks import CONCURRENCY, INVOCATIONS, UTILIZATION
from .records import TargetKey

HIGH: Final = "AlarmHigh"
LOW: Final = "AlarmLow"
_OUT_PERIODS: Final = 3
_IN_SECONDS: Final = 900
_IN_SHARE: Final = 0.9  # of the target, below which there is room to scale in
_HIGH_RESOLUTION: Final = 10
# The metrics are those of the Application Auto Scaling User Guide ("Monitor usage metrics"); with which statistic the
# utilization of provisioned concurrency is looked at is not published.
_METRICS: Final = {
    INVOCATIONS: ("InvocationsPerInstance", "Sum"),
    CONCURRENCY: ("ConcurrentRequestsPerModel", "Average"),
    UTILIZATION: ("ServerlessProvisionedConcurrencyUtilization", "Average"),
}
_MINUTE: Final = 60
Parameters = Mapping[str, Any]


def alarm_name(key: TargetKey, side: str, unique: str) -> str:
    return f"TargetTracking-{key.resource_id}-{side}-{unique}"


def alarm_parameters(
    configuration: Parameters, key: TargetKey, *, side: str, name: str, policy_arn: str
) -> dict[str, Any]:
    """Return what PutMetricAlarm is asked for, HIGH or LOW."""
    target = float(configuration["TargetValue"])
    period = _period(configuration)
    return {
        "AlarmName": name,
        "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy_arn}.",
        "ActionsEnabled": True,
        "AlarmActions": [policy_arn],
        "EvaluationPeriods": _OUT_PERIODS if side == HIGH else _IN_SECONDS // period,
        "ComparisonOperator": "GreaterThanThreshold" if side == HIGH else "LessThanThreshold",
        "Threshold": target if side == HIGH else target * _IN_SHARE,
        **_metric(configuration, key, period),
    }


def _period(configuration: Parameters) -> int:
    predefined = configuration.get("PredefinedMetricSpecification", {})
    return _HIGH_RESOLUTION if predefined.get("PredefinedMetricType") == CONCURRENCY else _MINUTE


def _metric(configuration: Parameters, key: TargetKey, period: int) -> dict[str, Any]:
    customized = configuration.get("CustomizedMetricSpecification")
    if customized is None:
        return _predefined(configuration["PredefinedMetricSpecification"]["PredefinedMetricType"], key, period)
    if "Metrics" in customized:
        return {"Metrics": [_query(query, period) for query in customized["Metrics"]]}
    kept = {member: customized[member] for member in ("MetricName", "Namespace", "Statistic")}
    unit = {"Unit": customized["Unit"]} if "Unit" in customized else {}
    return {**kept, **unit, "Dimensions": customized.get("Dimensions", []), "Period": period}


def _predefined(metric_type: str, key: TargetKey, period: int) -> dict[str, Any]:
    metric, statistic = _METRICS[metric_type]
    return {
        "Namespace": "AWS/SageMaker",
        "MetricName": metric,
        "Statistic": statistic,
        "Dimensions": [
            {"Name": "EndpointName", "Value": key.endpoint},
            {"Name": "VariantName", "Value": key.variant},
        ],
        "Period": period,
    }


def _query(query: Parameters, period: int) -> dict[str, Any]:
    if "MetricStat" not in query:
        return dict(query)
    return {**query, "MetricStat": {**query["MetricStat"], "Period": period}}
