"""Datapoints of one metric as CloudWatch keeps them: added up over the metric's resolution, with their values.

Values are kept beside the sums because percentiles need them; a statistic set (PutMetricData, StatisticValues) has
none, and percentiles over it are then unknown (CloudWatch User Guide, "Percentiles").
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

RETENTION_SECONDS = 15 * 86_400.0  # one-minute datapoints are kept for 15 days (CloudWatch User Guide, "Metrics")


@dataclass(slots=True)
class Bucket:
    """What was emitted in one stretch of time: at least one datapoint, once something was added."""

    count: float = 0.0
    total: float = 0.0
    low: float = float("inf")
    high: float = float("-inf")
    values: dict[float, float] = field(default_factory=dict)  # how often each value came
    complete: bool = True  # False: a statistic set is in it, of which no single values are known

    def add(self, value: float, times: float = 1.0) -> None:
        self.count += times
        self.total += value * times
        self.low = min(self.low, value)
        self.high = max(self.high, value)
        self.values[value] = self.values.get(value, 0.0) + times

    def add_set(self, *, count: float, total: float, low: float, high: float) -> None:
        """Add a statistic set; a set of one value only is as good as its values."""
        if low == high:
            self.add(low, count)
            return
        self.count += count
        self.total += total
        self.low = min(self.low, low)
        self.high = max(self.high, high)
        self.complete = False

    def take_in(self, other: "Bucket") -> None:
        """Add everything that the other holds."""
        self.count += other.count
        self.total += other.total
        self.low = min(self.low, other.low)
        self.high = max(self.high, other.high)
        self.complete = self.complete and other.complete
        for value, times in other.values.items():
            self.values[value] = self.values.get(value, 0.0) + times


class Series:
    """The buckets of one metric and unit, by the simulated second at which each begins."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._buckets: dict[int, Bucket] = {}

    @property
    def newest(self) -> int | None:
        """When the newest bucket begins."""
        return self._starts[-1] if self._starts else None

    def at(self, time: float, *, resolution: int) -> Bucket:
        """Return the bucket that a datapoint of that time belongs into."""
        start = int(time // resolution) * resolution
        bucket = self._buckets.get(start)
        if bucket is None:
            bucket = self._buckets[start] = Bucket()
            insort(self._starts, start)
            self._forget(before=self._starts[-1] - RETENTION_SECONDS)
        return bucket

    def between(self, start: float, end: float) -> Iterator[tuple[int, Bucket]]:
        """Yield the buckets that begin from `start` on and before `end`, oldest first."""
        for at in self._starts[bisect_left(self._starts, start) : bisect_left(self._starts, end)]:
            yield at, self._buckets[at]

    def _forget(self, *, before: float) -> None:
        gone = bisect_left(self._starts, before)
        for start in self._starts[:gone]:
            del self._buckets[start]
        del self._starts[:gone]


def by_period(series: Iterable[Series], *, start: float, end: float, period: int) -> dict[int, Bucket]:
    """Return everything of [start, end) added up by periods that are counted from `start`; empty ones are left out."""
    periods: dict[int, Bucket] = {}
    for one in series:
        for at, bucket in one.between(start, end):
            begin = int(start + (at - start) // period * period)
            periods.setdefault(begin, Bucket()).take_in(bucket)
    return dict(sorted(periods.items()))
