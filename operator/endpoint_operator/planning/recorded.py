"""The endpoint as the object's own status remembers it: a cache of the last Describe that survives restarts."""

from endpoint_operator.api.conditions import ConditionType, is_true
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import EndpointStatus, InferenceEndpointStatus, ServerlessStatus, VariantStatus
from endpoint_operator.planning.concurrency import Concurrency, ServerlessCapacity
from endpoint_operator.planning.facts import LiveEndpoint, LiveImage, LiveStatus, LiveVariant


def recorded_endpoint(status: InferenceEndpointStatus) -> LiveEndpoint | None:
    """What status holds of the endpoint; None when it was never seen, or a change of ours is not seen yet."""
    known = status.endpoint
    if known is None or known.creation_time is None or known.last_modified_time is None or known.arn is None:
        return None
    return LiveEndpoint(
        name=known.name,
        arn=known.arn,
        status=LiveStatus(known.status or LiveStatus.IN_SERVICE),
        config_name=known.config_name,
        created=known.creation_time,
        modified=known.last_modified_time,
        failure_reason=known.failure_reason,
        asynchronous=bool(known.asynchronous),
        variants=tuple(_variant(variant) for variant in status.variants),
        shadow=_variant(status.shadow) if status.shadow is not None else None,
    )


def is_under_way(endpoint: InferenceEndpoint) -> bool:
    """Whether its status leaves something to be done to what there is of it in AWS."""
    status = endpoint.status
    if not status.revisions:
        return False
    seen = status.observed_generation == endpoint.generation
    return endpoint.being_deleted or not seen or is_true(status.conditions, ConditionType.RECONCILING)


def is_known(known: EndpointStatus | None, *, created: str) -> bool:
    """Whether status has seen this very endpoint, and so knows that it is ours."""
    return known is not None and known.creation_time == created


def _variant(variant: VariantStatus) -> LiveVariant:
    return LiveVariant(
        name=variant.name,
        current_count=variant.current_instance_count,
        desired_count=variant.desired_instance_count,
        current_weight=variant.current_weight,
        desired_weight=variant.desired_weight,
        pools=variant.instance_pools or {},
        current_serverless=_serverless(variant.current_serverless),
        desired_serverless=_serverless(variant.desired_serverless),
        images=tuple(
            LiveImage(specified=image.specified_image, resolved=image.resolved_image) for image in variant.images
        ),
    )


def _serverless(known: ServerlessStatus | None) -> ServerlessCapacity | None:
    if known is None:
        return None
    concurrency = Concurrency(maximum=known.max_concurrency, provisioned=known.provisioned_concurrency)
    return ServerlessCapacity(memory_mb=known.memory_mb, concurrency=concurrency)
