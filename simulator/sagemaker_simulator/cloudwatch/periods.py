"""Stretches of time as CloudWatch cuts them."""

from typing import Final

from .refusals import invalid_value

_HIGH_RESOLUTION: Final = frozenset({1, 5, 10, 20, 30})


def check_period(period: int) -> None:
    """Raise AwsError unless the period is 1, 5, 10, 20, 30 or a multiple of 60 seconds (MetricStat, API reference)."""
    if period not in _HIGH_RESOLUTION and period % 60:
        raise invalid_value("Period", period)


def rounded_start(start: float, *, period: int) -> float:
    """Return where the first period begins: at a whole minute, or at a multiple of a period below one.

    GetMetricStatistics in the API reference, StartTime: within the last 15 days it is rounded down to the whole
    minute; periods of seconds round it down to their own multiple.
    """
    grain = period if period < 60 else 60
    return start // grain * grain
