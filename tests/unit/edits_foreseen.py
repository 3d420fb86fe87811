"""What an edit of each field does, told by planning itself: an endpoint that serves, and the calls foreseen for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.planning.foresight import foresee
from endpoint_operator.planning.plan import Situation
from endpoint_operator.planning.scaling.steps import SCALING_STEPS
from endpoint_operator.planning.steps import (
    DeleteEndpoint,
    Step,
    SyncTags,
    UpdateEndpoint,
    UpdateEndpointWeightsAndCapacities,
)
from endpoint_operator.planning.supported import not_yet_supported
from tests.unit.edits import EDITS, Edit
from tests.unit.operator_in_memory import OperatorInMemory
from tests.unit.sagemaker_in_memory import SageMakerInMemory
from tests.unit.settling import settle
from tests.unit.wish import NAMED_ALARM

# Fields that the API server lets nobody edit like this, with words of the rule that refuses it.
REFUSED = {
    "spec.mode": "mode: SageMaker cannot make this change in place",
    "spec.endpointName": "endpointName never changes",
    "spec.region": "spec.region never changes while the endpoint exists",
    "spec.assumeRoleArn": "the account of spec.assumeRoleArn never changes while the endpoint exists",
    "spec.variants[].autoscaling.backlogPerInstance": "is not for variants",
    "spec.variants[].autoscaling.provisionedConcurrencyUtilization": "is not for variants",
}
# Fields that no edit changes alone, with the reason: each member of CreateModel has a field of its own, an accelerator
# is what the instance type has, and a shadow has no queue.
STALLED = {
    "spec.overrides.model": "OverrideNotAllowed",
    "spec.containers[].framework.accelerator": "FrameworkNotFound",
    "spec.variants[].containers[].framework.accelerator": "FrameworkNotFound",
    "spec.shadow.containers[].framework.accelerator": "FrameworkNotFound",
    "spec.shadow.autoscaling.backlogPerInstance": "AutoscalingInvalid",
}


class Effect(StrEnum):
    """What an edit does, as the heading of a user's table."""

    NOTHING = "nothing in AWS"
    TAGS = "tags"
    WEIGHTS = "weights, in place"
    COUNT = "instance count, in place"
    CONCURRENCY = "concurrency, in place"
    AUTOSCALING = "autoscaling, in place"
    REVISION = "new revision"
    STOP = "the endpoint goes"
    REFUSED = "refused"
    STALLED = "Stalled"
    NOT_YET = "not yet supported"


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """`calls` in their order."""

    effect: Effect
    calls: tuple[Step, ...] = ()


def served(edit: Edit) -> OperatorInMemory:
    """An endpoint that serves what the edit begins with."""
    sagemaker = SageMakerInMemory(others={NAMED_ALARM, "churn-4xx"})
    operator = OperatorInMemory(sagemaker=sagemaker, wanted=edit.before)
    settle(operator)
    operator.calls.clear()
    return operator


def foreseen_calls(operator: OperatorInMemory) -> tuple[Step, ...]:
    endpoint: InferenceEndpoint = operator.object
    return foresee(endpoint, operator.observe(endpoint), operator.inputs).plan.steps


def outlook(field: str) -> Outlook:
    """What an edit of the field does to an endpoint that serves."""
    if field in REFUSED:
        return Outlook(effect=Effect.REFUSED)
    edit = EDITS[field]
    if any(not_yet_supported(InferenceEndpointSpec.model_validate(wanted)) for wanted in (edit.before, edit.after)):
        return Outlook(effect=Effect.NOT_YET)
    operator = served(edit)
    operator.edit(edit.after)
    if operator.object.spec.paused:
        return Outlook(effect=Effect.NOTHING)
    foreseen = foresee(operator.object, operator.observe(operator.object), operator.inputs)
    end = foreseen.in_the_end
    if field in STALLED:
        assert (end.situation, end.reason) == (Situation.USER_FAULT, STALLED[field])
        return Outlook(effect=Effect.STALLED)
    assert end.situation in (Situation.SERVING, Situation.STOPPED), f"{field}: no edit that can be made: {end.message}"
    return Outlook(effect=effect_of(foreseen.plan.steps), calls=foreseen.plan.steps)


def effect_of(calls: Sequence[Step]) -> Effect:
    changes = [step for step in calls if isinstance(step, UpdateEndpointWeightsAndCapacities)]
    if any(isinstance(step, UpdateEndpoint) for step in calls):
        return Effect.REVISION
    if any(isinstance(step, DeleteEndpoint) for step in calls):
        return Effect.STOP
    if any(isinstance(step, SCALING_STEPS) for step in calls):
        return Effect.AUTOSCALING
    if changes:
        first = changes[0]
        return Effect.WEIGHTS if first.weights else Effect.CONCURRENCY if first.concurrencies else Effect.COUNT
    if any(isinstance(step, SyncTags) for step in calls):
        return Effect.TAGS
    assert not calls, f"no heading for {calls}"
    return Effect.NOTHING
