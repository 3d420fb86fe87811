"""What PutMetricAlarm asks for, checked as CloudWatch checks it, with the defaults that DescribeAlarms shows."""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_simulator.wire.errors import NotModelled

from .alarm_judgement import BREACHES
from .queries import metric_of, read_queries
from .refusals import invalid_combination, invalid_value, missing_parameter, validation_error
from .statistics import statistic

_DAY: Final = 86_400
_WEEK: Final = 7 * _DAY
_HOUR: Final = 3_600
_HIGH_RESOLUTION: Final = frozenset({10, 20, 30})
_MISSING: Final = frozenset({"breaching", "notBreaching", "ignore", "missing"})
_NOT_MODELLED: Final = {
    "ThresholdMetricId": "anomaly detection alarms",
    "EvaluationWindow": "evaluation windows",
    "WarmUpConfiguration": "warm-up of alarms",
    "EvaluationCriteria": "evaluation criteria",
    "EvaluationInterval": "evaluation intervals",
    "ActionConfiguration": "action configurations",
}
_ONE_METRIC: Final = frozenset(
    {"MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Dimensions", "Period", "Unit"}
)
Parameters = Mapping[str, Any]


def definition(parameters: Parameters) -> dict[str, Any]:
    """Return the alarm's definition. Raises AwsError."""
    for member, what in _NOT_MODELLED.items():
        if member in parameters:
            raise NotModelled(f"{what} are not modelled ({member} of PutMetricAlarm)")
    _check_judgement(parameters)
    if "Metrics" in parameters:
        _check_metrics(parameters)
    else:
        _check_one_metric(parameters)
    lists = {member: parameters.get(member, []) for member in ("OKActions", "AlarmActions", "InsufficientDataActions")}
    kept = {member: value for member, value in parameters.items() if member not in ("AlarmName", "Tags")}
    defaults: dict[str, Any] = {"ActionsEnabled": True, **lists}
    if "Metrics" not in parameters:
        defaults["Dimensions"] = []
    return defaults | kept


def _check_judgement(parameters: Parameters) -> None:
    for member in ("EvaluationPeriods", "ComparisonOperator", "Threshold"):
        if member not in parameters:
            raise missing_parameter(member)
    if parameters["ComparisonOperator"] not in BREACHES:
        raise NotModelled(f"anomaly detection alarms are not modelled ({parameters['ComparisonOperator']})")
    periods = parameters["EvaluationPeriods"]
    if parameters.get("DatapointsToAlarm", periods) > periods:
        raise validation_error("DatapointsToAlarm must be less than or equal to EvaluationPeriods.")
    if parameters.get("TreatMissingData", "missing") not in _MISSING:
        raise invalid_value("TreatMissingData", parameters["TreatMissingData"])
    if parameters.get("EvaluateLowSampleCountPercentile", "evaluate") != "evaluate":
        raise NotModelled("EvaluateLowSampleCountPercentile=ignore is not modelled; percentiles are always evaluated")


def _check_one_metric(parameters: Parameters) -> None:
    for member in ("MetricName", "Namespace", "Period"):
        if member not in parameters:
            raise missing_parameter(member)
    if ("Statistic" in parameters) == ("ExtendedStatistic" in parameters):
        raise invalid_combination("Exactly one of Statistic and ExtendedStatistic must be given.")
    statistic(parameters.get("Statistic") or parameters["ExtendedStatistic"])
    metric_of(parameters)
    _check_length(parameters["Period"], parameters["EvaluationPeriods"])


def _check_metrics(parameters: Parameters) -> None:
    both = sorted(_ONE_METRIC & set(parameters))
    if both:
        raise invalid_combination(f"Metrics cannot be combined with {both[0]}.")
    queries = read_queries(parameters["Metrics"])
    if sum(query.returns_data for query in queries) != 1:
        raise validation_error("Exactly one element of the metrics list should return data.")
    periods = {int(query.metric_stat["Period"]) for query in queries if query.metric_stat is not None}
    if len(periods) != 1:
        raise validation_error("The metrics of an alarm must have one and the same period, and there must be one.")
    _check_length(max(periods), parameters["EvaluationPeriods"])


def _check_length(period: int, periods: int) -> None:
    """PutMetricAlarm in the API reference, EvaluationPeriods: at most a day, a week for periods of an hour or more."""
    if period not in _HIGH_RESOLUTION and period % 60:
        raise invalid_value("Period", period)
    limit = _WEEK if period >= _HOUR else _DAY
    if period * periods > limit:
        raise validation_error(
            f"Metrics cannot be checked across more than {limit} seconds (EvaluationPeriods * Period is "
            f"{period * periods})."
        )
