"""GetMetricData and GetMetricStatistics."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sagemaker_simulator.wire.errors import NotModelled
from sagemaker_simulator.wire.request import Caller

from .books import Books
from .buckets import by_period
from .expressions import Values
from .pages import token_of, token_place
from .periods import check_period, rounded_start
from .queries import Query, longest_period, metric_of, read_queries, worked_out
from .refusals import invalid_combination, missing_parameter, validation_error
from .statistics import statistic

# GetMetricData and GetMetricStatistics in the CloudWatch API reference.
_QUERIES: Final = 500
_DATAPOINTS: Final = 100_800
_STATISTICS_DATAPOINTS: Final = 1_440
Parameters = Mapping[str, Any]
Output = dict[str, Any]
Point = tuple[int, float]


class GetMetrics:
    """Reads of metrics."""

    def __init__(self, books: Books) -> None:
        self._books = books

    async def get_metric_data(self, caller: Caller, parameters: Parameters) -> Output:
        wanted = parameters["MetricDataQueries"]
        if len(wanted) > _QUERIES:
            raise validation_error(f"MetricDataQueries has {len(wanted)} entries; at most {_QUERIES} are allowed.")
        if "LabelOptions" in parameters:
            raise NotModelled("LabelOptions of GetMetricData is not modelled; labels here hold no times")
        queries = read_queries(wanted)
        if not any(query.returns_data for query in queries):
            raise validation_error("At least one query must return data (ReturnData).")
        start, end = _stretch(parameters, period=longest_period(queries))
        values = worked_out(queries, self._books.of(caller), start=start, end=end)
        newest_first = parameters.get("ScanBy", "TimestampDescending") == "TimestampDescending"
        found = [
            (query, sorted(values[query.id].items(), reverse=newest_first)) for query in queries if query.returns_data
        ]
        return _page(found, parameters)

    async def get_metric_statistics(self, caller: Caller, parameters: Parameters) -> Output:
        simple, extended = parameters.get("Statistics", []), parameters.get("ExtendedStatistics", [])
        if not simple and not extended:
            raise missing_parameter("Statistics")
        period = parameters["Period"]
        check_period(period)
        start, end = _stretch(parameters, period=period)
        if (end - start) / period > _STATISTICS_DATAPOINTS:
            raise invalid_combination(
                f"You have requested up to {int((end - start) / period)} datapoints, which exceeds the limit of "
                f"{_STATISTICS_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or "
                "decreasing the time range."
            )
        book, metric = self._books.of(caller), metric_of(parameters)
        datapoints = []
        for unit in sorted(book.metrics.get(metric, {})):
            if unit != parameters.get("Unit", unit):
                continue
            for at, bucket in by_period(book.series(metric, unit), start=start, end=end, period=period).items():
                point: Output = {"Timestamp": _moment(at), "Unit": unit}
                point |= {name: statistic(name)(bucket) for name in simple}
                percentiles = {name: value for name in extended if (value := statistic(name)(bucket)) is not None}
                datapoints.append(point | ({"ExtendedStatistics": percentiles} if percentiles else {}))
        return {"Label": metric.name, "Datapoints": datapoints}


def _stretch(parameters: Parameters, *, period: int) -> tuple[float, float]:
    start, end = parameters["StartTime"].timestamp(), parameters["EndTime"].timestamp()
    if start >= end:
        raise validation_error("The parameter StartTime must be less than the parameter EndTime.")
    return rounded_start(start, period=period), end


def _page(found: Sequence[tuple[Query, list[Point]]], parameters: Parameters) -> Output:
    """Return as many datapoints as asked for, in the order of the queries; the token is how many came before."""
    size = min(int(parameters.get("MaxDatapoints", _DATAPOINTS)), _DATAPOINTS)
    before = token_place(parameters.get("NextToken"))
    passed, results = 0, []
    for query, points in found:
        shown = points[max(0, before - passed) : max(0, before + size - passed)]
        is_cut = passed + len(points) > before + size
        if shown or (not points and not before):
            results.append(_result(query, dict(shown), is_cut=is_cut))
        passed += len(points)
    output: Output = {"MetricDataResults": results, "Messages": []}
    return output | ({"NextToken": token_of(before + size)} if passed > before + size else {})


def _result(query: Query, values: Values, *, is_cut: bool) -> Output:
    return {
        "Id": query.id,
        "Label": query.label,
        "Timestamps": [_moment(at) for at in values],
        "Values": list(values.values()),
        "StatusCode": "PartialData" if is_cut else "Complete",
    }


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)
