"""The operations on alarms."""

from collections.abc import Mapping
from typing import Any, Final

from sagemaker_simulator.wire.errors import NotModelled
from sagemaker_simulator.wire.request import Caller

from .alarm_actions import AlarmActions
from .alarm_definition import definition
from .alarm_record import INITIAL_REASON, Alarm, State, describe
from .alarm_values import looked_at
from .alarm_watch import AlarmWatch
from .books import Book, Books
from .pages import token_of, token_place
from .queries import metric_of
from .refusals import alarm_not_found, invalid_combination

_PAGE: Final = 50  # MaxRecords of DescribeAlarms when it is not given
_ACTIONS: Final = ("OKActions", "AlarmActions", "InsufficientDataActions")
Parameters = Mapping[str, Any]
Output = dict[str, Any]


class Alarms:
    """Operations on metric alarms; composite and log alarms are not modelled."""

    def __init__(self, books: Books, *, watch: AlarmWatch, actions: AlarmActions) -> None:
        self._books = books
        self._watch = watch
        self._actions = actions

    async def put_metric_alarm(self, caller: Caller, parameters: Parameters) -> Output:
        self.put(self._books.of(caller), parameters)
        return {}

    def put(self, book: Book, parameters: Parameters) -> Alarm:
        """Make or overwrite an alarm; the state of one that is there stays (PutMetricAlarm, API reference).

        Raises AwsError.
        """
        wanted = definition(parameters)
        self._actions.check([action for member in _ACTIONS for action in wanted[member]])
        name, now = parameters["AlarmName"], self._books.clock.now()
        there = book.alarms.get(name)
        if there is None:
            book.tags[book.alarm_arn(name)] = {tag["Key"]: tag["Value"] for tag in parameters.get("Tags", [])}
        alarm = Alarm(
            name=name,
            arn=book.alarm_arn(name),
            definition=wanted,
            configured=now,
            state=there.state if there is not None else State.INSUFFICIENT_DATA,
            reason=there.reason if there is not None else INITIAL_REASON,
            reason_data=there.reason_data if there is not None else None,
            updated=there.updated if there is not None else now,
            transitioned=there.transitioned if there is not None else now,
        )
        book.alarms[name] = alarm
        self._watch.wake(alarm)
        return alarm

    async def describe_alarms(self, caller: Caller, parameters: Parameters) -> Output:
        for member in ("ChildrenOfAlarmName", "ParentsOfAlarmName"):
            if member in parameters:
                raise NotModelled(f"composite alarms are not modelled ({member} of DescribeAlarms)")
        if "AlarmNames" in parameters and "AlarmNamePrefix" in parameters:
            raise invalid_combination("AlarmNames and AlarmNamePrefix cannot be given together.")
        alarms = self._books.of(caller).alarms
        found = [alarms[name] for name in sorted(alarms) if _fits(alarms[name], parameters)]
        size, place = int(parameters.get("MaxRecords", _PAGE)), token_place(parameters.get("NextToken"))
        shown = [describe(alarm) for alarm in found[place : place + size]]
        output: Output = {"MetricAlarms": shown, "CompositeAlarms": []}
        return output | ({"NextToken": token_of(place + size)} if len(found) > place + size else {})

    async def describe_alarms_for_metric(self, caller: Caller, parameters: Parameters) -> Output:
        wanted = metric_of(parameters)
        shown = [
            describe(alarm)
            for _, alarm in sorted(self._books.of(caller).alarms.items())
            if "Metrics" not in alarm.definition
            and metric_of(alarm.definition) == wanted
            and all(
                alarm.definition.get(member) == parameters.get(member, alarm.definition.get(member))
                for member in ("Statistic", "ExtendedStatistic", "Period", "Unit")
            )
        ]
        return {"MetricAlarms": shown}

    async def delete_alarms(self, caller: Caller, parameters: Parameters) -> Output:
        """Delete all or none: with one name that is not there, none is (DeleteAlarms in the API reference)."""
        book = self._books.of(caller)
        for name in parameters["AlarmNames"]:
            if name not in book.alarms:
                raise alarm_not_found(name)
        for name in parameters["AlarmNames"]:
            self.delete(book, name)
        return {}

    def delete(self, book: Book, name: str) -> None:
        """Delete the alarm if it is there."""
        if book.alarms.pop(name, None) is not None:
            book.tags.pop(book.alarm_arn(name), None)

    async def set_alarm_state(self, caller: Caller, parameters: Parameters) -> Output:
        """Put the alarm into a state for now: it goes back at the next evaluation that says otherwise."""
        book = self._books.of(caller)
        alarm = _existing(book, parameters["AlarmName"])
        changed = self._watch.change(
            book,
            alarm,
            State(parameters["StateValue"]),
            reason=parameters["StateReason"],
            reason_data=parameters.get("StateReasonData"),
        )
        if changed.state is not alarm.state:
            looked = looked_at(changed, book, now=self._books.clock.seconds())
            self._watch.call_actions(book, changed, previous=alarm.state, looked=looked)
        return {}

    async def enable_alarm_actions(self, caller: Caller, parameters: Parameters) -> Output:
        return self._switch_actions(caller, parameters, enabled=True)

    async def disable_alarm_actions(self, caller: Caller, parameters: Parameters) -> Output:
        return self._switch_actions(caller, parameters, enabled=False)

    def _switch_actions(self, caller: Caller, parameters: Parameters, *, enabled: bool) -> Output:
        book = self._books.of(caller)
        for name in parameters["AlarmNames"]:
            alarm = _existing(book, name)
            self.put(book, {**alarm.definition, "AlarmName": name, "ActionsEnabled": enabled})
        return {}


def _existing(book: Book, name: str) -> Alarm:
    alarm = book.alarms.get(name)
    if alarm is None:
        raise alarm_not_found(name)
    return alarm


def _fits(alarm: Alarm, parameters: Parameters) -> bool:
    actions = [action for member in _ACTIONS for action in alarm.definition[member]]
    prefix = parameters.get("ActionPrefix", "")
    return (
        ("AlarmNames" not in parameters or alarm.name in parameters["AlarmNames"])
        and alarm.name.startswith(parameters.get("AlarmNamePrefix", ""))
        and parameters.get("StateValue", alarm.state.value) == alarm.state.value
        and "MetricAlarm" in parameters.get("AlarmTypes", ["MetricAlarm"])
        and (not prefix or any(action.startswith(prefix) for action in actions))
    )
