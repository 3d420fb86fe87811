"""`paused`: what is published is compared with what the spec asks for, and nothing is done."""

from endpoint_operator.api.conditions import ConditionType, find
from endpoint_operator.api.model_status import Publishing
from endpoint_operator.planning.models.case import ModelCase
from endpoint_operator.planning.models.looks import Needed
from endpoint_operator.planning.models.plan import ModelMemory, ModelPhase, ModelPlan, Situation
from endpoint_operator.planning.models.source import looked_at, wanted_of

PAUSED = "Paused"


def observes_only(case: ModelCase) -> ModelPlan | Needed | None:
    """The source is looked at once for each edit and each reconcile-at."""
    if not case.model.spec.paused:
        return None
    status, target = case.status, case.facts.target
    if status.artifact_s3_uri is None:
        return _behind("nothing is published, and nothing will be")
    if target is None or target.being_deleted or not target.multi_model:
        return _behind("there is no multi-model endpoint of that name")
    if not case.is_in_place:
        return _behind(f"{status.target_model} is not under {target.s3_prefix}, and is not copied there")
    if case.was_looked_for:
        return _in_step(case)
    return _compares(case)


def _compares(case: ModelCase) -> ModelPlan | Needed:
    if _was_compared(case):
        return ModelPlan(
            situation=Situation.UNKNOWN, reason=PAUSED, message="paused: as it was", phase=ModelPhase.PENDING
        )
    wanted = wanted_of(case)
    if isinstance(wanted, Needed):
        return wanted
    if isinstance(wanted, ModelPlan):
        return _behind(wanted.message)
    published = case.status.published
    same = published is not None and published.content == wanted.content
    if same and case.status.artifact_s3_uri == wanted.artifact_s3_uri:
        return _in_step(case, memory=looked_at(case.memory, wanted))
    return _behind(_would(wanted))


def _was_compared(case: ModelCase) -> bool:
    """Whether this very spec was looked at while it was paused: the status says what came of it."""
    status = case.status
    ready = find(status.conditions, ConditionType.READY)
    same = (status.observed_generation, status.observed_reconcile_at or "") == (
        case.model.generation,
        case.model.reconcile_at,
    )
    return same and ready is not None and ready.reason == PAUSED


def _would(wanted: Publishing) -> str:
    return f"{wanted.source_s3_uri} would be published as {wanted.target_model}"


def _in_step(case: ModelCase, *, memory: ModelMemory | None = None) -> ModelPlan:
    return ModelPlan(
        situation=Situation.PAUSED_IN_STEP,
        reason=PAUSED,
        message=f"paused: published as {case.status.target_model}, and nothing will be changed",
        phase=ModelPhase.READY,
        memory=memory,
    )


def _behind(message: str) -> ModelPlan:
    return ModelPlan(
        situation=Situation.PAUSED_BEHIND, reason=PAUSED, message=f"paused: {message}", phase=ModelPhase.PENDING
    )
