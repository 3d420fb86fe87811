"""Scheduled actions at their simulated time: each rewrites its target's min and max and brings the count within."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sagemaker_simulator.clock import Timer
from sagemaker_simulator.wire.errors import AwsError

from .holdings import Holdings
from .limit_rules import with_limits
from .limits import Limits
from .records import Activity, Holding, Schedule, TargetKey
from .scaler import Scaler
from .schedule_expression import expression_of

Key = tuple[str, str, TargetKey, str]


class ScheduleClock:
    """One timer a scheduled action, for its next time."""

    def __init__(self, holdings: Holdings, *, limits: Limits, scaler: Scaler) -> None:
        self._holdings = holdings
        self._limits = limits
        self._scaler = scaler
        self._timers: dict[Key, Timer] = {}

    def arm(self, holding: Holding, schedule: Schedule) -> None:
        """Wait for the action's next time, if there is one before its EndTime."""
        self.forget(holding, schedule.key, schedule.name)
        now = self._holdings.clock.now()
        due = next_time(schedule.definition, after=now, begun=schedule.created)
        if due is None:
            return
        self._timers[_key(holding, schedule.key, schedule.name)] = self._holdings.clock.call_after(
            (due - now).total_seconds(), lambda: self._run(holding, schedule)
        )

    def forget(self, holding: Holding, key: TargetKey, name: str) -> None:
        timer = self._timers.pop(_key(holding, key, name), None)
        if timer is not None:
            timer.cancel()

    def clear(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _run(self, holding: Holding, schedule: Schedule) -> None:
        self.arm(holding, schedule)
        target = holding.targets[schedule.key]
        if target.suspended.get("ScheduledScalingSuspended", False):
            return
        cause = f"scheduled action name {schedule.name} was triggered"
        try:
            changed = with_limits(target, schedule.definition["ScalableTargetAction"])
        except AwsError as refused:
            self._scaler.remember(holding, _failed(schedule, cause, refused.message, self._holdings.clock.now()))
            return
        limits = f"minimum capacity was set to {changed.minimum} and maximum capacity was set to {changed.maximum}"
        self._limits.apply(holding, changed, cause=f"{cause}: {limits}")


def next_time(definition: Mapping[str, Any], *, after: datetime, begun: datetime) -> datetime | None:
    """Return when the action runs next, None when it does not any more. Rates count from StartTime or `begun`."""
    start, end = definition.get("StartTime"), definition.get("EndTime")
    due = expression_of(definition).after(max(after, start) if start is not None else after, begun=start or begun)
    return due if due is not None and (end is None or due <= end) else None


def _failed(schedule: Schedule, cause: str, message: str, now: datetime) -> Activity:
    return Activity(
        id=str(uuid.uuid4()),
        key=schedule.key,
        description="Setting minimum and maximum capacity.",
        cause=cause,
        started=now,
        before=0,
        after=0,
        status="Failed",
        ended=now,
        message=message,
    )


def _key(holding: Holding, key: TargetKey, name: str) -> Key:
    return holding.account, holding.region, key, name
