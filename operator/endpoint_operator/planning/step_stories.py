"""Events: what a step that was done has to tell."""

from dataclasses import dataclass

from endpoint_operator.api.conditions import ConditionType, find
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.planning.adoption import ADOPTING
from endpoint_operator.planning.changes_in_place import TAGS_CHANGING, TAGS_DRIFTED
from endpoint_operator.planning.drift import is_drift
from endpoint_operator.planning.plan import Plan, Situation
from endpoint_operator.planning.scaling.plan import DRIFTED
from endpoint_operator.planning.scaling.steps import SCALING_STEPS
from endpoint_operator.planning.steps import (
    CreateEndpoint,
    CreateEndpointConfig,
    CreateModel,
    DeleteEndpoint,
    DeleteEndpointConfig,
    Step,
    SyncTags,
    UpdateEndpoint,
    UpdateEndpointWeightsAndCapacities,
)


@dataclass(frozen=True, kw_only=True)
class Story:
    """One Event. `revision` tells two stories with the same reason and generation apart."""

    reason: str
    message: str
    revision: str = ""
    warning: bool = False


def of_step(step: Step, *, endpoint: InferenceEndpoint, plan: Plan, revision: str) -> Story | None:
    """None where a step is nothing that people want to read of."""
    if isinstance(step, SCALING_STEPS):
        return _of_scaling(endpoint, plan)
    return _of_change(step, endpoint, plan, revision) or _of_parts(step, endpoint, plan)


def put_right(message: str, revision: str) -> Story:
    text = f"somebody changed what the spec asks for; it is put right: {message}"
    return Story(reason="DriftPutRight", message=text, revision=revision, warning=True)


def _of_change(step: Step, endpoint: InferenceEndpoint, plan: Plan, revision: str) -> Story | None:
    match step:
        case CreateEndpoint():
            return Story(reason="CreatingEndpoint", message=plan.message, revision=revision)
        case UpdateEndpoint():
            return Story(reason="RolloutStarted", message=plan.message, revision=revision)
        case UpdateEndpointWeightsAndCapacities():
            if is_drift(endpoint):
                return put_right(plan.message, _change(step))
            return Story(reason=plan.reason, message=plan.message, revision=_change(step))
        case DeleteEndpoint():
            return Story(reason="DeletingEndpoint", message=f"deleting SageMaker endpoint {step.name}")
        case _:
            return None


def _of_parts(step: Step, endpoint: InferenceEndpoint, plan: Plan) -> Story | None:
    match step:
        case SyncTags() if plan.reason == ADOPTING:
            return Story(reason="Adopted", message=plan.message)
        case SyncTags() if plan.reason == TAGS_DRIFTED:
            return put_right("the tags on the endpoint are those of spec.tags again", "tags")
        case SyncTags() if _is_an_edit_of_tags(endpoint):
            return Story(reason="TagsChanged", message="the tags on the endpoint follow spec.tags")
        case CreateModel() | CreateEndpointConfig() if plan.situation == Situation.SERVING:
            kind = "model" if isinstance(step, CreateModel) else "endpoint config"
            return put_right(f"{kind} {step.name} was deleted in SageMaker and is made again", f"{kind} {step.name}")
        case DeleteEndpointConfig() if not endpoint.being_deleted:
            message = f"endpoint config {step.name} and its model are no longer kept"
            return Story(reason="RevisionRemoved", message=message, revision=step.name)
        case _:
            return None


def _of_scaling(endpoint: InferenceEndpoint, plan: Plan) -> Story | None:
    """Once for all the steps of a pass; before an update or a deletion it is no news."""
    if not plan.reason.startswith("Autoscaling"):
        return None
    if plan.reason == DRIFTED and is_drift(endpoint):
        return put_right(plan.message, "autoscaling")
    return Story(reason="AutoscalingChanged", message=plan.message)


def _change(step: UpdateEndpointWeightsAndCapacities) -> str:
    """Tells two changes of one generation apart: each variant's count is a call of its own."""
    return ",".join(sorted({*step.weights, *step.instance_counts, *step.concurrencies}))


def _is_an_edit_of_tags(endpoint: InferenceEndpoint) -> bool:
    ready = find(endpoint.status.conditions, ConditionType.READY)
    return ready is not None and ready.reason == TAGS_CHANGING
