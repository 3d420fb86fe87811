"""One transition of an endpoint under way: its steps, its timers, and what hosting has said so far."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from sagemaker_simulator.clock import Timer
from sagemaker_simulator.hosting.contract import Fleet

from .deployment_policy import Policy
from .deployment_step import Step
from .endings import Ending, Kind
from .estate import Estate
from .fleets import Key, key_of


@dataclass(eq=False, kw_only=True)
class Transition:
    """`step` is under way, `over` once its time has passed, and `to_come` follows.

    `ends_at` is the simulated time at which it was decided to end: its steps are fitted into what is left of that.
    `failure` is why the new fleet does not take over; `rolling_back` whether the steps now lead back because of it.
    """

    kind: Kind
    estate: Estate
    name: str
    started: float
    ending: Ending | None
    step: Step
    to_come: deque[Step] = field(default_factory=deque)
    policy: Policy = field(default_factory=Policy)
    ends_at: float | None = None
    timer: Timer | None = None
    over: bool = False
    watch: Timer | None = None
    deadline: Timer | None = None
    starting: asyncio.Task[None] | None = None
    fleet: Fleet | None = None
    failure: str | None = None
    rolling_back: bool = False

    @property
    def key(self) -> Key:
        return key_of(self.estate, self.name)

    @property
    def hosted(self) -> bool:
        """Whether hosting has said how it went (nothing to say for weights and deletions)."""
        return self.kind not in (Kind.CREATE, Kind.UPDATE) or self.fleet is not None or self.failure is not None

    @property
    def has_steps_to_take(self) -> bool:
        """Whether more is to be done before it ends: a fleet that failed by itself needs no steps back."""
        return bool(self.to_come) and (self.failure is None or self.rolling_back)

    def seconds_of_step(self, *, now: float) -> float:
        """Return how long the step that begins now lasts; none at all when the decided end has passed."""
        if self.ends_at is None:
            return self.step.seconds
        planned = self.step.seconds + sum(step.seconds for step in self.to_come)
        left = max(0.0, self.ends_at - now)
        return left * self.step.seconds / planned if planned else left

    def stop_timers(self) -> None:
        for timer in (self.timer, self.watch, self.deadline):
            if timer is not None:
                timer.cancel()
