"""Events: what a pass has to tell, each line once."""

from endpoint_operator.api.conditions import ConditionStatus, ConditionType, find, is_true
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import InferenceEndpointStatus
from endpoint_operator.planning.drift import is_drift
from endpoint_operator.planning.exporting import trouble
from endpoint_operator.planning.inputs.stories import readable_secrets
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.plan import Plan, Situation
from endpoint_operator.planning.recreation import RECREATING_ENDPOINT
from endpoint_operator.planning.scaling.condition import AUTOSCALING_READY, UNDER_WAY
from endpoint_operator.planning.step_stories import Story, of_step, put_right

__all__ = ["Story", "stories_of"]

# The API server takes 1,024 characters in the message of an Event.
LONGEST_LOG = 1000


def stories_of(
    endpoint: InferenceEndpoint, *, plan: Plan, outcome: Outcome, status: InferenceEndpointStatus
) -> tuple[Story, ...]:
    """What happened in this pass that a person wants to read in `kubectl describe`."""
    revision = _revision(status)
    told = [*_of_steps(endpoint, plan, outcome, revision), *_of_conditions(endpoint, status, revision)]
    began = status.rollout is not None and endpoint.status.rollout is None
    if began and plan.situation == Situation.UPDATING and is_drift(endpoint):
        told.insert(0, put_right(plan.message, revision))
    if plan.log_lines:
        told.append(_log(plan.log_lines, revision))
    if plan.reason == RECREATING_ENDPOINT and not plan.steps:
        told.insert(0, Story(reason=plan.reason, message=plan.message, revision=revision, warning=True))
    told += _of_inputs_and_export(endpoint, status)
    told += _of_autoscaling(endpoint, status)
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


def _of_autoscaling(endpoint: InferenceEndpoint, status: InferenceEndpointStatus) -> list[Story]:
    """Autoscaling that cannot be had, where Ready does not tell it."""
    before, after = (find(each.conditions, AUTOSCALING_READY) for each in (endpoint.status, status))
    if after is None or after.status == ConditionStatus.TRUE or after.reason in UNDER_WAY:
        return []
    if (before is not None and before.reason == after.reason) or is_true(status.conditions, ConditionType.STALLED):
        return []
    return [Story(reason=after.reason, message=after.message, revision=str(endpoint.generation), warning=True)]


def _revision(status: InferenceEndpointStatus) -> str:
    """The revision that the pass was about."""
    if status.rollout is not None:
        return status.rollout.to_revision
    return status.revisions[-1].name if status.revisions else ""


def _of_steps(endpoint: InferenceEndpoint, plan: Plan, outcome: Outcome, revision: str) -> list[Story]:
    found = [of_step(step, endpoint=endpoint, plan=plan, revision=revision) for step in outcome.done]
    told = list(dict.fromkeys(story for story in found if story is not None))
    if plan.reason in ("Deleted", "Retained") and outcome.fault is None:
        told.append(Story(reason=plan.reason, message=plan.message))
    return told


def _log(lines: tuple[str, ...], revision: str) -> Story:
    """The last lines that fit: the end of a log says what it ended on."""
    text = "\n".join(lines)
    while len(text) > LONGEST_LOG and "\n" in text:
        text = text.partition("\n")[2]
    return Story(reason="ContainerLog", message=text[-LONGEST_LOG:], revision=revision, warning=True)


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
