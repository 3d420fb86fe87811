"""A target's count brought between its min and max, when these are set: by a registration or by a schedule.

The count can be changed only while the endpoint is InService ("Endpoint auto scaling" in the SageMaker Developer
Guide); until it is, the change stays owed and is tried again every simulated minute. AWS does not publish how long it
tries.
"""

from dataclasses import replace
from typing import Final

from sagemaker_simulator.clock import Timer

from .holdings import Holdings
from .records import Holding, Target
from .scaler import Scaler

_AGAIN_SECONDS: Final = 60.0


class Limits:
    """Keeps counts within what was set last."""

    def __init__(self, holdings: Holdings, *, scaler: Scaler) -> None:
        self._holdings = holdings
        self._scaler = scaler
        self._timer: Timer | None = None

    def apply(self, holding: Holding, target: Target, *, cause: str) -> None:
        """Put the target and bring its count within min and max, now or as soon as the endpoint is at rest."""
        owed = replace(target, owes=cause)
        holding.targets[target.key] = owed
        self._pay(holding, owed)
        self._arm()

    def clear(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    def _pay(self, holding: Holding, target: Target) -> None:
        count = self._scaler.look(holding, target.key)
        within = count is not None and target.minimum <= count.desired <= target.maximum
        if count is not None and not within and not count.at_rest:
            return
        holding.targets[target.key] = replace(target, owes=None)
        if count is not None and not within:
            after = min(max(count.desired, target.minimum), target.maximum)
            self._scaler.begin(
                holding, target.key, before=count.desired, after=after, cause=target.owes or "limits were set"
            )

    def _arm(self) -> None:
        owed = any(target.owes is not None for holding in self._holdings.all() for target in holding.targets.values())
        if owed and self._timer is None:
            self._timer = self._holdings.clock.call_after(_AGAIN_SECONDS, self._ring)

    def _ring(self) -> None:
        self._timer = None
        for holding in self._holdings.all():
            for target in list(holding.targets.values()):
                if target.owes is not None:
                    self._pay(holding, target)
        self._arm()
