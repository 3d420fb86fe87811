"""What is published is what is wanted: Ready, or waiting for an endpoint that answers."""

from dataclasses import replace

from endpoint_operator.api.conditions import ConditionType, find, is_true
from endpoint_operator.planning.models.case import ModelCase
from endpoint_operator.planning.models.plan import ModelMemory, ModelPhase, ModelPlan, Situation
from endpoint_operator.planning.plan import AT_ONCE, Look

PUBLISHED = "Published"
WAITING_FOR_ENDPOINT = "WaitingForEndpoint"


def at_rest(case: ModelCase, *, memory: ModelMemory | None = None, look: Look | None = None) -> ModelPlan:
    """`memory` is what is published, where that is news."""
    target_model = (memory or case.memory).target_model
    there = memory or case.memory
    garbage = there.obsolete or there.publishing is not None
    look = AT_ONCE if memory is not None and garbage else look
    if case.target.available or was_ready(case):
        return ModelPlan(
            situation=Situation.SERVING,
            reason=PUBLISHED,
            message=f"published as {target_model}",
            phase=ModelPhase.READY,
            memory=memory,
            next_look=look,
        )
    return ModelPlan(
        situation=Situation.CREATING,
        reason=WAITING_FOR_ENDPOINT,
        message=f"published as {target_model}; the endpoint {case.target.endpoint_name} does not answer yet",
        phase=ModelPhase.PENDING,
        memory=memory,
        next_look=look,
    )


def was_ready(case: ModelCase) -> bool:
    """Later troubles of the endpoint are its own conditions: they do not flip ten thousand models."""
    ready = find(case.status.conditions, ConditionType.READY)
    return is_true(case.status.conditions, ConditionType.READY) and ready is not None and ready.reason == PUBLISHED


def serves(case: ModelCase) -> ModelPlan:
    """The last decision. An endpoint that has rolled out serves the prefix that it was told of."""
    if case.status.former_prefix is not None and case.target.settled:
        return at_rest(case, memory=replace(case.memory, former_prefix=None))
    return at_rest(case)
