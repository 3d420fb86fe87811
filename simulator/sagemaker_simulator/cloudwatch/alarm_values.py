"""What an alarm looks at: its statistic, or its one metric-math result, over the newest periods."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .alarm_judgement import BREACHES, PERIODS_LOOKED_AT_BEYOND
from .alarm_record import Alarm
from .books import Book
from .expressions import Values
from .queries import longest_period, metric_values, read_queries, worked_out

MINUTE: Final = 60


@dataclass(frozen=True)
class Looked:
    """The newest periods of an alarm, oldest first: when each begins and its value, None where there is none."""

    periods: tuple[tuple[int, float | None], ...]
    breaching: tuple[bool | None, ...]

    def newest(self, count: int) -> list[tuple[int, float]]:
        """Return at most `count` of the newest periods that have a value, oldest first."""
        return [(at, value) for at, value in self.periods if value is not None][-count:]


def period_of(definition: Mapping[str, Any]) -> int:
    """Return the alarm's period in seconds."""
    if "Metrics" in definition:
        return longest_period(read_queries(definition["Metrics"]))
    return int(definition["Period"])


def looked_at(alarm: Alarm, book: Book, *, now: float) -> Looked:
    """Look at the periods that are over: CloudWatch never judges the one that is still filling.

    Periods of a minute and more end at the last whole minute and so slide by the minute (CloudWatch User Guide,
    "Alarm evaluation": metric alarms are evaluated every minute).
    """
    period = period_of(alarm.definition)
    end = int(now // min(period, MINUTE)) * min(period, MINUTE)
    count = alarm.periods + PERIODS_LOOKED_AT_BEYOND
    starts = [end - period * back for back in range(count, 0, -1)]
    values = _values(alarm.definition, book, start=starts[0], end=end, period=period)
    breaches, threshold = BREACHES[alarm.definition["ComparisonOperator"]], float(alarm.definition["Threshold"])
    periods = tuple((start, values.get(start)) for start in starts)
    return Looked(periods, tuple(None if value is None else breaches(value, threshold) for _, value in periods))


def _values(definition: Mapping[str, Any], book: Book, *, start: float, end: float, period: int) -> Values:
    if "Metrics" in definition:
        queries = read_queries(definition["Metrics"])
        shown = next(query for query in queries if query.returns_data)
        return worked_out(queries, book, start=start, end=end)[shown.id]
    metric_stat = {
        "Metric": {member: definition[member] for member in ("Namespace", "MetricName", "Dimensions")},
        "Period": period,
        "Stat": definition.get("Statistic") or definition["ExtendedStatistic"],
    }
    if "Unit" in definition:
        metric_stat["Unit"] = definition["Unit"]
    return metric_values(metric_stat, book, start=start, end=end)
