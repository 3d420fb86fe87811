"""One number out of a bucket: Average, Sum, Minimum, Maximum, SampleCount and percentiles (p0 to p100)."""

import re
from collections.abc import Callable
from typing import Final

from sagemaker_simulator.wire.errors import NotModelled

from .buckets import Bucket
from .refusals import invalid_value

_SIMPLE: Final[dict[str, Callable[[Bucket], float]]] = {
    "SampleCount": lambda bucket: bucket.count,
    "Average": lambda bucket: bucket.total / bucket.count,
    "Sum": lambda bucket: bucket.total,
    "Minimum": lambda bucket: bucket.low,
    "Maximum": lambda bucket: bucket.high,
}
_PERCENTILE: Final = re.compile(r"p(\d{1,3}(?:\.\d{1,10})?)")
# Statistics that CloudWatch has and that nothing here works out (CloudWatch User Guide, "Statistics definitions").
_OTHERS: Final = re.compile(r"(?:tm|wm|tc|ts|p)\d.*|(?:TM|WM|TC|TS|PR)\(.*\)|IQM", re.IGNORECASE)

Statistic = Callable[[Bucket], float | None]


def statistic(name: str) -> Statistic:
    """Return what works the statistic out; None for a percentile of values that are not known.

    Raises AwsError for a word that is no statistic, NotModelled for one that is not worked out here.
    """
    if name in _SIMPLE:
        return _SIMPLE[name]
    match = _PERCENTILE.fullmatch(name)
    if match is not None and float(match.group(1)) <= 100:
        share = float(match.group(1)) / 100
        return lambda bucket: _percentile(bucket, share)
    if match is None and _OTHERS.fullmatch(name):
        raise NotModelled(f"statistic {name} is not modelled; use {', '.join(_SIMPLE)} or pNN")
    raise invalid_value("Stat", name)


def _percentile(bucket: Bucket, share: float) -> float | None:
    """Return the value below which that share lies, interpolated between neighbours."""
    if not bucket.complete:
        return None
    place = share * (bucket.count - 1)
    ordered = sorted(bucket.values.items())
    low = _at(ordered, int(place))
    high = _at(ordered, int(place) + 1)
    return low + (high - low) * (place - int(place))


def _at(ordered: list[tuple[float, float]], index: int) -> float:
    passed = 0.0
    for value, times in ordered:
        passed += times
        if index < passed:
            return value
    return ordered[-1][0]
