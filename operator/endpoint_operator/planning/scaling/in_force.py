"""Which minimum and maximum hold at a given moment: those of the schedule that ran last, else autoscaling's own.

While schedules exist, the scalable target's bounds belong to the last one that ran (api.md, behaviour 14).
"""

from dataclasses import dataclass
from datetime import datetime

from endpoint_operator.api.autoscaling import Autoscaling
from endpoint_operator.planning.scaling.schedule import last_run


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Numbers of instances, or of units of provisioned concurrency; `of` names the schedule that they come from."""

    minimum: int
    maximum: int
    of: str | None = None

    def __str__(self) -> str:
        return f"{self.minimum} to {self.maximum}"


def in_force(autoscaling: Autoscaling, *, since: datetime, now: datetime) -> Bounds:
    """The bounds at `now`, had the schedules run undisturbed after `since`, when minCount and maxCount were put.

    Of two schedules that ran at the same moment the later in the list counts; AWS promises no order.

    Raises NotUnderstood.
    """
    latest: datetime | None = None
    bounds = own_bounds(autoscaling)
    for schedule in autoscaling.schedules or ():
        ran = last_run(schedule, since=since, now=now)
        if ran is not None and (latest is None or ran >= latest):
            latest = ran
            bounds = Bounds(minimum=schedule.min_count, maximum=schedule.max_count, of=schedule.name)
    return bounds


def own_bounds(autoscaling: Autoscaling) -> Bounds:
    """minCount and maxCount of the spec."""
    return Bounds(minimum=autoscaling.min_count, maximum=autoscaling.max_count)
