"""The condition InputsChanged: whether what a revision took from Secrets and ConfigMaps is still what is there."""

from dataclasses import replace

from endpoint_operator.api.conditions import Condition, ConditionStatus, merged
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import InferenceEndpointStatus, RevisionStatus
from endpoint_operator.planning.desired import recorded_revision
from endpoint_operator.planning.faults import Blame
from endpoint_operator.planning.inputs.values import SeenInputs, changed_objects, references_of

INPUTS_CHANGED = "InputsChanged"


def with_inputs_condition(
    endpoint: InferenceEndpoint, status: InferenceEndpointStatus, seen: SeenInputs, *, now: str
) -> InferenceEndpointStatus:
    """The status with the condition, where the spec refers to Secrets or ConfigMaps and a revision took something."""
    referring = bool(references_of(endpoint.spec)) and not endpoint.being_deleted
    row = recorded_revision(replace(endpoint, status=status)) if referring else None
    others = [condition for condition in status.conditions if condition.type != INPUTS_CHANGED]
    if row is None:
        return status if len(others) == len(status.conditions) else status.model_copy(update={"conditions": others})
    condition = _condition(row, seen, generation=endpoint.generation, now=now)
    return status.model_copy(update={"conditions": merged(status.conditions, [*others, condition])})


def _condition(row: RevisionStatus, seen: SeenInputs, *, generation: int, now: str) -> Condition:
    status, reason, message = ConditionStatus.FALSE, "InputsUnchanged", ""
    changed = changed_objects(row.resolved.inputs, seen.objects)
    if seen.warning is not None:
        unknown = seen.warning.blame is Blame.OPERATOR_SETUP
        status = ConditionStatus.UNKNOWN if unknown else ConditionStatus.TRUE
        reason, message = seen.warning.reason, seen.warning.message
    elif changed and seen.read is None:
        status, reason = ConditionStatus.TRUE, "InputsChanged"
        message = (
            f"{', '.join(changed)} changed since revision {row.name} was made, which keeps its values; "
            "to take the new ones give spec.redeploy another word, or set rolloutOnInputChange: true"
        )
    return Condition(
        type=INPUTS_CHANGED,
        status=status,
        observed_generation=generation,
        last_transition_time=now,
        reason=reason,
        message=message,
    )
