"""When a target counts as warm: enough quick answers in a row, where quick is measured against its own cold start.

A pure streak: whoever sends the warm-ups keeps one for each target and gives it every answer. SageMaker does not say
which instance answered, so twice as many answers as there are instances are taken for all of them.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

# A target that was in memory already answers its first warm-up at once; the next ones are not held to that.
SHORTEST_COLD_START_SECONDS: Final = 0.5
# An answer that took this part of a cold start, or more, may have been one.
QUICK: Final = 0.5
ANSWERS_FOR_EACH_INSTANCE: Final = 2
# One slow answer among a thousand is the network's; of a target that was unloaded the next is not quick either, or
# SageMaker says itself that it is not loaded.
MISSES_TO_COOL: Final = 2


class Answered(StrEnum):
    ANSWERED = "Answered"
    NOT_READY = "NotReady"
    """429 ModelNotReadyException: SageMaker waited for a minute, and the model is still being loaded."""
    FAILED = "Failed"
    """Anything else: nothing is learnt of how long a cold start takes."""


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """What answers: another one of these has loaded nothing yet."""

    target_model: str
    serving_since: str
    instance_count: int


@dataclass(frozen=True, kw_only=True)
class Streak:
    """What one process learnt of one target. `verdict` is ModelFacts.warm.

    It is None until the answers tell: a process that has just begun leaves what the status says as it is.
    """

    fleet: Fleet
    cold_start_seconds: float | None = None
    """What the first answer took, with the time that SageMaker said it was not ready; None before it."""
    waited_seconds: float = 0.0
    """How long SageMaker has said in a row that it is not ready."""
    quick_in_a_row: int = 0
    misses_in_a_row: int = 0
    verdict: bool | None = None

    @property
    def wanted_in_a_row(self) -> int:
        return ANSWERS_FOR_EACH_INSTANCE * max(1, self.fleet.instance_count)


def streak_of(fleet: Fleet, before: Streak | None) -> Streak:
    """The streak that goes on with this fleet: anew for another target or revision, and for more instances."""
    if before is None:
        return Streak(fleet=fleet)
    known = before.fleet
    same = (known.target_model, known.serving_since) == (fleet.target_model, fleet.serving_since)
    if same and known.instance_count >= fleet.instance_count:
        return before if known == fleet else replace(before, fleet=fleet)
    # The cold start is the target's own: the same bytes take as long on an instance that was added.
    kept = before.cold_start_seconds if known.target_model == fleet.target_model else None
    return Streak(fleet=fleet, cold_start_seconds=kept, verdict=False)


def after(streak: Streak, answered: Answered, *, seconds: float) -> Streak:
    """The streak with one more warm-up, which took so many seconds."""
    if answered is Answered.NOT_READY:
        waited = streak.waited_seconds + seconds
        return replace(streak, waited_seconds=waited, quick_in_a_row=0, misses_in_a_row=0, verdict=False)
    if answered is Answered.FAILED:
        return _missed(streak)
    cold = streak.cold_start_seconds
    if cold is None:
        cold = max(SHORTEST_COLD_START_SECONDS, streak.waited_seconds + seconds)
    streak = replace(streak, cold_start_seconds=cold, waited_seconds=0.0)
    return _quick(streak) if seconds < cold * QUICK else _missed(streak)


def _quick(streak: Streak) -> Streak:
    count = min(streak.quick_in_a_row + 1, streak.wanted_in_a_row)
    verdict = True if count >= streak.wanted_in_a_row else streak.verdict
    return replace(streak, quick_in_a_row=count, misses_in_a_row=0, verdict=verdict)


def _missed(streak: Streak) -> Streak:
    misses = min(streak.misses_in_a_row + 1, MISSES_TO_COOL)
    verdict = streak.verdict if misses < MISSES_TO_COOL else False
    return replace(streak, quick_in_a_row=0, misses_in_a_row=misses, verdict=verdict)
