"""CloudWatch alarms: the calls on them that the operator makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from endpoint_operator.aws.calls import Calls


@dataclass(frozen=True, kw_only=True)
class LiveAlarm:
    """`state` is OK, ALARM or INSUFFICIENT_DATA."""

    name: str
    arn: str
    state: str
    configuration: Mapping[str, Any] = field(default_factory=dict)
    """The alarm as DescribeAlarms answers it."""


class AlarmApi:
    """The calls on alarms; each raises CallFailed."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def find(self, name: str) -> LiveAlarm | None:
        return next(iter(await self.find_all([name])), None)

    async def find_all(self, names: Sequence[str]) -> list[LiveAlarm]:
        """Those of the names that there are; at most 100 are asked for at once (CloudWatch API reference)."""
        answer = await self._calls.call("cloudwatch", "describe_alarms", AlarmNames=list(names), MaxRecords=100)
        return _alarms_in(answer)

    async def beginning_with(self, prefix: str) -> list[LiveAlarm]:
        """All whose name begins so, in pages as long as the API allows."""
        found: list[LiveAlarm] = []
        page: dict[str, Any] = {}
        while True:
            answer = await self._calls.call(
                "cloudwatch", "describe_alarms", AlarmNamePrefix=prefix, MaxRecords=100, **page
            )
            found += _alarms_in(answer)
            if not answer.get("NextToken"):
                return found
            page = {"NextToken": answer["NextToken"]}

    async def tags(self, alarm: LiveAlarm) -> dict[str, str]:
        answer = await self._calls.call("cloudwatch", "list_tags_for_resource", ResourceARN=alarm.arn)
        return {tag["Key"]: tag["Value"] for tag in answer.get("Tags", ())}

    async def put(self, request: Mapping[str, Any]) -> None:
        await self._calls.call("cloudwatch", "put_metric_alarm", **request)

    async def delete(self, name: str) -> None:
        await self._calls.call("cloudwatch", "delete_alarms", AlarmNames=[name])


def _alarms_in(answer: Mapping[str, Any]) -> list[LiveAlarm]:
    found = [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
    return [
        LiveAlarm(name=item["AlarmName"], arn=item["AlarmArn"], state=item["StateValue"], configuration=item)
        for item in found
    ]
