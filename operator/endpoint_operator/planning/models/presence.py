"""What is under a key, and whether what is published is still there."""

from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.models.case import ModelCase
from endpoint_operator.planning.models.facts import Absent, PublishedSeen
from endpoint_operator.planning.models.looks import LookAtKey, Needed
from endpoint_operator.planning.models.obstacles import plan_for_fault
from endpoint_operator.planning.models.ownership import is_ours
from endpoint_operator.planning.models.plan import BACK_OFF, ModelPhase, ModelPlan, Situation


def object_at(case: ModelCase, s3_uri: str) -> PublishedSeen | Absent | ModelPlan | Needed:
    """What is under the key, or why it is not known."""
    seen = case.facts.published
    if isinstance(seen, Fault):
        return plan_for_fault(seen)
    if seen is None or seen.s3_uri != s3_uri:
        return Needed(looks=(LookAtKey(s3_uri=s3_uri),))
    return seen


def cannot_be_told(case: ModelCase) -> ModelPlan | Needed | None:
    """The list of the prefix lacks what is published: one more look tells whether it was right."""
    if not _is_asked(case):
        return None
    seen = object_at(case, _artifact(case))
    if isinstance(seen, Needed):
        return seen
    if isinstance(seen, ModelPlan):  # S3 cannot be asked: nothing is known to be wrong
        return ModelPlan(
            situation=Situation.UNKNOWN,
            reason=seen.reason,
            message=seen.message,
            phase=ModelPhase.READY,
            next_look=BACK_OFF,
        )
    return None


def is_gone(case: ModelCase) -> bool:
    """Whether what callers are told of is not there any more; `cannot_be_told` comes before."""
    if not _is_asked(case):
        return False
    seen = object_at(case, _artifact(case))
    if not isinstance(seen, PublishedSeen):
        return True
    published = case.status.published
    same = published is not None and seen.content == published.content
    return not (same and is_ours(case.model, seen, cluster_id=case.facts.cluster_id))


def _is_asked(case: ModelCase) -> bool:
    """One that moves to another prefix, or is being replaced, is published in the course of that."""
    publishing, artifact = case.status.publishing, case.status.artifact_s3_uri
    if not case.facts.missing or artifact is None or not case.is_in_place:
        return False
    return publishing is None or publishing.artifact_s3_uri == artifact


def _artifact(case: ModelCase) -> str:
    return case.status.artifact_s3_uri or ""
