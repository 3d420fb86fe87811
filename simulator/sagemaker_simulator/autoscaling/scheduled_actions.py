"""PutScheduledAction, DeleteScheduledAction, DescribeScheduledActions."""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_simulator.wire.request import Caller

from .holdings import Holdings, schedule_arn
from .limit_rules import check_limits
from .pages import page
from .records import Schedule
from .refusals import no_schedule_found, no_target_registered, validation
from .schedule_clock import ScheduleClock
from .schedule_expression import expression_of
from .target_keys import check_namespace, key_of, names_target

_KEPT: Final = ("Schedule", "Timezone", "ScalableTargetAction")
_REPLACED: Final = ("StartTime", "EndTime")
Parameters = Mapping[str, Any]
Output = dict[str, Any]


class ScheduledActions:
    """Scheduled actions."""

    def __init__(self, holdings: Holdings, *, schedule_clock: ScheduleClock) -> None:
        self._holdings = holdings
        self._schedule_clock = schedule_clock

    async def put_scheduled_action(self, caller: Caller, parameters: Parameters) -> Output:
        """Make or change an action: what is not given stays, but start and end (PutScheduledAction, API reference)."""
        holding, key, name = self._holdings.of(caller), key_of(parameters), parameters["ScheduledActionName"]
        if key not in holding.targets:
            raise no_target_registered(key)
        there = holding.schedules.get((key, name))
        kept = {member: value for member, value in there.definition.items() if member in _KEPT} if there else {}
        given = {member: parameters[member] for member in (*_KEPT, *_REPLACED) if member in parameters}
        definition = kept | given
        _check(definition)
        schedule = Schedule(
            key=key,
            name=name,
            arn=there.arn if there is not None else schedule_arn(holding, key, name),
            created=there.created if there is not None else self._holdings.clock.now(),
            definition=definition,
        )
        holding.schedules[key, name] = schedule
        self._schedule_clock.arm(holding, schedule)
        return {}

    async def delete_scheduled_action(self, caller: Caller, parameters: Parameters) -> Output:
        holding, key, name = self._holdings.of(caller), key_of(parameters), parameters["ScheduledActionName"]
        if (key, name) not in holding.schedules:
            raise no_schedule_found(key, name)
        self._schedule_clock.forget(holding, key, name)
        del holding.schedules[key, name]
        return {}

    async def describe_scheduled_actions(self, caller: Caller, parameters: Parameters) -> Output:
        check_namespace(parameters)
        shown = [
            describe(schedule)
            for (key, name), schedule in sorted(self._holdings.of(caller).schedules.items())
            if names_target(key, parameters) and name in parameters.get("ScheduledActionNames", [name])
        ]
        return page("ScheduledActions", shown, parameters)


def describe(schedule: Schedule) -> Output:
    """Return the action as DescribeScheduledActions answers it."""
    return {
        "ScheduledActionName": schedule.name,
        "ScheduledActionARN": schedule.arn,
        **schedule.key.shown(),
        **schedule.definition,
        "CreationTime": schedule.created,
    }


def _check(definition: Parameters) -> None:
    if "Schedule" not in definition:
        raise validation("Schedule must be specified for a new scheduled action.")
    expression_of(definition)
    action = definition.get("ScalableTargetAction", {})
    if not {"MinCapacity", "MaxCapacity"} & set(action):
        raise validation("ScalableTargetAction must set MinCapacity, MaxCapacity or both.")
    check_limits(action.get("MinCapacity", 0), action.get("MaxCapacity", action.get("MinCapacity", 0)))
    start, end = definition.get("StartTime"), definition.get("EndTime")
    if start is not None and end is not None and start >= end:
        raise validation("StartTime must be before EndTime.")
