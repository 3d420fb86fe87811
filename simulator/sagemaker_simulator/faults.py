"""Faults that somebody asked for: which calls they meet, how often, and what they do to them."""

import asyncio
import fnmatch
import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .clock import Clock
from .wire.errors import AwsError
from .wire.request import Call


@dataclass(frozen=True, kw_only=True)
class Match:
    """Globs that a call must fit; None fits every call."""

    service: str | None = None
    operation: str | None = None
    resource: str | None = None
    account: str | None = None
    region: str | None = None

    def fits(self, call: Call) -> bool:
        return (
            _fits(self.service, call.service)
            and _fits(self.operation, call.operation)
            and _fits(self.resource, call.resource)
            and _fits(self.account, call.caller.account)
            and _fits(self.region, call.caller.region)
        )


@dataclass(frozen=True, kw_only=True)
class ErrorToGive:
    """The error of a fault: a new exception for every call, for an exception remembers where it was raised."""

    code: str
    message: str
    status: int

    def exception(self) -> AwsError:
        return AwsError(self.code, self.message, status=self.status)


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What happens to a call that is met. `delay_ms` is real and comes before the work; the others exclude `error`."""

    error: ErrorToGive | None = None
    delay_ms: float = 0.0
    drop_answer: bool = False
    hold: bool = False


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A fault as it was asked for; `document` is that request, for showing it again."""

    match: Match
    effect: Effect
    times: int | None
    for_seconds: float | None
    probability: float | None
    document: Mapping[str, Any]


@dataclass(eq=False)
class Fault:
    """A rule in force and its counts."""

    id: str
    rule: Rule
    until: float | None
    fired: int = 0
    held: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def shown(self) -> dict[str, Any]:
        return {"id": self.id, **self.rule.document, "fired": self.fired, "held": self.held}

    async def wait_until_released(self) -> None:
        """Keep a call until the fault is deleted."""
        self.held += 1
        try:
            await self.released.wait()
        finally:
            self.held -= 1


class Faults:
    """All faults, in the order in which they were asked for."""

    def __init__(self, clock: Clock, *, seed: int = 20170724) -> None:
        self._clock = clock
        self._random = random.Random(seed)  # noqa: S311 - jitter that repeats from run to run, not a secret
        self._ids = itertools.count(1)
        self._faults: dict[str, Fault] = {}

    def add(self, rule: Rule) -> str:
        until = self._clock.seconds() + rule.for_seconds if rule.for_seconds is not None else None
        fault = Fault(id=str(next(self._ids)), rule=rule, until=until)
        self._faults[fault.id] = fault
        return fault.id

    def all(self) -> list[Fault]:
        return list(self._faults.values())

    def delete(self, fault_id: str) -> bool:
        """End a fault, letting go what it holds. Returns False when there is none of that id."""
        fault = self._faults.pop(fault_id, None)
        if fault is not None:
            fault.released.set()
        return fault is not None

    def clear(self) -> None:
        for fault_id in list(self._faults):
            self.delete(fault_id)

    def meet(self, call: Call) -> Fault | None:
        """Return the first fault that meets the call, counted as fired."""
        for fault in self._faults.values():
            if fault.rule.match.fits(call) and self._fires(fault):
                fault.fired += 1
                return fault
        return None

    def _fires(self, fault: Fault) -> bool:
        if fault.rule.times is not None and fault.fired >= fault.rule.times:
            return False
        if fault.until is not None and self._clock.seconds() >= fault.until:
            return False
        return fault.rule.probability is None or self._random.random() < fault.rule.probability


def _fits(glob: str | None, value: str | None) -> bool:
    return glob is None or (value is not None and fnmatch.fnmatchcase(value, glob))
