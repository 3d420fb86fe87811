"""Whether there is an endpoint that this model can be published for."""

from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.case import ModelCase
from endpoint_operator.planning.models.obstacles import plan_for_fault
from endpoint_operator.planning.models.plan import ModelPhase, ModelPlan
from endpoint_operator.planning.models.rest import was_ready
from endpoint_operator.planning.plan import Situation

ENDPOINT_NOT_FOUND = "EndpointNotFound"
ENDPOINT_NOT_UNDERSTOOD = "EndpointNotUnderstood"


def is_not_there(case: ModelCase) -> ModelPlan | None:
    """Nothing is removed: the endpoint may be made again, and then it finds its models."""
    target = case.facts.target
    if target is not None and not target.being_deleted:
        return None
    name = case.model.spec.endpoint_ref.name
    what = "there is no" if target is None else "somebody is deleting the"
    return ModelPlan(
        situation=Situation.WORLD_FAULT,
        reason=ENDPOINT_NOT_FOUND,
        message=f"{what} InferenceEndpoint {case.model.namespace}/{name}; make it, or delete this model",
        phase=ModelPhase.PENDING,
    )


def is_not_understood(case: ModelCase) -> ModelPlan | None:
    """The endpoint's object says what is wrong with it; a model that was Ready about this very spec stays so."""
    if case.target.understood:
        return None
    if was_ready(case) and case.status.observed_generation == case.model.generation:
        return ModelPlan(
            situation=Situation.UNKNOWN, reason=ENDPOINT_NOT_UNDERSTOOD, message="as it was", phase=ModelPhase.READY
        )
    name = case.model.spec.endpoint_ref.name
    return ModelPlan(
        situation=Situation.WORLD_FAULT,
        reason=ENDPOINT_NOT_UNDERSTOOD,
        message=f"the spec of InferenceEndpoint {case.model.namespace}/{name} cannot be read: its condition Stalled "
        "says why; this model waits for its correction",
        phase=ModelPhase.PENDING,
    )


def is_not_multi_model(case: ModelCase) -> ModelPlan | None:
    if case.target.multi_model:
        return None
    name = case.model.spec.endpoint_ref.name
    message = (
        f"spec.endpointRef.name: InferenceEndpoint {case.model.namespace}/{name} is not of mode MultiModel; "
        "name one that is, in another InferenceModel, for this field cannot be changed"
    )
    return plan_for_fault(Fault(blame=Blame.USER, reason="EndpointNotMultiModel", message=message), retry=False)


def id_is_taken(case: ModelCase) -> ModelPlan | None:
    other = case.facts.id_taken_by
    if other is None:
        return None
    message = (
        f"spec.modelId: {case.model.model_id} is the model of InferenceModel {other}, which is older, on endpoint "
        f"{case.model.spec.endpoint_ref.name}; delete one of the two, or make this one again with another modelId"
    )
    return plan_for_fault(Fault(blame=Blame.USER, reason="ModelIdTaken", message=message), retry=False)
