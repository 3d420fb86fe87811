"""Cooldowns of a policy. Pure.

Application Auto Scaling User Guide, "Define cooldown periods": within the scale-out cooldown what was added counts
towards the next scale-out; a scale-in waits for the scale-in cooldown, which a scale-out ends early.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from .records import Activity


def base_of_growth(
    activities: Sequence[Activity], policy: str, *, now: datetime, cooldown: timedelta, current: int
) -> int:
    """Return the count that a scale-out is reckoned from: within the cooldown, the one before the last scale-out."""
    last = next((one for one in reversed(activities) if _counts(one) and one.policy == policy and one.grows), None)
    return last.before if last is not None and now < _end(last) + cooldown else current


def may_shrink(activities: Sequence[Activity], policy: str, *, now: datetime, cooldown: timedelta) -> bool:
    """Tell whether the policy's scale-in cooldown is over."""
    last = next((one for one in reversed(activities) if _counts(one) and one.policy is not None), None)
    if last is None or last.policy != policy or last.grows:
        return True
    return now >= _end(last) + cooldown


def _counts(activity: Activity) -> bool:
    return activity.status != "Failed"


def _end(activity: Activity) -> datetime:
    return activity.ended or activity.started
