"""Endpoints on their way from one state to the next.

A transition goes through its steps, each with a simulated duration, and ends when the last is over and hosting has
said how it went: SageMaker answers InService only for a fleet that passed its health checks, and a decided ending
(`endings.py`) cannot make a dead fleet serve. During an update the old fleet serves until the new one is healthy; the
steps of a guarded deployment (`deployment_steps.py`) then shift traffic, and an alarm or the time limit turns back.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from sagemaker_simulator.hosting.contract import FleetFailed, FleetToRun, Hosting

from . import outcomes
from .alarm_watch import AlarmStates, NoAlarms
from .deployment_guard import DeploymentGuard
from .deployment_policy import Policy
from .deployment_progress import at_step, mixes
from .deployment_rollback import rollback
from .deployment_step import Step, scaling
from .deployment_steps import deployment, launch_only
from .endings import POSSIBLE, Durations, Ending, Kind, Result
from .estate import Estate, Estates
from .fleets import Fleets, Key, key_of
from .records import Endpoint
from .transition import Transition

log = logging.getLogger(__name__)


def _nobody(_estate: Estate, _name: str) -> None:
    """Nobody is told when a transition has ended."""


class Impossible(ValueError):
    """An ending that the transition under way, or the next one, cannot have."""


class Transitions:
    """All transitions that are under way, and the endings decided for those to come."""

    def __init__(
        self,
        *,
        estates: Estates,
        hosting: Hosting,
        fleets: Fleets,
        durations: Durations,
        alarms: AlarmStates | None = None,
        tell: Callable[[Estate, str], None] = _nobody,
    ) -> None:
        self._estates = estates
        self._hosting = hosting
        self._fleets = fleets
        self._durations = durations
        self._tell = tell
        self._guard = DeploymentGuard(clock=estates.clock, alarms=alarms or NoAlarms(), turn_back=self._turn_back)
        self._under_way: dict[Key, Transition] = {}
        self._decided: dict[Key, Ending] = {}

    def begin(
        self,
        kind: Kind,
        estate: Estate,
        name: str,
        *,
        fleet: FleetToRun | None = None,
        policy: Policy | None = None,
        obstacle: str | None = None,
    ) -> None:
        """Start a transition; the endpoint's record already says that it is under way.

        It takes its usual time and what its policy adds, or what was decided beforehand. `obstacle`: why it cannot
        succeed, known from the start.
        """
        endpoint = estate.endpoints.get(name)
        if endpoint is None:
            raise LookupError(f"no endpoint {name} to begin a {kind} of")
        first, *to_come = self._steps(kind, endpoint, policy or Policy())
        transition = Transition(
            kind=kind,
            estate=estate,
            name=name,
            started=self._estates.clock.seconds(),
            ending=self._take_decided(kind, key_of(estate, name)),
            step=first,
            to_come=deque(to_come),
            policy=policy or Policy(),
        )
        self._under_way[transition.key] = transition
        if transition.ending is not None and transition.ending.seconds is not None:
            transition.ends_at = transition.started + transition.ending.seconds
        self._take(transition, first)
        if obstacle is not None:
            transition.failure = obstacle
            if fleet is not None:
                self._delay_the_failure(transition)
        elif fleet is not None:
            transition.starting = asyncio.create_task(self._start(transition, fleet))
        if kind is Kind.DELETE:
            self._fleets.end_serving(transition.key)
        self._tell(estate, name)
        self._guard.watch_alarms(transition)

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
            now = self._estates.clock.seconds()
            transition.ends_at = now + ending.seconds
            self._set_timer(transition, transition.seconds_of_step(now=now))
        self._settle(transition)

    def clear(self) -> None:
        """Forget every transition, and end what each was starting."""
        for transition in self._under_way.values():
            self._abandon(transition)
        self._under_way.clear()
        self._decided.clear()

    def _take_decided(self, kind: Kind, key: Key) -> Ending | None:
        ending = self._decided.get(key)
        if ending is None or ending.result not in POSSIBLE[kind]:
            return None
        return self._decided.pop(key)

    def _steps(self, kind: Kind, endpoint: Endpoint, policy: Policy) -> Sequence[Step]:
        seconds = self._durations.usual(kind)
        wanted = endpoint.pending.all_variants if endpoint.pending is not None else ()
        if kind is Kind.UPDATE:
            return deployment(policy, wanted=wanted, current=endpoint.all_variants, seconds=seconds)
        if kind is Kind.CREATE:
            return launch_only(wanted, seconds=seconds)
        return (Step(seconds=seconds, of_old=scaling(endpoint.all_variants) if kind is Kind.WEIGHTS else {}),)

    def _take(self, transition: Transition, step: Step) -> None:
        """Begin a step: the record shows it, traffic follows it, its time runs."""
        transition.step = step
        endpoint = transition.estate.endpoints.get(transition.name)
        if endpoint is not None:
            shown = at_step(endpoint, step, now=self._estates.clock.now())
            self._estates.put(transition.estate.endpoints, endpoint.name, shown)
            if transition.fleet is not None and endpoint.pending is not None and transition.kind is Kind.UPDATE:
                self._fleets.share(
                    transition.key,
                    transition.fleet,
                    config_name=endpoint.pending.config_name,
                    shares=step.shares,
                )
        self._set_timer(transition, transition.seconds_of_step(now=self._estates.clock.seconds()))

    async def _start(self, transition: Transition, fleet: FleetToRun) -> None:
        try:
            started = await self._hosting.start(fleet)
        except FleetFailed as failed:
            transition.failure = str(failed)
            self._delay_the_failure(transition)
        except Exception:
            log.exception("hosting of endpoint %s ended in a defect of the simulator", transition.name)
            transition.failure = "simulator: hosting ended in a defect; the simulator's log has the traceback"
        else:
            transition.fleet = started
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

    def _turn_back(self, transition: Transition, reason: str) -> None:
        """Leave the way forward of a guarded deployment for the way back, once."""
        endpoint = transition.estate.endpoints.get(transition.name)
        if self._under_way.get(transition.key) is not transition or transition.rolling_back or endpoint is None:
            return
        if transition.fleet is None and transition.starting is not None:
            transition.starting.cancel()
        transition.failure, transition.rolling_back, transition.ends_at = reason, True, None
        seconds = self._durations.rolling_back()
        steps = rollback(transition.policy, at=transition.step, current=endpoint.all_variants, seconds=seconds)
        if transition.ending is not None and transition.ending.result is Result.UPDATE_ROLLBACK_FAILED:
            steps = (replace(transition.step, seconds=seconds),)  # the way back is not found: traffic stays as it is
        transition.to_come = deque(steps[1:])
        self._take(transition, steps[0])

    def _settle(self, transition: Transition) -> None:
        """Go on if the step under way is over: to the next one, or to the end."""
        endpoint = transition.estate.endpoints.get(transition.name)
        if self._under_way.get(transition.key) is not transition or endpoint is None or not transition.over:
            return
        result = outcomes.result(
            transition.kind, ending=transition.ending, hosted=transition.hosted, failure=transition.failure
        )
        if result is None:
            return
        if transition.has_steps_to_take:
            self._guard.limit_time(transition)
            self._take(transition, transition.to_come.popleft())
            return
        if transition.kind is Kind.WEIGHTS and result is Result.ROLLED_BACK and not outcomes.rolling_back(endpoint):
            self._put(transition.estate, outcomes.start_rolling_back(endpoint))
            self._set_timer(transition, self._durations.rolling_back())
            return
        self._finish(transition, endpoint, result)
        self._tell(transition.estate, transition.name)

    def _finish(self, transition: Transition, endpoint: Endpoint, result: Result) -> None:
        del self._under_way[transition.key]
        transition.stop_timers()
        if transition.kind is Kind.DELETE and result is Result.IN_SERVICE:
            self._estates.remove(transition.estate.endpoints, endpoint.name)
            self._estates.remove(transition.estate.tags, endpoint.arn)
            return
        reason = outcomes.reason(result, ending=transition.ending, failure=transition.failure, endpoint=endpoint)
        after = outcomes.apply(transition.kind, result, endpoint, reason)
        self._put(transition.estate, after)
        self._fleets.resize(transition.key)
        if outcomes.takes_over(transition.kind, result) and transition.fleet is not None:
            self._fleets.switch(transition.key, transition.fleet, config_name=after.config_name)
            return
        if result is Result.UPDATE_ROLLBACK_FAILED and mixes(transition.step.shares):
            return  # both fleets go on answering
        self._abandon(transition)
        if result is Result.FAILED:
            self._fleets.end_serving(transition.key)

    def _put(self, estate: Estate, endpoint: Endpoint) -> None:
        self._estates.put(estate.endpoints, endpoint.name, replace(endpoint, modified=self._estates.clock.now()))

    def _abandon(self, transition: Transition) -> None:
        """Drop the fleet that the transition was starting."""
        transition.stop_timers()
        if transition.fleet is not None:
            self._fleets.unshare(transition.key, transition.fleet)
            self._fleets.end(transition.fleet)
        elif transition.starting is not None and not transition.hosted:
            transition.starting.cancel()
