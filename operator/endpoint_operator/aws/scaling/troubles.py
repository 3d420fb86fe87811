"""For how long autoscaling that failed is not tried again: each time longer, and at once on an edit or a new word.

Remembered here and nowhere else: a restart may try again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.scaling.live import ScalingTrouble

# A missing right is given by a person; throttling and updates under way pass within seconds.
FIRST_SECONDS: Final = {Blame.OPERATOR_SETUP: 30.0, Blame.OURS: 30.0}
FIRST_SECONDS_OF_THE_WORLD: Final = 1.0
LONGEST_SECONDS: Final = 600.0


@dataclass(frozen=True, kw_only=True)
class _Failure:
    fault: Fault
    try_of: tuple[int, str]
    delay: float
    due: float


class ScalingTroubles:
    """Failures by endpoint, the last of each."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` in monotonic seconds."""
        self._clock = clock
        self._failures: dict[str, _Failure] = {}

    def failed(self, endpoint: InferenceEndpoint, fault: Fault) -> None:
        """Asking or changing failed; one of the spec's own faults is not remembered here."""
        if fault.blame is Blame.USER:
            return
        before = self._failures.get(endpoint.uid)
        if before is not None and before.try_of == _try_of(endpoint):
            delay = min(before.delay * 2, LONGEST_SECONDS)
        else:
            delay = FIRST_SECONDS.get(fault.blame, FIRST_SECONDS_OF_THE_WORLD)
        self._failures[endpoint.uid] = _Failure(
            fault=fault, try_of=_try_of(endpoint), delay=delay, due=self._clock() + delay
        )

    def worked(self, endpoint: InferenceEndpoint) -> None:
        self._failures.pop(endpoint.uid, None)

    def of(self, endpoint: InferenceEndpoint) -> ScalingTrouble | None:
        """What the endpoint waits for; None when it may be tried."""
        failure = self._failures.get(endpoint.uid)
        if failure is None or failure.try_of != _try_of(endpoint):
            return None
        remaining = failure.due - self._clock()
        return ScalingTrouble(fault=failure.fault, retry_seconds=remaining) if remaining > 0 else None


def _try_of(endpoint: InferenceEndpoint) -> tuple[int, str]:
    return endpoint.generation, endpoint.reconcile_at
