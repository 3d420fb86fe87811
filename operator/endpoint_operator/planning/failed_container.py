"""Whether this pass learns that a container failed, and where its log would be.

A log is asked for once, in the pass that finds the failure new: later passes know it from the revision's row.
"""

from dataclasses import dataclass

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.desired import desired_state
from endpoint_operator.planning.desired_variants import DesiredVariant
from endpoint_operator.planning.facts import Facts, LiveEndpoint, LiveStatus, OperatorInputs
from endpoint_operator.planning.failures import (
    CONTAINER_UNHEALTHY,
    containers_in,
    is_news_of_a_container,
    name_of,
    read_failure_reason,
    variant_in,
)


@dataclass(frozen=True, kw_only=True)
class FailedContainer:
    """`since` is when its fleet began to be made, in AWS's time (ISO 8601)."""

    endpoint_name: str
    variant: str
    container: str | None
    """How SageMaker calls the one of several that failed; None for the only one, or where it is not known which."""
    since: str
    model_names: tuple[str, ...]
    plain_values: tuple[str, ...]
    """Environment values of the manifest: none of them goes into an Event."""
    has_hidden_values: bool
    """Whether there are others, which only the model in SageMaker tells."""


def failed_container(endpoint: InferenceEndpoint, facts: Facts, inputs: OperatorInputs) -> FailedContainer | None:
    """None where no container failed, or that is known already."""
    live = facts.live
    if live is None or live.busy or endpoint.being_deleted or endpoint.spec.paused:
        return None
    if read_failure_reason(live.failure_reason).reason != CONTAINER_UNHEALTHY:
        return None
    desired = desired_state(endpoint, inputs)
    if desired is None or not is_news_of_a_container(make_plan(endpoint, facts, inputs)):
        return None
    row = endpoint.status.revision(desired.revision)
    named = variant_in(live.failure_reason or "", desired.variants) or desired.variants[0]
    variables = [
        variable
        for variant in desired.variants
        for container in variant.containers
        for variable in container.spec.environment or ()
    ]
    return FailedContainer(
        endpoint_name=live.name,
        variant=named.name,
        container=_container(live.failure_reason or "", named),
        since=_since(endpoint, live),
        model_names=tuple(row.model_names) if row is not None else (),
        plain_values=tuple(variable.value for variable in variables if variable.value),
        has_hidden_values=any(variable.value_from is not None for variable in variables),
    )


def _container(text: str, variant: DesiredVariant) -> str | None:
    found = containers_in(text, variant)
    return name_of(found[0], variant) if len(found) == 1 else None


def _since(endpoint: InferenceEndpoint, live: LiveEndpoint) -> str:
    """The streams of the fleet that serves are older than the update."""
    rollout = endpoint.status.rollout
    if live.status == LiveStatus.FAILED or rollout is None or rollout.endpoint_modified_before is None:
        return live.created
    return rollout.endpoint_modified_before
