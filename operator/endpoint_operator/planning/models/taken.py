"""Something else is under the key: what is there is never overwritten."""

from endpoint_operator.api.model_status import Publishing
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.case import ModelCase
from endpoint_operator.planning.models.facts import PublishedSeen
from endpoint_operator.planning.models.obstacles import plan_for_fault
from endpoint_operator.planning.models.ownership import holder_of, is_ours
from endpoint_operator.planning.models.plan import ModelMemory, ModelPlan

TARGET_MODEL_TAKEN = "TargetModelTaken"

_REMEDY = "give spec.targetModel another key, or remove the field: then the key is made from the content"


def by_its_own_earlier_content(case: ModelCase, wanted: Publishing) -> ModelPlan | None:
    """Callers are told of this very key, and what is loaded under it is other content."""
    status = case.status
    other = status.published is not None and status.published.content != wanted.content
    if status.artifact_s3_uri != wanted.artifact_s3_uri or not other:
        return None
    message = f"spec.targetModel: {wanted.artifact_s3_uri} holds earlier content, and instances keep it in memory"
    return _plan(message)


def by(case: ModelCase, wanted: Publishing, seen: PublishedSeen, memory: ModelMemory) -> ModelPlan | None:
    """None where it is what is wanted."""
    if not is_ours(case.model, seen, cluster_id=case.facts.cluster_id):
        return _plan(f"spec.targetModel: {seen.s3_uri} {holder_of(seen)}", memory)
    if seen.content != wanted.content:
        return _plan(f"spec.targetModel: {seen.s3_uri} holds other content of this model", memory)
    return None


def _plan(message: str, memory: ModelMemory | None = None) -> ModelPlan:
    fault = Fault(blame=Blame.USER, reason=TARGET_MODEL_TAKEN, message=f"{message}; {_REMEDY}")
    return plan_for_fault(fault, memory=memory)
