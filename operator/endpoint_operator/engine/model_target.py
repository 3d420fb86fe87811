"""What models need to know of their endpoint, out of its object in the cluster."""

from endpoint_operator.api.conditions import ConditionType, find, is_true
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.spec import Mode
from endpoint_operator.api.status import RevisionState
from endpoint_operator.planning.desired import endpoint_name_of
from endpoint_operator.planning.inputs.values import references_of
from endpoint_operator.planning.models.facts import Target
from endpoint_operator.planning.place import place_of


def target_of(endpoint: InferenceEndpoint, *, default_region: str) -> Target:
    """`default_region` is the operator's own."""
    spec, status = endpoint.spec, endpoint.status
    serving = [row.name for row in status.revisions if row.state == RevisionState.ACTIVE]
    multi_model = spec.mode == Mode.MULTI_MODEL and spec.multi_model is not None
    return Target(
        endpoint_name=endpoint_name_of(endpoint),
        multi_model=multi_model,
        s3_prefix=spec.multi_model.s3_prefix if multi_model and spec.multi_model is not None else "",
        place=place_of(endpoint, default_region=default_region),
        available=is_true(status.conditions, ConditionType.AVAILABLE),
        settled=_is_settled(endpoint),
        serving_since=serving[-1] if serving else "",
        instance_count=status.instance_count or 0,
        being_deleted=endpoint.being_deleted,
        holds_hidden_values=bool(references_of(spec)) or any(row.resolved.inputs for row in status.revisions),
        understood=endpoint.spec_error is None,
    )


def _is_settled(endpoint: InferenceEndpoint) -> bool:
    """Ready about the latest generation: while another revision serves, or may serve again, the object is not Ready."""
    ready = find(endpoint.status.conditions, ConditionType.READY)
    return (
        ready is not None
        and is_true(endpoint.status.conditions, ConditionType.READY)
        and ready.observed_generation == endpoint.generation
        and endpoint.status.rollout is None
    )
