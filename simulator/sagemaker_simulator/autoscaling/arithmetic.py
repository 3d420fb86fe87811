"""To how many instances a policy wants to scale. Pure: counts, values and bounds in, a count out."""

import math
from collections.abc import Mapping, Sequence
from typing import Any


def tracked(*, base: int, value: float, target: float) -> int:
    """Return the count at which the metric, spread over the instances, would be at its target.

    `base` is the count that brought the value about (Application Auto Scaling User Guide, "Target tracking scaling
    policies": the metric moves inversely to the capacity).
    """
    return math.ceil(max(base, 1) * value / target)


def stepped(configuration: Mapping[str, Any], *, base: int, delta: float) -> int | None:
    """Return the count after the step that `delta`, the metric's distance from the threshold, falls into.

    None when no step does (Application Auto Scaling User Guide, "Step scaling policies").
    """
    step = next((one for one in configuration["StepAdjustments"] if _holds(one, delta)), None)
    if step is None:
        return None
    adjustment = int(step["ScalingAdjustment"])
    if configuration["AdjustmentType"] == "ExactCapacity":
        return adjustment
    if configuration["AdjustmentType"] == "ChangeInCapacity":
        return max(0, base + adjustment)
    change = _whole(base * adjustment / 100)
    least = int(configuration.get("MinAdjustmentMagnitude", 0))
    if abs(change) < least:
        change = int(math.copysign(least, adjustment))
    return max(0, base + change)


def aggregated(values: Sequence[float], aggregation: str) -> float:
    """Return one value for the datapoints of an alarm (MetricAggregationType)."""
    if aggregation == "Minimum":
        return min(values)
    if aggregation == "Maximum":
        return max(values)
    return sum(values) / len(values)


def _holds(step: Mapping[str, Any], delta: float) -> bool:
    """Above the threshold the lower bound belongs to the step, below it the upper one (StepAdjustment, API)."""
    low = float(step.get("MetricIntervalLowerBound", -math.inf))
    high = float(step.get("MetricIntervalUpperBound", math.inf))
    return low <= delta < high if delta >= 0 else low < delta <= high


def _whole(change: float) -> int:
    """Round as the user guide says: away from zero below 1, towards zero above it."""
    if 0 < abs(change) < 1:
        return int(math.copysign(1, change))
    return int(change)
