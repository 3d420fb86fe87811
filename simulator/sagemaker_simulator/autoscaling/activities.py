"""DescribeScalingActivities."""

from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.wire.errors import NotModelled
from sagemaker_simulator.wire.request import Caller

from .holdings import Holdings
from .pages import page
from .records import Activity
from .scaler import Scaler
from .target_keys import check_namespace, names_target


class Activities:
    """Scaling activities, newest first."""

    def __init__(self, holdings: Holdings, *, scaler: Scaler) -> None:
        self._holdings = holdings
        self._scaler = scaler

    async def describe_scaling_activities(self, caller: Caller, parameters: Mapping[str, Any]) -> dict[str, Any]:
        check_namespace(parameters)
        if parameters.get("IncludeNotScaledActivities", False):
            raise NotModelled("activities that did not scale (IncludeNotScaledActivities) are not modelled")
        holding = self._holdings.of(caller)
        found: list[Activity] = []
        for key in holding.activities:
            if names_target(key, parameters):
                self._scaler.look(holding, key)
                found.extend(holding.activities[key])
        found.sort(key=lambda activity: activity.started, reverse=True)
        return page("ScalingActivities", [describe(activity) for activity in found], parameters)


def describe(activity: Activity) -> dict[str, Any]:
    """Return the activity as DescribeScalingActivities answers it."""
    shown = {
        "ActivityId": activity.id,
        **activity.key.shown(),
        "Description": activity.description,
        "Cause": activity.cause,
        "StartTime": activity.started,
        "EndTime": activity.ended,
        "StatusCode": activity.status,
        "StatusMessage": activity.message,
    }
    return {member: value for member, value in shown.items() if value is not None}
