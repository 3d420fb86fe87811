"""The alarms that may end a deployment: what SageMaker looks at, and what it says when one is tripped.

AWS publishes neither when a deployment with an alarm that is already in ALARM ends nor the sentences. Here such a
deployment is taken and rolled back at the first look, and an alarm that is not there is refused.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

from sagemaker_simulator.wire.errors import validation_exception

from .estate import Estate

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
LOOK_SECONDS = 10.0  # simulated; the shortest period of a CloudWatch alarm


class AlarmStates(Protocol):
    """What the deployment needs of CloudWatch."""

    def alarm_state(self, *, account: str, region: str, name: str) -> State | None:
        """Return the alarm's state at this moment, None when there is no alarm of that name."""
        ...


class NoAlarms:
    """A CloudWatch without alarms."""

    def alarm_state(self, *, account: str, region: str, name: str) -> State | None:
        del account, region, name
        return None


def check_alarms(alarms: AlarmStates, estate: Estate, names: Sequence[str]) -> None:
    """Raise AwsError for alarms that are not there."""
    absent = [name for name in names if _state(alarms, estate, name) is None]
    if absent:
        raise validation_exception(
            f"The following alarms of AutoRollbackConfiguration could not be found in CloudWatch: {', '.join(absent)}."
        )


def tripped(alarms: AlarmStates, estate: Estate, names: Sequence[str]) -> list[str]:
    """Return the names of the alarms that are in ALARM."""
    return [name for name in names if _state(alarms, estate, name) == "ALARM"]


def alarm_reason(names: Sequence[str]) -> str:
    """Return the FailureReason of a deployment that alarms have ended."""
    return f"The deployment was rolled back because the following CloudWatch alarms are in ALARM: {', '.join(names)}."


def time_limit_reason(seconds: float) -> str:
    """Return the FailureReason of a deployment that took too long (simulated seconds)."""
    return (
        f"The deployment was rolled back because it did not finish within MaximumExecutionTimeoutInSeconds "
        f"({seconds:g} seconds)."
    )


def _state(alarms: AlarmStates, estate: Estate, name: str) -> State | None:
    return alarms.alarm_state(account=estate.account, region=estate.region, name=name)
