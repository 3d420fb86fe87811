"""What an alarm's state should be, given the newest periods. Pure: no clock, no store.

The rules for missing data are those of the CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing
data", its two tables included: CloudWatch looks at more periods than it judges, so that a late or missing datapoint
does not count as long as enough others are there.
"""

from collections.abc import Callable, Sequence
from typing import Final

from .alarm_record import State

# The guide's tables show five periods for an alarm of three.
PERIODS_LOOKED_AT_BEYOND = 2

BREACHES: Final[dict[str, Callable[[float, float], bool]]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


def judged(breaching: Sequence[bool | None], *, periods: int, enough: int, treat_missing: str, current: State) -> State:
    """Return the state; `breaching` is by period, oldest first, None where there is no datapoint.

    `breaching` covers `periods` + PERIODS_LOOKED_AT_BEYOND periods; `enough` is DatapointsToAlarm.
    """
    real = [one for one in breaching if one is not None]
    if not real:
        return _all_missing(treat_missing, current)
    newest = real[-periods:]
    hits = sum(newest)
    if hits >= enough:
        return State.ALARM
    filled = periods - len(newest)
    if filled <= 0 or treat_missing == "notBreaching":
        return State.OK
    if treat_missing == "breaching":
        return State.ALARM if hits + filled >= enough else State.OK
    if hits < len(newest):
        return State.OK
    # Everything that is there breaches, and it is not enough.
    if treat_missing == "missing" and _oldest_age(breaching[-periods:]) >= enough:
        return State.ALARM
    return current


def _all_missing(treat_missing: str, current: State) -> State:
    return {
        "breaching": State.ALARM,
        "notBreaching": State.OK,
        "ignore": current,
        "missing": State.INSUFFICIENT_DATA,
    }[treat_missing]


def _oldest_age(breaching: Sequence[bool | None]) -> int:
    """Return how many periods ago the oldest datapoint was; the newest period is 1."""
    place = next((index for index, one in enumerate(breaching) if one is not None), len(breaching))
    return len(breaching) - place
