"""What CloudWatch remembers of a metric alarm. Immutable: a change is a new record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

INITIAL_REASON = "Unchecked: Initial alarm creation"


class State(StrEnum):
    """StateValue (MetricAlarm in the CloudWatch API reference)."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """An alarm: `definition` is what PutMetricAlarm asked for, with defaults, without the tags.

    `transitioned` is when the state value last changed, `updated` when state or reason did.
    """

    name: str
    arn: str
    definition: Mapping[str, Any]
    configured: datetime
    state: State
    reason: str
    reason_data: str | None
    updated: datetime
    transitioned: datetime

    @property
    def periods(self) -> int:
        """Of how many periods the newest are judged."""
        return int(self.definition["EvaluationPeriods"])

    @property
    def enough(self) -> int:
        """How many of them must breach."""
        return int(self.definition.get("DatapointsToAlarm", self.periods))

    @property
    def treat_missing(self) -> str:
        return str(self.definition.get("TreatMissingData", "missing"))

    def actions_for(self, state: State) -> list[str]:
        """Return the ARNs that a change to the state calls."""
        if not self.definition["ActionsEnabled"]:
            return []
        member = {
            State.OK: "OKActions",
            State.ALARM: "AlarmActions",
            State.INSUFFICIENT_DATA: "InsufficientDataActions",
        }[state]
        return list(self.definition[member])


def describe(alarm: Alarm) -> dict[str, Any]:
    """Return the alarm as DescribeAlarms answers it."""
    shown: dict[str, Any] = {
        "AlarmName": alarm.name,
        "AlarmArn": alarm.arn,
        "AlarmConfigurationUpdatedTimestamp": alarm.configured,
        **alarm.definition,
        "StateValue": alarm.state.value,
        "StateReason": alarm.reason,
        "StateUpdatedTimestamp": alarm.updated,
        "StateTransitionedTimestamp": alarm.transitioned,
    }
    if alarm.reason_data is not None:
        shown["StateReasonData"] = alarm.reason_data
    return shown
