"""Earlier content: removed once callers have had the time to hear of the new one, and the new one answered."""

from dataclasses import replace
from datetime import UTC, datetime

from endpoint_operator.api.conditions import is_true
from endpoint_operator.planning.models.case import ModelCase
from endpoint_operator.planning.models.looks import Needed
from endpoint_operator.planning.models.packing import job_goes_first
from endpoint_operator.planning.models.plan import ModelPhase, ModelPlan
from endpoint_operator.planning.models.remembering import begins, given_up, is_full
from endpoint_operator.planning.models.rest import at_rest
from endpoint_operator.planning.models.steps import DeleteObjects
from endpoint_operator.planning.models.warm_condition import WARM
from endpoint_operator.planning.plan import AT_ONCE, Look

TOO_MANY_TO_REMOVE = "TooManyToRemove"

# The endpoint, or a warm-up, wakes it sooner.
_SETTLING_SECONDS = 300.0


def nothing_is_being_published(case: ModelCase) -> ModelPlan | Needed | None:
    """What is being published is wanted no more: the endpoint went back to the prefix that it came from."""
    if case.status.publishing is None:
        return None
    return job_goes_first(case) or at_rest(case, memory=given_up(case.memory))


def is_removed(case: ModelCase) -> ModelPlan | None:
    """At rest but for earlier content."""
    if not case.status.obsolete:
        return None
    seconds = _seconds_until_drained(case)
    if seconds > 0:
        return at_rest(case, look=Look(seconds=seconds))
    if not (_new_one_answered(case) and _prefix_is_served(case)):
        return at_rest(case)  # the endpoint, or a warm-up, wakes it
    plan = at_rest(case, memory=replace(case.memory, obsolete=(), former_prefix=None))
    step = DeleteObjects(s3_uris=tuple(case.status.obsolete))
    return replace(plan, steps=(step,), memory=None, then=plan, beside=True)


def make_room(case: ModelCase) -> ModelPlan | None:
    """So much is waiting to be removed that no more can be remembered."""
    if not is_full(case.memory):
        return None
    seconds = _seconds_until_drained(case)
    drained = seconds <= 0 and _new_one_answered(case) and _prefix_is_served(case)
    plan = ModelPlan(
        situation=begins(case),
        reason=TOO_MANY_TO_REMOVE,
        message=f"{len(case.status.obsolete)} earlier objects are still to be removed; the next content is published "
        "once they are (after the drain time, when the endpoint serves its latest generation)",
        phase=ModelPhase.PENDING,
        next_look=Look(seconds=seconds if seconds > 0 else _SETTLING_SECONDS),
    )
    if not drained:
        return plan
    then = replace(plan, memory=replace(case.memory, obsolete=(), former_prefix=None), next_look=AT_ONCE)
    return replace(plan, steps=(DeleteObjects(s3_uris=tuple(case.status.obsolete)),), then=then)


def _seconds_until_drained(case: ModelCase) -> float:
    """Nobody was ever told of what was given up before a first switch."""
    if case.status.switched_at is None:
        return 0.0
    since = datetime.strptime(case.status.switched_at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    # The time of the switch is written in whole seconds.
    return case.facts.drain_seconds + 1.0 - (case.facts.now - since).total_seconds()


def _new_one_answered(case: ModelCase) -> bool:
    published = case.status.published
    if case.model.spec.warm_up is None or case.status.switched_at is None:
        return True
    remembered = published is not None and bool(published.answered)
    warm = bool(case.facts.warm) or is_true(case.status.conditions, WARM)
    return remembered or warm or case.facts.new_one_answered


def _prefix_is_served(case: ModelCase) -> bool:
    return case.status.former_prefix is None or case.target.settled
