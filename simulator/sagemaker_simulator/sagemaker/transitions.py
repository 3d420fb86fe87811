"""Endpoints on their way from one state to the next.

A transition ends when its simulated duration is over and hosting has said how it went: SageMaker answers InService
only for a fleet that passed its health checks, and a decided ending (`endings.py`) cannot make a dead fleet serve.
During an update the old fleet serves until the new one is healthy.
"""

import asyncio
import logging
from dataclasses import dataclass, replace

from sagemaker_simulator.clock import Timer
from sagemaker_simulator.hosting.contract import Fleet, FleetFailed, FleetToRun, Hosting

from . import outcomes
from .endings import POSSIBLE, Durations, Ending, Kind, Result
from .estate import Estate, Estates
from .fleets import Fleets, Key, key_of
from .records import Endpoint

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Transition:
    """One transition under way. `over`: its simulated time has passed."""

    kind: Kind
    estate: Estate
    name: str
    started: float
    ending: Ending | None
    timer: Timer | None = None
    over: bool = False
    starting: asyncio.Task[None] | None = None
    fleet: Fleet | None = None
    failure: str | None = None

    @property
    def hosted(self) -> bool:
        """Whether hosting has said how it went (nothing to say for weights and deletions)."""
        return self.kind not in (Kind.CREATE, Kind.UPDATE) or self.fleet is not None or self.failure is not None


class Impossible(ValueError):
    """An ending that the transition under way, or the next one, cannot have."""


class Transitions:
    """All transitions that are under way, and the endings decided for those to come."""

    def __init__(self, *, estates: Estates, hosting: Hosting, fleets: Fleets, durations: Durations) -> None:
        self._estates = estates
        self._hosting = hosting
        self._fleets = fleets
        self._durations = durations
        self._under_way: dict[Key, Transition] = {}
        self._decided: dict[Key, Ending] = {}

    def begin(
        self, kind: Kind, estate: Estate, name: str, *, fleet: FleetToRun | None = None, longer_by: float = 0.0
    ) -> None:
        """Start a transition; the endpoint's record already says that it is under way.

        It takes its usual time and `longer_by` simulated seconds, or what was decided beforehand.
        """
        key = key_of(estate, name)
        ending = self._decided.get(key)
        if ending is not None and ending.result in POSSIBLE[kind]:
            del self._decided[key]
        else:
            ending = None
        transition = Transition(kind, estate, name, self._estates.clock.seconds(), ending)
        self._under_way[key] = transition
        decided = ending.seconds if ending is not None else None
        self._set_timer(transition, self._durations.usual(kind) + longer_by if decided is None else decided)
        if fleet is not None:
            transition.starting = asyncio.create_task(self._start(transition, fleet))
        if kind is Kind.DELETE:
            self._fleets.end_serving(key)

    def decide(self, estate: Estate, name: str, ending: Ending) -> None:
        """Decide how the transition under way ends, or else the next one that can end so. Raises Impossible."""
        key = key_of(estate, name)
        transition = self._under_way.get(key)
        kind = transition.kind if transition is not None else None
        if kind is None and estate.endpoints.get(name) is None:
            kind = Kind.CREATE
        if kind is not None and ending.result not in POSSIBLE[kind]:
            possible = ", ".join(sorted(POSSIBLE[kind]))
            raise Impossible(f"a {kind} cannot end as {ending.result}; it can end as {possible}")
        if transition is None:
            self._decided[key] = ending
            return
        transition.ending = ending
        if ending.seconds is not None:
            self._set_timer(transition, ending.seconds)
        self._settle(transition)

    def clear(self) -> None:
        """Forget every transition, and end what each was starting."""
        for transition in self._under_way.values():
            self._abandon(transition)
        self._under_way.clear()
        self._decided.clear()

    async def _start(self, transition: Transition, fleet: FleetToRun) -> None:
        try:
            transition.fleet = await self._hosting.start(fleet)
        except FleetFailed as failed:
            transition.failure = str(failed)
            self._delay_the_failure(transition)
        except Exception:
            log.exception("hosting of endpoint %s ended in a defect of the simulator", transition.name)
            transition.failure = "simulator: hosting ended in a defect; the simulator's log has the traceback"
        self._settle(transition)

    def _delay_the_failure(self, transition: Transition) -> None:
        """SageMaker tries for long before it gives up, unless the end or its time was decided."""
        ending = transition.ending
        if ending is None or (ending.seconds is None and outcomes.takes_over(transition.kind, ending.result)):
            passed = self._estates.clock.seconds() - transition.started
            self._set_timer(transition, self._durations.failing() - passed)

    def _set_timer(self, transition: Transition, seconds: float) -> None:
        if transition.timer is not None:
            transition.timer.cancel()
        transition.over = False

        def ring() -> None:
            transition.over = True
            self._settle(transition)

        transition.timer = self._estates.clock.call_after(seconds, ring)

    def _settle(self, transition: Transition) -> None:
        """End the transition if it can end now."""
        key = key_of(transition.estate, transition.name)
        endpoint = transition.estate.endpoints.get(transition.name)
        if self._under_way.get(key) is not transition or endpoint is None or not transition.over:
            return
        result = outcomes.result(
            transition.kind, ending=transition.ending, hosted=transition.hosted, failure=transition.failure
        )
        if result is None:
            return
        reason = outcomes.reason(result, ending=transition.ending, failure=transition.failure, endpoint=endpoint)
        if transition.kind is Kind.WEIGHTS and result is Result.ROLLED_BACK and not outcomes.rolling_back(endpoint):
            self._put(transition.estate, outcomes.start_rolling_back(endpoint))
            self._set_timer(transition, self._durations.rolling_back())
            return
        del self._under_way[key]
        self._finish(transition, key, endpoint, result, reason)

    def _finish(self, transition: Transition, key: Key, endpoint: Endpoint, result: Result, reason: str | None) -> None:
        if transition.kind is Kind.DELETE and result is Result.IN_SERVICE:
            self._estates.remove(transition.estate.endpoints, endpoint.name)
            self._estates.remove(transition.estate.tags, endpoint.arn)
            return
        self._put(transition.estate, outcomes.apply(transition.kind, result, endpoint, reason))
        if outcomes.takes_over(transition.kind, result) and transition.fleet is not None:
            self._fleets.switch(key, transition.fleet)
            return
        self._abandon(transition)
        if result is Result.FAILED:
            self._fleets.end_serving(key)

    def _put(self, estate: Estate, endpoint: Endpoint) -> None:
        self._estates.put(estate.endpoints, endpoint.name, replace(endpoint, modified=self._estates.clock.now()))

    def _abandon(self, transition: Transition) -> None:
        """Drop the fleet that the transition was starting."""
        if transition.timer is not None:
            transition.timer.cancel()
        if transition.fleet is not None:
            self._fleets.end(transition.fleet)
        elif transition.starting is not None and not transition.hosted:
            transition.starting.cancel()
