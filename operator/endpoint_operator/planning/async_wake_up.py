"""What wakes an asynchronous endpoint that sleeps at zero instances.

A backlog per instance says nothing while there is no instance: target tracking alone lets the first requests wait until
they are more than the target. So a step policy adds one instance when an alarm sees requests and no capacity
(SageMaker Developer Guide, "Autoscale an asynchronous endpoint").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from endpoint_operator.api.autoscaling import Autoscaling
from endpoint_operator.planning.requests import tag_list
from endpoint_operator.planning.scaling.steps import ScalableResource

WAKE_UP_POLICY: Final = "endpoint-operator-wake-up"
# An alarm stands alone in its account: endpoint names are unique in it, and a prefix lists all of them.
ALARM_PREFIX: Final = "endpoint-operator-wake-up-"

# For as long as an instance may take to start; a second firing in that time adds no second instance.
_COOLDOWN_SECONDS: Final = 300

# One instance for one alarm; the Developer Guide's own numbers.
STEP_CONFIGURATION: Final[Mapping[str, Any]] = {
    "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
    "Cooldown": _COOLDOWN_SECONDS,
    "MetricAggregationType": "Average",
}

_WATCHED: Final[Mapping[str, Any]] = {
    "Namespace": "AWS/SageMaker",
    "MetricName": "HasBacklogWithoutCapacity",
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 2,
    "DatapointsToAlarm": 2,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "TreatMissingData": "missing",
}


@dataclass(frozen=True, kw_only=True)
class WantedAlarm:
    """An alarm that fires the wake-up policy; `configuration` says what it watches, as PutMetricAlarm takes it."""

    name: str
    configuration: dict[str, Any]
    tags: Mapping[str, str]
    """Given when it is made, so that it is known for ours."""

    @property
    def request(self) -> dict[str, Any]:
        """PutMetricAlarm, less the action."""
        endpoint = self.name.removeprefix(ALARM_PREFIX)
        description = (
            f"Wakes SageMaker endpoint {endpoint} from zero instances when requests wait; "
            "made by endpoint-operator, which keeps it as it is"
        )
        named = {"AlarmName": self.name, "AlarmDescription": description, "ActionsEnabled": True}
        return {**named, **self.configuration, "Tags": tag_list(self.tags)}


def watched(alarm: Mapping[str, Any]) -> dict[str, Any]:
    """What an alarm watches, out of PutMetricAlarm's request or an answer of DescribeAlarms, to be compared."""
    return {member: alarm.get(member) for member in (*_WATCHED, "Dimensions")}


def sleeps(autoscaling: Autoscaling) -> bool:
    """Whether there may be no instance, now or after a schedule has run."""
    return min(autoscaling.min_count, *(item.min_count for item in autoscaling.schedules or ()), 1) == 0


def alarm_name(endpoint_name: str) -> str:
    return f"{ALARM_PREFIX}{endpoint_name}"


def wake_up_alarm(resource: ScalableResource, *, tags: Mapping[str, str]) -> WantedAlarm:
    """The queue is the endpoint's, and so is its metric: the alarm names no variant."""
    endpoint = resource.endpoint_name
    dimensions = [{"Name": "EndpointName", "Value": endpoint}]
    return WantedAlarm(name=alarm_name(endpoint), configuration={**_WATCHED, "Dimensions": dimensions}, tags=tags)
