"""Whom an alarm calls when its state changes, told apart by the action's ARN."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sagemaker_simulator.wire.errors import NotModelled

from .alarm_record import Alarm, State
from .alarm_values import Looked

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class AlarmCall:
    """One call of one action. `repeated`: the alarm was in this state before (see `AlarmAction.repeats`)."""

    account: str
    region: str
    alarm: Alarm
    action: str
    previous: State
    looked: Looked
    repeated: bool


class AlarmAction(Protocol):
    """Carries out the actions of one kind of ARN."""

    repeats: bool
    """Whether it is called every minute for as long as the alarm stays in its state (CloudWatch User Guide, "Alarm
    actions": so for Auto Scaling)."""

    def takes(self, action: str) -> bool: ...

    def carry_out(self, call: AlarmCall) -> None: ...


class AlarmActions:
    """All kinds of actions."""

    def __init__(self) -> None:
        self._kinds: list[AlarmAction] = []

    def register(self, kind: AlarmAction) -> None:
        self._kinds.append(kind)

    def check(self, actions: Sequence[str]) -> None:
        """Raise NotModelled for an action that nobody carries out."""
        for action in actions:
            if not any(kind.takes(action) for kind in self._kinds):
                raise NotModelled(f"alarm action {action} is not modelled; SNS topics and scaling policies are")

    def call(self, call: AlarmCall) -> None:
        """Carry the action out; one that fails is logged and the alarm's state stays what it is, as in CloudWatch."""
        for kind in self._kinds:
            if not kind.takes(call.action) or (call.repeated and not kind.repeats):
                continue
            try:
                kind.carry_out(call)
            except Exception:
                log.exception("alarm %s could not carry out its action %s", call.alarm.name, call.action)
