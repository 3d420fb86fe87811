"""What is kept of one model that asks for warm-ups, and when it is asked next. No I/O; time is an argument."""

import hashlib
import math
from dataclasses import dataclass, replace
from typing import Final

from endpoint_operator.api.conditions import find
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.aws.models.warm_up_requests import WarmUpAnswer
from endpoint_operator.aws.periods import WARM_UP_AGAIN_SECONDS, WARM_UP_BACK_OFF_SECONDS
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.models.facts import Target
from endpoint_operator.planning.models.warm_condition import WARM
from endpoint_operator.planning.models.warmth import (
    QUICK,
    SHORTEST_COLD_START_SECONDS,
    Answered,
    Fleet,
    Streak,
    after,
    streak_of,
)

NEVER: Final = math.inf
# A fault that passes by itself is told when it did not.
FAILURES_TO_TELL: Final = 3


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the object's own status says of its target."""

    warm: bool | None
    reason: str
    awaits_answer: bool
    """Whether earlier content is kept until the new one answered."""


@dataclass(slots=True)
class WarmUpRow:
    """`due` is on the clock of whoever keeps the rows; NEVER while nothing is asked."""

    uid: str
    generation: int
    endpoint: ObjectKey
    target_model: str
    interval: float | None
    told: Told
    streak: Streak | None = None
    """None while the endpoint has not been seen."""
    fault: Fault | None = None
    failures: int = 0
    answered: bool = False
    due: float = NEVER
    under_way: bool = False

    def is_for(self, model: InferenceModel) -> bool:
        return (self.uid, self.target_model) == (model.uid, model.status.target_model)

    def on(self, target: Target) -> bool:
        """Take the endpoint as it is now; whether it is to be asked anew, for something in it has loaded nothing."""
        fleet = fleet_of(self.target_model, target)
        before = self.streak
        if before is None:
            self.streak = Streak(fleet=fleet, verdict=True if self.told.warm else None)
            return True
        self.streak = streak_of(fleet, before)
        if before.fleet.serving_since != fleet.serving_since:
            self.answered, self.failures = False, 0
            return True
        return before.fleet.instance_count < fleet.instance_count

    def learn(self, answer: WarmUpAnswer) -> None:
        """One more answer, or none."""
        if self.streak is None:
            raise ValueError("an answer of an endpoint that was not seen")
        self.fault = answer.fault
        self.answered = self.answered or answer.answered
        self.failures = 0 if answer.answered or answer.still_loading else self.failures + 1
        self.streak = learnt(self.streak, answer)

    def has_news(self) -> bool:
        """Whether the status says something else than what is known now."""
        verdict = self.streak.verdict if self.streak is not None else None
        if self.told.awaits_answer and self.answered:
            return True
        if verdict is None:
            return False
        if verdict != self.told.warm:
            return True
        return (
            not verdict
            and self._is_worth_telling()
            and self.fault is not None
            and self.told.reason != self.fault.reason
        )

    def schedule(self, now: float) -> None:
        """Set `due` after an answer, or anew."""
        verdict = self.streak.verdict if self.streak is not None else None
        if verdict:
            self.due = slot(self.uid, self.interval, after=now) if self.interval is not None else NEVER
        elif self.failures:
            first, longest = WARM_UP_BACK_OFF_SECONDS
            self.due = now + min(first * 2.0 ** min(self.failures - 1, 20), longest, self.interval or longest)
        else:
            self.due = now + (WARM_UP_AGAIN_SECONDS if self.answered or self.fault is not None else 0.0)

    def _is_worth_telling(self) -> bool:
        return self.fault is not None and (self.fault.stalls or self.failures >= FAILURES_TO_TELL)


def row_of(model: InferenceModel) -> WarmUpRow | None:
    """A new row; None where the model asks for no warm-ups, or there is nothing to warm."""
    wanted, target_model = model.spec.warm_up, model.status.target_model
    if wanted is None or target_model is None or model.being_deleted or model.spec.paused or model.spec_error:
        return None
    return WarmUpRow(
        uid=model.uid,
        generation=model.generation,
        endpoint=ObjectKey(model.namespace, model.spec.endpoint_ref.name),
        target_model=target_model,
        interval=float(wanted.interval_seconds) if wanted.interval_seconds is not None else None,
        told=told_of(model),
    )


def told_of(model: InferenceModel) -> Told:
    condition = find(model.status.conditions, WARM)
    published = model.status.published
    return Told(
        warm=condition.status == "True" if condition is not None else None,
        reason=condition.reason if condition is not None else "",
        awaits_answer=bool(model.status.obsolete) and not (published is not None and published.answered),
    )


def fleet_of(target_model: str, target: Target) -> Fleet:
    return Fleet(target_model=target_model, serving_since=target.serving_since, instance_count=target.instance_count)


def learnt(streak: Streak, answer: WarmUpAnswer) -> Streak:
    """The streak with one more answer, or none."""
    if answer.still_loading:
        return after(streak, Answered.NOT_READY, seconds=answer.seconds)
    if not answer.answered:
        return after(streak, Answered.FAILED, seconds=answer.seconds)
    if streak.verdict and streak.cold_start_seconds is None:
        # It was warm before this process began: its first answer is no cold start, but what a quick one takes.
        cold = max(SHORTEST_COLD_START_SECONDS, 2 * answer.seconds / QUICK)
        streak = replace(streak, cold_start_seconds=cold)
    return after(streak, Answered.ANSWERED, seconds=answer.seconds)


def slot(uid: str, interval: float, *, after: float) -> float:
    """The next time that is this object's own within the interval, so that all are spread evenly over it."""
    share = int.from_bytes(hashlib.blake2b(uid.encode(), digest_size=8).digest()) / 2**64
    return after + interval - (after - share * interval) % interval
