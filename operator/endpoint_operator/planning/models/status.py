"""From everything that a pass over a model knows to the status that it writes, once."""

from dataclasses import replace

from endpoint_operator.api.conditions import Condition, ConditionType, merged
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.api.model_status import InferenceModelStatus
from endpoint_operator.planning.condition_table import conditions_of
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.models.case import ModelCase, memory_of, place_in_status
from endpoint_operator.planning.models.facts import ModelFacts
from endpoint_operator.planning.models.outcome import ARCHIVE_INVALID, SOURCE_CHANGED, SOURCE_NOT_FOUND, ModelOutcome
from endpoint_operator.planning.models.plan import ModelMemory, ModelPhase, ModelPlan, Situation
from endpoint_operator.planning.models.remembering import refusal
from endpoint_operator.planning.models.steps import CheckArchive, CopyObject
from endpoint_operator.planning.models.warm_condition import with_warm
from endpoint_operator.planning.place import Place
from endpoint_operator.planning.retirement import with_way_out


def status_of(
    model: InferenceModel, *, facts: ModelFacts, plan: ModelPlan, outcome: ModelOutcome
) -> InferenceModelStatus:
    """The status after this pass. Equal to the old one when nothing changed."""
    told = _with_what_answers(ModelCase(model=model, facts=facts), _as_it_went(model, plan, outcome))
    if told.situation == Situation.UNKNOWN:
        return model.status
    memory = _memory(model, told, outcome)
    place = _place(model, facts, memory)
    return InferenceModelStatus(
        observed_generation=model.generation,
        observed_reconcile_at=model.reconcile_at or None,
        model_id=model.model_id,
        phase=told.phase.value,
        target_model=memory.target_model,
        artifact_s3_uri=memory.artifact_s3_uri,
        size_bytes=memory.size_bytes,
        etag=memory.etag,
        region=place.region if place is not None else None,
        assume_role_arn=place.assume_role_arn if place is not None else None,
        published=memory.published,
        publishing=memory.publishing,
        obsolete=list(memory.obsolete),
        former_prefix=memory.former_prefix,
        switched_at=memory.switched_at,
        migration=model.status.migration,
        conditions=_conditions(model, facts, told, memory),
    )


def _as_it_went(model: InferenceModel, plan: ModelPlan, outcome: ModelOutcome) -> ModelPlan:
    """The plan as it went: what it comes to when all is done, or what the step that failed says."""
    fault = outcome.fault
    if fault is None:
        return plan.then or plan
    if plan.beside:
        return replace(plan, message=f"{plan.message}; earlier content is not removed yet: {fault.message}")
    if model.being_deleted:
        situation = Situation.USER_FAULT if fault.stalls else Situation.DELETING
        message = with_way_out(fault.message) if fault.stalls else fault.message
        return replace(plan, situation=situation, reason=fault.reason, message=message)
    situation = Situation.USER_FAULT if fault.stalls else Situation.WORLD_FAULT
    phase = ModelPhase.STALLED if fault.stalls else plan.phase
    return replace(plan, situation=situation, reason=fault.reason, message=fault.message, phase=phase)


def _with_what_answers(case: ModelCase, told: ModelPlan) -> ModelPlan:
    """What cannot be published leaves callers what they had, which is said: nobody is to look for an outage."""
    if told.situation not in (Situation.USER_FAULT, Situation.WORLD_FAULT) or not _answers_as_before(case):
        return told
    return replace(told, message=f"{told.message}; {case.status.target_model} answers as before")


def _answers_as_before(case: ModelCase) -> bool:
    facts, target = case.facts, case.facts.target
    if case.model.being_deleted or target is None or target.being_deleted or facts.id_taken_by is not None:
        return False
    publishing, artifact = case.status.publishing, case.status.artifact_s3_uri
    is_gone = facts.missing or (publishing is not None and publishing.artifact_s3_uri == artifact)
    return target.available and target.settled and case.is_in_place and not is_gone


def _memory(model: InferenceModel, told: ModelPlan, outcome: ModelOutcome) -> ModelMemory:
    memory = told.memory or memory_of(model.status)
    if outcome.fault is not None:
        return _after_fault(memory, told, outcome, outcome.fault)
    if outcome.did(CopyObject) and memory.artifact_s3_uri is not None and memory.etag is None:
        return replace(memory, etag=outcome.etag, size_bytes=outcome.size_bytes)
    return memory


def _after_fault(memory: ModelMemory, told: ModelPlan, outcome: ModelOutcome, fault: Fault) -> ModelMemory:
    """What a failed step teaches about the content that is being published."""
    failed = told.steps[len(outcome.done)] if len(outcome.done) < len(told.steps) else None
    publishing = memory.publishing
    if publishing is None or not isinstance(failed, CheckArchive | CopyObject):
        return memory
    if fault.reason in (SOURCE_CHANGED, SOURCE_NOT_FOUND):
        return replace(memory, publishing=publishing.model_copy(update={"source_etag": None}))
    if isinstance(failed, CheckArchive) and fault.reason == ARCHIVE_INVALID:
        return replace(memory, publishing=publishing.model_copy(update={"refused": refusal(fault)}))
    return memory


def _place(model: InferenceModel, facts: ModelFacts, memory: ModelMemory) -> Place | None:
    """What a deletion must know, from the write on that comes before anything is in S3."""
    known = place_in_status(model.status)
    target = facts.target
    if model.being_deleted or target is None or not target.multi_model or memory.is_empty:
        return known
    return target.place


def _conditions(model: InferenceModel, facts: ModelFacts, told: ModelPlan, memory: ModelMemory) -> list[Condition]:
    conditions = conditions_of(
        told.situation,
        reason=told.reason,
        message=told.message,
        available=False,
        generation=model.generation,
        now=facts.now,
    )
    of_models = [condition for condition in conditions if condition.type != ConditionType.AVAILABLE]
    return with_warm(model, merged(model.status.conditions, of_models), target_model=memory.target_model, facts=facts)
