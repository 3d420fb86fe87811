"""Datapoints of CloudWatch metrics as services have emitted them, in simulated time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .clock import Clock

Dimensions = tuple[tuple[str, str], ...]  # sorted, so that their order never matters


@dataclass(frozen=True, order=True)
class Series:
    """What a datapoint belongs to."""

    namespace: str
    metric_name: str
    dimensions: Dimensions
    unit: str


@dataclass(frozen=True)
class Datapoint:
    """A value and when it was emitted (simulated seconds since the epoch)."""

    time: float
    value: float


class MetricStore:
    """All datapoints."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._series: defaultdict[Series, list[Datapoint]] = defaultdict(list)

    def put(
        self, *, namespace: str, name: str, dimensions: Mapping[str, str], values: Sequence[float], unit: str
    ) -> None:
        """Add datapoints of now."""
        series = Series(namespace, name, tuple(sorted(dimensions.items())), unit)
        now = self._clock.seconds()
        self._series[series].extend(Datapoint(now, float(value)) for value in values)

    def shown(self) -> list[dict[str, Any]]:
        """Return every series with its datapoints, for the control API."""
        return [
            {
                "namespace": series.namespace,
                "metricName": series.metric_name,
                "dimensions": dict(series.dimensions),
                "unit": series.unit,
                "datapoints": [{"time": point.time, "value": point.value} for point in points],
            }
            for series, points in sorted(self._series.items(), key=lambda entry: entry[0])
        ]

    def clear(self) -> None:
        self._series.clear()
