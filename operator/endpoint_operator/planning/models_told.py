"""status.models and the conditions that tell of an endpoint's models: ModelsReady and ModelCapacity.

Neither stops anything: an endpoint serves whatever becomes of its models, and each InferenceModel says for itself what
is wrong with it.
"""

from collections.abc import Sequence

from endpoint_operator.api.conditions import Condition, ConditionStatus, merged
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.endpoint_settings import Cache
from endpoint_operator.api.spec import Mode
from endpoint_operator.api.status import InferenceEndpointStatus, ModelsStatus, RevisionState
from endpoint_operator.planning.desired_variants import desired_variants
from endpoint_operator.planning.facts import OperatorInputs
from endpoint_operator.planning.model_capacity import MODEL_CAPACITY, Room, capacity_condition
from endpoint_operator.planning.model_counts import ModelCounts

MODELS_READY = "ModelsReady"


def with_models(
    endpoint: InferenceEndpoint, status: InferenceEndpointStatus, inputs: OperatorInputs, *, now: str
) -> InferenceEndpointStatus:
    """The status with what the models come to; as it was while that is not known, or where the object goes."""
    if endpoint.being_deleted or endpoint.spec_error is not None:
        return status.model_copy(update={"models": endpoint.status.models})
    if endpoint.spec.mode != Mode.MULTI_MODEL:
        return _telling(status, None, ())
    counts = inputs.models
    if counts is None:
        known = [each for each in status.conditions if each.type in (MODELS_READY, MODEL_CAPACITY)]
        return _telling(status, endpoint.status.models, known)
    conditions = [_ready(counts, generation=endpoint.generation, now=now)]
    room = _room(endpoint, status, inputs)
    if room is not None and counts.published_bytes:
        conditions.append(capacity_condition(counts, room, generation=endpoint.generation, now=now))
    models = ModelsStatus(declared=counts.declared, published=counts.published, warm=counts.warm)
    return _telling(status, models, conditions)


def _telling(
    status: InferenceEndpointStatus, models: ModelsStatus | None, conditions: Sequence[Condition]
) -> InferenceEndpointStatus:
    told = [each for each in status.conditions if each.type in (MODELS_READY, MODEL_CAPACITY)]
    others = [each for each in status.conditions if each not in told]
    asked = {each.type for each in conditions}
    before = [each for each in told if each.type in asked]
    return status.model_copy(update={"models": models, "conditions": [*others, *merged(before, conditions)]})


def _ready(counts: ModelCounts, *, generation: int, now: str) -> Condition:
    done = counts.published >= counts.declared
    reason = "AllPublished" if done else "NotAllPublished"
    warm = f", and {counts.warm} are warm" if counts.warm else ""
    which = "" if done else "; `kubectl get imod` shows which are not"
    message = f"{counts.published} of {counts.declared} models are published{warm}{which}"
    if not counts.declared:
        reason, message = "NoModels", "no InferenceModel names this endpoint"
    return Condition(
        type=MODELS_READY,
        status=ConditionStatus.TRUE if done else ConditionStatus.FALSE,
        observed_generation=generation,
        last_transition_time=now,
        reason=reason,
        message=message,
    )


def _room(endpoint: InferenceEndpoint, status: InferenceEndpointStatus, inputs: OperatorInputs) -> Room | None:
    """The instances that serve; None where there are none, or no model stays loaded."""
    settings = endpoint.spec.multi_model
    if settings is None or settings.cache == Cache.DISABLED or not status.instance_count:
        return None
    serving = next((row for row in reversed(status.revisions) if row.state == RevisionState.ACTIVE), None)
    types = [*serving.instance_types.values()] if serving is not None else []
    types += [each.instance_type for each in desired_variants(endpoint.spec) if each.instance_type is not None]
    if not types:
        return None
    return Room(instance_type=types[0], count=status.instance_count, memory=inputs.memory.get(types[0]))
