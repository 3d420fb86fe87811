"""Events: what a pass has to tell, each line once."""

from dataclasses import dataclass

from endpoint_operator.api.conditions import ConditionType, find, is_true
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import InferenceEndpointStatus
from endpoint_operator.planning.changes_in_place import TAGS_CHANGING
from endpoint_operator.planning.drift import is_drift
from endpoint_operator.planning.exporting import trouble
from endpoint_operator.planning.input_stories import readable_secrets
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.plan import Plan, Situation
from endpoint_operator.planning.steps import (
    CreateEndpoint,
    CreateEndpointConfig,
    CreateModel,
    DeleteEndpoint,
    DeleteEndpointConfig,
    SyncTags,
    UpdateEndpoint,
    UpdateEndpointWeightsAndCapacities,
)


# The API server takes 1,024 characters in the message of an Event.
LONGEST_LOG = 1000


@dataclass(frozen=True, kw_only=True)
class Story:
    """One Event. `revision` tells two stories with the same reason and generation apart."""

    reason: str
    message: str
    revision: str = ""
    warning: bool = False


def stories_of(
    endpoint: InferenceEndpoint, *, plan: Plan, outcome: Outcome, status: InferenceEndpointStatus
) -> tuple[Story, ...]:
    """What happened in this pass that a person wants to read in `kubectl describe`."""
    revision = _revision(status)
    told = [*_of_steps(endpoint, plan, outcome, revision), *_of_conditions(endpoint, status, revision)]
    began = status.rollout is not None and endpoint.status.rollout is None
    if began and plan.situation == Situation.UPDATING and is_drift(endpoint):
        told.insert(0, _put_right(plan.message, revision))
    if plan.log_lines:
        told.append(_log(plan.log_lines, revision))
    told += _of_inputs_and_export(endpoint, status)
    if plan.situation == Situation.REMAKING:
        told.insert(0, Story(reason="EndpointDeleted", message=plan.message, revision=revision, warning=True))
    return tuple(told)


def _of_inputs_and_export(endpoint: InferenceEndpoint, status: InferenceEndpointStatus) -> list[Story]:
    told, readable, fault = [], readable_secrets(endpoint, status), trouble(endpoint.status, status)
    if readable is not None:
        row, message = readable
        told.append(Story(reason="EnvironmentIsReadable", message=message, revision=row.name, warning=True))
    if fault is not None:
        told.append(Story(reason=fault.reason, message=fault.message, revision=str(endpoint.generation), warning=True))
    return told


def _revision(status: InferenceEndpointStatus) -> str:
    """The revision that the pass was about."""
    if status.rollout is not None:
        return status.rollout.to_revision
    return status.revisions[-1].name if status.revisions else ""


def _of_steps(endpoint: InferenceEndpoint, plan: Plan, outcome: Outcome, revision: str) -> list[Story]:
    told = []
    for step in outcome.done:
        match step:
            case CreateEndpoint():
                told.append(Story(reason="CreatingEndpoint", message=plan.message, revision=revision))
            case UpdateEndpoint():
                told.append(Story(reason="RolloutStarted", message=plan.message, revision=revision))
            case UpdateEndpointWeightsAndCapacities() if is_drift(endpoint):
                told.append(_put_right(plan.message, revision))
            case UpdateEndpointWeightsAndCapacities():
                told.append(Story(reason=plan.reason, message=plan.message, revision=_change(step)))
            case SyncTags() if _is_an_edit_of_tags(endpoint):
                told.append(Story(reason="TagsChanged", message="the tags on the endpoint follow spec.tags"))
            case CreateModel() | CreateEndpointConfig() if plan.situation == Situation.SERVING:
                told.append(_put_right(f"{step.name} was deleted in SageMaker and is made again", step.name))
            case DeleteEndpoint():
                told.append(Story(reason="DeletingEndpoint", message=f"deleting SageMaker endpoint {step.name}"))
            case DeleteEndpointConfig() if not endpoint.being_deleted:
                message = f"endpoint config {step.name} and its model are no longer kept"
                told.append(Story(reason="RevisionRemoved", message=message, revision=step.name))
            case _:
                pass
    if plan.reason in ("Deleted", "Retained") and outcome.fault is None:
        told.append(Story(reason=plan.reason, message=plan.message))
    return told


def _log(lines: tuple[str, ...], revision: str) -> Story:
    """The last lines that fit: the end of a log says what it ended on."""
    text = "\n".join(lines)
    while len(text) > LONGEST_LOG and "\n" in text:
        text = text.partition("\n")[2]
    return Story(reason="ContainerLog", message=text[-LONGEST_LOG:], revision=revision, warning=True)


def _put_right(message: str, revision: str) -> Story:
    text = f"somebody changed what the spec asks for; it is put right: {message}"
    return Story(reason="DriftPutRight", message=text, revision=revision, warning=True)


def _change(step: UpdateEndpointWeightsAndCapacities) -> str:
    """Tells two changes of one generation apart: each variant's count is a call of its own."""
    return ",".join(sorted({*step.weights, *step.instance_counts}))


def _is_an_edit_of_tags(endpoint: InferenceEndpoint) -> bool:
    ready = find(endpoint.status.conditions, ConditionType.READY)
    return ready is not None and ready.reason == TAGS_CHANGING


def _of_conditions(endpoint: InferenceEndpoint, status: InferenceEndpointStatus, revision: str) -> list[Story]:
    """A condition that flipped or found another reason."""
    told = []
    for kind, good in ((ConditionType.READY, True), (ConditionType.STALLED, False)):
        before, after = find(endpoint.status.conditions, kind), find(status.conditions, kind)
        changed = before is None or after is None or (before.status, before.reason) != (after.status, after.reason)
        if after is not None and changed and is_true(status.conditions, kind):
            told.append(Story(reason=after.reason, message=after.message, revision=revision, warning=not good))
    reconciling = find(status.conditions, ConditionType.RECONCILING)
    before = find(endpoint.status.conditions, ConditionType.RECONCILING)
    if reconciling is not None and (before is None or before.reason != reconciling.reason) and _is_trouble(status):
        told.append(Story(reason=reconciling.reason, message=reconciling.message, revision=revision, warning=True))
    return told


def _is_trouble(status: InferenceEndpointStatus) -> bool:
    reconciling = find(status.conditions, ConditionType.RECONCILING)
    return reconciling is not None and reconciling.reason in _TROUBLES


# Reasons of the world's faults that a user wants to see in the list of Events.
_TROUBLES = frozenset(
    {
        "CapacityUnavailable",
        "ServiceFailure",
        "QuotaExceeded",
        "Throttled",
        "AWSUnreachable",
        "CredentialsRefused",
        "CredentialsMissing",
        "OutOfService",
        "WaitingForSageMaker",
    }
)
