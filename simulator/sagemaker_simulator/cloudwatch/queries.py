"""MetricDataQueries worked out over a stretch of time: for GetMetricData and for alarms on metric math."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sagemaker_simulator.wire.errors import NotModelled

from .books import Book, Metric
from .buckets import by_period
from .expressions import Expression, Values
from .periods import check_period
from .refusals import validation_error
from .statistics import statistic

_ID: Final = re.compile(r"[a-z][a-zA-Z0-9_]*")
Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Query:
    """One checked query: a metric's statistic, or an expression on others."""

    id: str
    metric_stat: Parameters | None
    expression: Expression | None
    wanted: Parameters

    @property
    def returns_data(self) -> bool:
        return bool(self.wanted.get("ReturnData", True))

    @property
    def label(self) -> str:
        if "Label" in self.wanted:
            return str(self.wanted["Label"])
        return str(self.metric_stat["Metric"]["MetricName"]) if self.metric_stat is not None else self.id


def read_queries(wanted: Sequence[Parameters]) -> list[Query]:
    """Return the queries, each checked. Raises AwsError."""
    queries = [_read(one) for one in wanted]
    ids = [query.id for query in queries]
    twice = next((one for one in ids if ids.count(one) > 1), None) if len(set(ids)) != len(ids) else None
    if twice is not None:
        raise validation_error(f"The values for parameter Id in parameter MetricDataQueries are not unique: {twice}.")
    for query in queries:
        unknown = sorted(query.expression.ids - set(ids)) if query.expression is not None else []
        if unknown:
            raise validation_error(f"Error in expression '{query.id}': no query has the Id {unknown[0]}.")
    return queries


def longest_period(queries: Sequence[Query]) -> int:
    """Return the longest period of the queries' metrics in seconds."""
    return max((int(query.metric_stat["Period"]) for query in queries if query.metric_stat is not None), default=60)


def worked_out(queries: Sequence[Query], book: Book, *, start: float, end: float) -> dict[str, Values]:
    """Return each query's values by the moment at which their period begins. Raises AwsError for circles."""
    results: dict[str, Values] = {
        query.id: metric_values(query.metric_stat, book, start=start, end=end)
        for query in queries
        if query.metric_stat is not None
    }
    waiting = {query.id: query.expression for query in queries if query.expression is not None}
    while waiting:
        ready = [name for name, expression in waiting.items() if expression.ids <= results.keys()]
        if not ready:
            raise validation_error(f"Error in expression '{min(waiting)}': it depends on itself.")
        for name in ready:
            results[name] = waiting.pop(name).values(results)
    return results


def metric_values(metric_stat: Parameters, book: Book, *, start: float, end: float) -> Values:
    """Return one statistic of one metric by the moment at which each period begins."""
    work_out = statistic(metric_stat["Stat"])
    series = book.series(metric_of(metric_stat["Metric"]), metric_stat.get("Unit"))
    buckets = by_period(series, start=start, end=end, period=int(metric_stat["Period"]))
    return {at: value for at, bucket in buckets.items() if (value := work_out(bucket)) is not None}


def metric_of(parameters: Parameters) -> Metric:
    """Return the metric that a request names. Raises AwsError when a dimension is named twice."""
    dimensions = parameters.get("Dimensions", [])
    by_name = {entry["Name"]: entry["Value"] for entry in dimensions}
    if len(by_name) != len(dimensions):
        raise validation_error("No dimension may be named twice.")
    return Metric.of(parameters["Namespace"], parameters["MetricName"], by_name)


def _read(wanted: Parameters) -> Query:
    name, metric_stat, expression = wanted["Id"], wanted.get("MetricStat"), wanted.get("Expression")
    if not _ID.fullmatch(name):
        raise validation_error(f"The value {name} for parameter Id must start with a lower-case letter.")
    if (metric_stat is None) == (expression is None):
        raise validation_error(f"Query {name} must have either MetricStat or Expression.")
    if "AccountId" in wanted:
        raise NotModelled("cross-account observability (AccountId of a metric data query) is not modelled")
    if "${" in wanted.get("Label", ""):
        raise NotModelled(f"dynamic labels are not modelled (Label of query {name})")
    if metric_stat is None:
        return Query(name, None, Expression(str(expression)), wanted)
    for member in ("Namespace", "MetricName"):
        if member not in metric_stat["Metric"]:
            raise validation_error(f"The parameter {member} of query {name} is required.")
    statistic(metric_stat["Stat"])
    check_period(metric_stat["Period"])
    return Query(name, metric_stat, None, wanted)
