"""Alarms that publish to SNS topics, in the words of CloudWatch's own notifications."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any, Final, Protocol

from .alarm_actions import AlarmCall

_PREFIX: Final = "arn:aws:sns:"
log = logging.getLogger(__name__)


class Publish(Protocol):
    """Publishes to a topic. Raises LookupError when there is no such topic."""

    async def __call__(self, *, topic_arn: str, subject: str, message: str) -> None: ...


class Notifications:
    """Actions that are SNS topics."""

    repeats = False

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._under_way: set[asyncio.Task[None]] = set()

    def takes(self, action: str) -> bool:
        return action.startswith(_PREFIX)

    def carry_out(self, call: AlarmCall) -> None:
        subject = f'{call.alarm.state}: "{call.alarm.name}" in {call.region}'[:100]
        task = asyncio.create_task(self._send(call, subject))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send(self, call: AlarmCall, subject: str) -> None:
        try:
            await self._publish(topic_arn=call.action, subject=subject, message=json.dumps(_message(call)))
        except LookupError:
            log.warning("alarm %s could not publish: there is no topic %s", call.alarm.name, call.action)


def _message(call: AlarmCall) -> dict[str, Any]:
    definition = call.alarm.definition
    return {
        "AlarmName": call.alarm.name,
        "AlarmDescription": definition.get("AlarmDescription"),
        "AWSAccountId": call.account,
        "AlarmConfigurationUpdatedTimestamp": _moment(call.alarm.configured.isoformat),
        "NewStateValue": call.alarm.state.value,
        "NewStateReason": call.alarm.reason,
        "StateChangeTime": _moment(call.alarm.updated.isoformat),
        "Region": call.region,
        "AlarmArn": call.alarm.arn,
        "OldStateValue": call.previous.value,
        "OKActions": definition["OKActions"],
        "AlarmActions": definition["AlarmActions"],
        "InsufficientDataActions": definition["InsufficientDataActions"],
        "Trigger": _trigger(call),
    }


def _trigger(call: AlarmCall) -> dict[str, Any]:
    definition = call.alarm.definition
    shown = {
        "MetricName": definition.get("MetricName"),
        "Namespace": definition.get("Namespace"),
        "Statistic": definition.get("Statistic", "").upper() or definition.get("ExtendedStatistic"),
        "Unit": definition.get("Unit"),
        "Dimensions": [{"name": entry["Name"], "value": entry["Value"]} for entry in definition.get("Dimensions", [])],
        "Period": definition.get("Period"),
        "Metrics": definition.get("Metrics"),
        "EvaluationPeriods": call.alarm.periods,
        "DatapointsToAlarm": call.alarm.enough,
        "ComparisonOperator": definition["ComparisonOperator"],
        "Threshold": definition["Threshold"],
        "TreatMissingData": call.alarm.treat_missing,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _moment(isoformat: Callable[..., str]) -> str:
    return isoformat(timespec="milliseconds").replace("+00:00", "+0000")
