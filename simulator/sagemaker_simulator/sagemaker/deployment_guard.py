"""Who watches a guarded deployment: its alarms, looked at every few simulated seconds, and its time limit."""

from collections.abc import Callable

from sagemaker_simulator.clock import Clock

from . import alarm_watch
from .alarm_watch import AlarmStates
from .transition import Transition


class DeploymentGuard:
    """Calls `turn_back` with the FailureReason when a deployment must not go on. The transition keeps the timers."""

    def __init__(self, *, clock: Clock, alarms: AlarmStates, turn_back: Callable[[Transition, str], None]) -> None:
        self._clock = clock
        self._alarms = alarms
        self._turn_back = turn_back

    def watch_alarms(self, transition: Transition) -> None:
        """Turn back when an alarm is tripped, else look again later."""
        if not transition.policy.alarms or transition.rolling_back:
            return
        tripped = alarm_watch.tripped(self._alarms, transition.estate, transition.policy.alarms)
        if tripped:
            self._turn_back(transition, alarm_watch.alarm_reason(tripped))
            return
        transition.watch = self._clock.call_after(alarm_watch.LOOK_SECONDS, lambda: self.watch_alarms(transition))

    def limit_time(self, transition: Transition) -> None:
        """Begin to count towards MaximumExecutionTimeoutInSeconds: call it when the new fleet is healthy.

        The launch counts with its planned length: how long a real process really takes is no simulated time.
        """
        maximum, launch = transition.policy.maximum_seconds, transition.step.seconds
        if maximum is None or transition.deadline is not None:
            return
        reason = alarm_watch.time_limit_reason(maximum)
        transition.deadline = self._clock.call_after(maximum - launch, lambda: self._turn_back(transition, reason))
