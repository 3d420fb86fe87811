"""CloudWatch's sentences on why an alarm is in its state."""

import json
from datetime import UTC, datetime
from typing import Final

from .alarm_record import Alarm, State
from .alarm_values import Looked, period_of

_WORDS: Final = {
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "GreaterThanThreshold": "greater than",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}


def reason(alarm: Alarm, state: State, looked: Looked) -> str:
    """Return StateReason for a change of the alarm to the state."""
    newest = looked.newest(alarm.periods)
    if state is State.INSUFFICIENT_DATA:
        return f"Insufficient Data: {_datapoints(alarm.periods)} {_were(alarm.periods)} unknown."
    if not newest:
        treated = "Breaching" if state is State.ALARM else "NonBreaching"
        return (
            f"Threshold Crossed: no datapoints were received for {alarm.periods} {_periods(alarm.periods)} and "
            f"{alarm.periods} missing {_datapoints_word(alarm.periods)} {_were(alarm.periods)} treated as [{treated}]."
        )
    listed = ", ".join(f"{value} ({_short(at)})" for at, value in reversed(newest))
    negation = "" if state is State.ALARM else " not"
    words = _WORDS[alarm.definition["ComparisonOperator"]]
    change = "OK -> ALARM" if state is State.ALARM else "ALARM -> OK"
    least = alarm.enough if state is State.ALARM else alarm.periods - alarm.enough + 1
    shown = len(newest)
    return (
        f"Threshold Crossed: {shown} out of the last {alarm.periods} datapoints [{listed}] {_were(shown)}{negation} "
        f"{words} the threshold ({float(alarm.definition['Threshold'])}) "
        f"(minimum {_datapoints(least)} for {change} transition)."
    )


def reason_data(alarm: Alarm, looked: Looked, *, now: datetime) -> str:
    """Return StateReasonData, a JSON document."""
    newest = looked.newest(alarm.periods)
    document = {
        "version": "1.0",
        "queryDate": _long(now),
        "startDate": _long(datetime.fromtimestamp(looked.periods[-alarm.periods][0], UTC)),
        "statistic": alarm.definition.get("Statistic") or alarm.definition.get("ExtendedStatistic"),
        "period": period_of(alarm.definition),
        "recentDatapoints": [value for _, value in newest],
        "threshold": float(alarm.definition["Threshold"]),
    }
    return json.dumps({name: value for name, value in document.items() if value is not None})


def _datapoints(count: int) -> str:
    return f"{count} {_datapoints_word(count)}"


def _datapoints_word(count: int) -> str:
    return "datapoint" if count == 1 else "datapoints"


def _periods(count: int) -> str:
    return "period" if count == 1 else "periods"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _short(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%d/%m/%y %H:%M:%S")


def _long(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "+0000")
