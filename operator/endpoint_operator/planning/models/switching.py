"""When callers are told of what was published: once it is there, answers where that can be asked, and is served."""

from dataclasses import replace

from endpoint_operator.api.model_status import Publishing
from endpoint_operator.planning.models.case import ModelCase, is_packed
from endpoint_operator.planning.models.facts import PackingSeen, PackingState, PublishedSeen
from endpoint_operator.planning.models.plan import ModelMemory, ModelPhase, ModelPlan, Situation
from endpoint_operator.planning.models.remembering import begins, switched
from endpoint_operator.planning.models.rest import WAITING_FOR_ENDPOINT, at_rest
from endpoint_operator.planning.models.steps import AskTarget, DeletePacker, ModelStep

WARMING_UP = "WarmingUp"


def switches(case: ModelCase, wanted: Publishing, seen: PublishedSeen, memory: ModelMemory) -> ModelPlan:
    """What is wanted is under its key."""
    if must_wait(case, wanted):
        return _waits(case, wanted, memory)
    asking = _question(case, wanted)
    then = _then(case, wanted, etag=seen.etag, size_bytes=seen.size_bytes)
    steps = (*_job_is_done(case, wanted), *asking)
    if not asking:
        return replace(then, steps=steps, memory=memory, then=then)
    return ModelPlan(
        situation=begins(case),
        reason=WARMING_UP,
        message=f"asking {wanted.target_model} for a first answer before callers are told of it",
        phase=ModelPhase.PUBLISHING,
        steps=steps,
        memory=memory,
        then=then,
    )


def in_the_same_pass(case: ModelCase, wanted: Publishing, plan: ModelPlan) -> ModelPlan:
    """The plan that publishes, with the switch as what is true once its steps are done."""
    if must_wait(case, wanted):
        return plan
    then = _then(case, wanted, etag=None, size_bytes=None)
    return replace(plan, steps=(*plan.steps, *_question(case, wanted)), then=then)


def must_wait(case: ModelCase, wanted: Publishing) -> bool:
    """Whether what serves may be what has the models of another prefix: callers who were told of a target that is only
    under the new one would be refused. The same target is under both."""
    status = case.status
    if status.target_model is None or status.target_model == wanted.target_model or case.target.settled:
        return False
    return status.former_prefix is not None or not case.is_in_place


def _then(case: ModelCase, wanted: Publishing, *, etag: str | None, size_bytes: int | None) -> ModelPlan:
    """`etag` and `size_bytes` are None where only the step that publishes can tell."""
    answered = case.facts.new_one_answered or bool(_question(case, wanted))
    memory = switched(case, wanted, etag=etag, size_bytes=size_bytes, answered=answered)
    return at_rest(case, memory=memory)


def _question(case: ModelCase, wanted: Publishing) -> tuple[ModelStep, ...]:
    known = wanted.target_model == case.status.target_model or case.facts.new_one_answered
    if known or not _can_answer(case):
        return ()
    return (AskTarget(endpoint_name=case.target.endpoint_name, target_model=wanted.target_model or ""),)


def _can_answer(case: ModelCase) -> bool:
    """A first content is not asked while another prefix may be served: there it would not be found."""
    target = case.target
    first = case.status.target_model is None
    return case.model.spec.warm_up is not None and target.available and (target.settled or not first)


def _job_is_done(case: ModelCase, wanted: Publishing) -> tuple[ModelStep, ...]:
    job = case.facts.packing
    there = isinstance(job, PackingSeen) and job.state != PackingState.ABSENT
    return (DeletePacker(s3_uri=wanted.artifact_s3_uri),) if is_packed(wanted) and there else ()


def _waits(case: ModelCase, wanted: Publishing, memory: ModelMemory) -> ModelPlan:
    return ModelPlan(
        situation=Situation.UPDATING,
        reason=WAITING_FOR_ENDPOINT,
        message=f"{wanted.target_model} is published and callers are told of it once the endpoint serves "
        f"{case.target.s3_prefix}; until then {case.status.target_model} answers",
        phase=ModelPhase.PUBLISHING,
        memory=memory,
    )
