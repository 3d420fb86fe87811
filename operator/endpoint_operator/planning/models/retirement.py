"""The object is being deleted: what goes in S3 and in which order, and when the finalizer is let go.

Reads nothing but the object's own status, and whether its packing Job is still there: a deletion works in a
terminating namespace, and waits neither for the endpoint nor for its operator's memory of it.
"""

from endpoint_operator.api.spec import DeletionPolicy
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.models.case import ModelCase, is_packed
from endpoint_operator.planning.models.facts import PackingState
from endpoint_operator.planning.models.looks import LookForPacker, Needed
from endpoint_operator.planning.models.plan import BACK_OFF, FinalizerChange, Look, ModelPhase, ModelPlan, Situation
from endpoint_operator.planning.models.steps import DeleteObjects, DeletePacker, ModelStep
from endpoint_operator.planning.retirement import with_way_out


def retires(case: ModelCase) -> ModelPlan | Needed:
    """What to do next for a model that is being deleted."""
    model = case.model
    if not model.has_finalizer:
        return _plan("Deleted", "nothing of this object is left in S3")
    if model.spec.deletion_policy == DeletionPolicy.RETAIN:
        return _let_go("Retained", "deletionPolicy is Retain: what is in S3 stays as it is")
    memory = case.memory
    publishing = memory.publishing
    if publishing is not None and is_packed(publishing):
        waits = _job_goes_first(case, publishing.artifact_s3_uri)
        if waits is not None:
            return waits
    known = (memory.artifact_s3_uri, publishing.artifact_s3_uri if publishing is not None else None, *memory.obsolete)
    s3_uris = tuple(dict.fromkeys(s3_uri for s3_uri in known if s3_uri is not None))
    if not s3_uris:
        return _let_go("Deleted", "nothing of this object was published")
    return _let_go("Deleted", "what was published is deleted", DeleteObjects(s3_uris=s3_uris))


def _job_goes_first(case: ModelCase, s3_uri: str) -> ModelPlan | Needed | None:
    """A Pod that still runs would write the object after it was deleted."""
    job = case.facts.packing
    if job is None:
        return Needed(looks=(LookForPacker(s3_uri=s3_uri),))
    if isinstance(job, Fault):
        message = with_way_out(f"whether the packing Job still runs is not known: {job.message}")
        return _plan(job.reason, message, look=BACK_OFF)
    if job.state == PackingState.ABSENT:
        return None
    steps = () if job.state == PackingState.STOPPING else (DeletePacker(s3_uri=s3_uri),)
    return _plan("Deleting", "waiting until the packing Job and its Pods are gone", *steps, look=Look(seconds=5.0))


def _plan(reason: str, message: str, *steps: ModelStep, look: Look | None = None) -> ModelPlan:
    return ModelPlan(
        situation=Situation.DELETING,
        reason=reason,
        message=message,
        phase=ModelPhase.DELETING,
        steps=steps,
        next_look=look,
    )


def _let_go(reason: str, message: str, *steps: ModelStep) -> ModelPlan:
    return ModelPlan(
        situation=Situation.DELETING,
        reason=reason,
        message=message,
        phase=ModelPhase.DELETING,
        steps=steps,
        finalizer=FinalizerChange.REMOVE,
    )
