"""Everything CloudWatch holds for one account in one region: metrics, alarms and the alarms' tags."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sagemaker_simulator.clock import Clock
from sagemaker_simulator.wire.request import Caller

from .alarm_record import Alarm
from .buckets import Series

STANDARD_RESOLUTION = 60  # seconds
Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, order=True)
class Metric:
    """What a datapoint belongs to. Dimensions are sorted: their order never matters."""

    namespace: str
    name: str
    dimensions: Dimensions

    @staticmethod
    def of(namespace: str, name: str, dimensions: Mapping[str, str]) -> "Metric":
        return Metric(namespace, name, tuple(sorted(dimensions.items())))


@dataclass(frozen=True)
class Book:
    """The holdings of one account and region. Series are by metric and then by unit."""

    account: str
    region: str
    metrics: dict[Metric, dict[str, Series]] = field(default_factory=dict)
    alarms: dict[str, Alarm] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)

    def alarm_arn(self, name: str) -> str:
        partition = "aws-cn" if self.region.startswith("cn-") else "aws"
        return f"arn:{partition}:cloudwatch:{self.region}:{self.account}:alarm:{name}"

    def series(self, metric: Metric, unit: str | None) -> list[Series]:
        """Return the series of the metric: of one unit, or of all when none is named."""
        units = self.metrics.get(metric, {})
        if unit is None:
            return list(units.values())
        return [units[unit]] if unit in units else []

    def series_to_fill(self, metric: Metric, unit: str) -> Series:
        return self.metrics.setdefault(metric, {}).setdefault(unit, Series())


class Books:
    """All books, and the clock that dates what is written into them."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._books: dict[tuple[str, str], Book] = {}

    def of(self, caller: Caller) -> Book:
        return self.at(account=caller.account, region=caller.region)

    def at(self, *, account: str, region: str) -> Book:
        key = (account, region)
        if key not in self._books:
            self._books[key] = Book(account, region)
        return self._books[key]

    def all(self) -> list[Book]:
        return list(self._books.values())

    def emit(
        self,
        metric: Metric,
        values: Iterable[float],
        *,
        account: str,
        region: str,
        unit: str,
        resolution: int = STANDARD_RESOLUTION,
    ) -> None:
        """Add datapoints of now, as a service of AWS emits them."""
        series = self.at(account=account, region=region).series_to_fill(metric, unit)
        bucket = series.at(self.clock.seconds(), resolution=resolution)
        for value in values:
            bucket.add(float(value))

    def clear(self) -> None:
        self._books.clear()

    def shown(self, *, datapoints: bool) -> list[dict[str, Any]]:
        """Return every series, with its datapoints or without, for the control API."""
        return [
            {
                "account": book.account,
                "region": book.region,
                "namespace": metric.namespace,
                "metricName": metric.name,
                "dimensions": dict(metric.dimensions),
                "unit": unit,
                **({"datapoints": _datapoints(series)} if datapoints else {}),
            }
            for book in self._books.values()
            for metric, units in sorted(book.metrics.items(), key=lambda entry: entry[0])
            for unit, series in sorted(units.items())
        ]


def _datapoints(series: Series) -> list[dict[str, float]]:
    return [
        {"time": at, "value": value, "count": times}
        for at, bucket in series.between(float("-inf"), float("inf"))
        for value, times in bucket.values.items()
    ]
