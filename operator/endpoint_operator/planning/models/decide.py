"""The chain of decisions that every pass over a model walks: the first that applies is the plan."""

from collections.abc import Callable
from dataclasses import replace

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.planning.models import (
    obsolete,
    obstacles,
    paused,
    presence,
    publishing,
    rest,
    retirement,
    serving_endpoint,
    source,
)
from endpoint_operator.planning.models.case import ModelCase, memory_of
from endpoint_operator.planning.models.facts import ModelFacts
from endpoint_operator.planning.models.looks import ModelLook, Needed, NotLooked
from endpoint_operator.planning.models.plan import FinalizerChange, ModelPlan

Decision = Callable[[ModelCase], ModelPlan | Needed | None]

DECISIONS: tuple[Decision, ...] = (
    obstacles.spec_is_not_understood,
    obstacles.is_not_allowed,
    paused.observes_only,
    serving_endpoint.is_not_there,
    serving_endpoint.is_not_understood,
    serving_endpoint.is_not_multi_model,
    serving_endpoint.id_is_taken,
    publishing.goes_on,
    publishing.moves_with_the_prefix,
    presence.cannot_be_told,
    source.is_followed,
    obsolete.nothing_is_being_published,
    obsolete.is_removed,
    rest.serves,
)


def make_plan(model: InferenceModel, facts: ModelFacts) -> ModelPlan:
    """What to do next for a model. Raises NotLooked where `wanted_looks` still wants some."""
    verdict = _decide(ModelCase(model=model, facts=facts))
    if isinstance(verdict, Needed):
        raise NotLooked(f"{model.object_name}: {', '.join(map(str, verdict.looks))}")
    return verdict


def wanted_looks(model: InferenceModel, facts: ModelFacts) -> tuple[ModelLook, ...]:
    """What must be looked at before `make_plan` can decide, given the facts that are known; empty at rest.

    Looks of one answer may be made at once; then it is to be asked again with what they showed, for what is seen
    decides what is worth a look.
    """
    verdict = _decide(ModelCase(model=model, facts=facts))
    return verdict.looks if isinstance(verdict, Needed) else ()


def _decide(case: ModelCase) -> ModelPlan | Needed:
    if case.model.being_deleted:
        return retirement.retires(case)
    for decide in DECISIONS:
        verdict = decide(case)
        if isinstance(verdict, ModelPlan):
            return _with_finalizer(case, verdict)
        if verdict is not None:
            return verdict
    raise AssertionError(f"no decision for {case.model.object_name}: the last one takes every case")


def _with_finalizer(case: ModelCase, plan: ModelPlan) -> ModelPlan:
    """Whatever may be in S3 is never left without the finalizer that removes it."""
    memory = plan.memory or memory_of(case.status)
    if case.model.has_finalizer or memory.is_empty:
        return plan
    return replace(plan, finalizer=FinalizerChange.ADD)
