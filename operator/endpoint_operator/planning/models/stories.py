"""Events: what a pass over a model has to tell, each line once."""

from endpoint_operator.api.conditions import ConditionType, find, is_true
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.api.model_status import InferenceModelStatus
from endpoint_operator.planning.models.outcome import ModelOutcome
from endpoint_operator.planning.models.plan import ModelPlan, Situation
from endpoint_operator.planning.models.serving_endpoint import ENDPOINT_NOT_FOUND
from endpoint_operator.planning.models.steps import DeleteObjects, RunPacker
from endpoint_operator.planning.step_stories import Story

__all__ = ["Story", "stories_of"]


def stories_of(
    model: InferenceModel, *, plan: ModelPlan, outcome: ModelOutcome, status: InferenceModelStatus
) -> tuple[Story, ...]:
    """What happened in this pass that a person wants to read in `kubectl describe`."""
    told = [_of_the_switch(model, status), _of_a_loss(model, plan, status)]
    told += [_of_step(model, step, status) for step in outcome.done]
    told += [_of_the_end(plan, outcome), _of_trouble(model, plan, outcome, status)]
    return tuple(story for story in told if story is not None)


def _of_the_switch(model: InferenceModel, status: InferenceModelStatus) -> Story | None:
    """Callers are told of other content, or of the same in another place."""
    before, revision = model.status, _revision(status)
    published = status.published
    if published is None or before.publishing is None or status.publishing is not None:
        return None
    if status.artifact_s3_uri != before.publishing.artifact_s3_uri:
        return None
    if before.target_model is None:
        return Story(
            reason="Published",
            message=f"{published.s3_uri} is published as {status.target_model}",
            revision=revision,
        )
    if before.target_model != status.target_model:
        message = f"{before.target_model} → {status.target_model} (from {published.s3_uri})"
        return Story(reason="Replaced", message=message, revision=revision)
    if before.artifact_s3_uri != status.artifact_s3_uri:
        message = f"{status.target_model} now lies at {status.artifact_s3_uri}"
        return Story(reason="Moved", message=message, revision=status.artifact_s3_uri or "")
    message = f"{status.artifact_s3_uri} is there again"
    return Story(reason="PublishedAgain", message=message, revision=before.publishing.since)


def _of_a_loss(model: InferenceModel, plan: ModelPlan, status: InferenceModelStatus) -> Story | None:
    """Told with the intent to publish it again, which is written once."""
    publishing = status.publishing
    if publishing is None or publishing == model.status.publishing or plan.situation != Situation.REMAKING:
        return None
    if model.status.publishing is not None:
        return None
    return Story(reason="Missing", message=plan.message, revision=publishing.since, warning=True)


def _of_step(model: InferenceModel, step: object, status: InferenceModelStatus) -> Story | None:
    match step:
        case RunPacker():
            revision = status.publishing.content[:10] if status.publishing is not None else ""
            return Story(reason="Packing", message=f"a Job packs {step.source_s3_uri}", revision=revision)
        case DeleteObjects() if not model.being_deleted:
            message = f"earlier content is removed: {', '.join(step.s3_uris)}"[:1000]
            return Story(reason="Removed", message=message, revision=",".join(step.s3_uris))
        case _:
            return None


def _of_the_end(plan: ModelPlan, outcome: ModelOutcome) -> Story | None:
    if plan.reason not in ("Deleted", "Retained") or outcome.fault is not None:
        return None
    return Story(reason=plan.reason, message=plan.message)


def _of_trouble(
    model: InferenceModel, plan: ModelPlan, outcome: ModelOutcome, status: InferenceModelStatus
) -> Story | None:
    """What a condition began to say that somebody may have to mend."""
    if plan.beside and outcome.fault is not None:
        before = find(model.status.conditions, ConditionType.READY)
        after = find(status.conditions, ConditionType.READY)
        news = after is not None and (before is None or before.message != after.message)
        return Story(reason="NotRemoved", message=outcome.fault.message[:1000], warning=True) if news else None
    stalled = is_true(status.conditions, ConditionType.STALLED)
    kind = ConditionType.STALLED if stalled else ConditionType.RECONCILING
    before, after = find(model.status.conditions, kind), find(status.conditions, kind)
    if after is None or (before is not None and (before.status, before.reason) == (after.status, after.reason)):
        return None
    if not stalled and (not is_true(status.conditions, kind) or not _is_trouble(plan, outcome)):
        return None
    return Story(reason=after.reason, message=after.message[:1000], revision=_revision(status), warning=True)


def _is_trouble(plan: ModelPlan, outcome: ModelOutcome) -> bool:
    """An endpoint that is gone is told by the endpoint, not by each of ten thousand models."""
    return outcome.fault is not None or (plan.situation == Situation.WORLD_FAULT and plan.reason != ENDPOINT_NOT_FOUND)


def _revision(status: InferenceModelStatus) -> str:
    """The content that the pass was about."""
    about = status.publishing or status.published
    return about.content[:10] if about is not None else ""
