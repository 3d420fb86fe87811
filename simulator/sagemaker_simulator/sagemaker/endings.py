"""How a transition ends, when somebody has decided it beforehand (POST /_sim/endpoints/NAME/next), and how long each
lasts otherwise."""

import random
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is under way."""

    CREATE = "create"
    UPDATE = "update"
    WEIGHTS = "weights"
    DELETE = "delete"


class Result(StrEnum):
    """The endings that a transition can have."""

    IN_SERVICE = "InService"
    FAILED = "Failed"
    ROLLED_BACK = "RolledBack"
    UPDATE_ROLLBACK_FAILED = "UpdateRollbackFailed"
    OUT_OF_SERVICE = "OutOfService"


@dataclass(frozen=True, kw_only=True)
class Ending:
    """An ending decided beforehand: `seconds` (simulated) until it, None for the usual duration."""

    result: Result
    failure_reason: str | None = None
    seconds: float | None = None


# A deletion that ends as usual is written InService too: there is no word for it among the results.
POSSIBLE = {
    Kind.CREATE: frozenset({Result.IN_SERVICE, Result.FAILED, Result.OUT_OF_SERVICE}),
    Kind.UPDATE: frozenset(Result),
    Kind.WEIGHTS: frozenset(Result),
    Kind.DELETE: frozenset({Result.FAILED, Result.IN_SERVICE}),
}

# Simulated seconds. Creation and update: what real endpoints on small CPU instances take; the health check that never
# passes keeps an endpoint in progress far longer than one that does (tens of minutes in AWS, ten here).
_USUAL = {
    Kind.CREATE: (180.0, 300.0),
    Kind.UPDATE: (240.0, 360.0),
    Kind.WEIGHTS: (60.0, 120.0),
    Kind.DELETE: (20.0, 60.0),
}
FAILING_SECONDS = (600.0, 720.0)
ROLLING_BACK_SECONDS = (60.0, 120.0)


class Durations:
    """Durations with a jitter that repeats from run to run."""

    def __init__(self, *, seed: int = 20170724) -> None:
        self._random = random.Random(seed)  # noqa: S311 - jitter that repeats from run to run, not a secret

    def usual(self, kind: Kind) -> float:
        return self._random.uniform(*_USUAL[kind])

    def failing(self) -> float:
        return self._random.uniform(*FAILING_SECONDS)

    def rolling_back(self) -> float:
        return self._random.uniform(*ROLLING_BACK_SECONDS)
