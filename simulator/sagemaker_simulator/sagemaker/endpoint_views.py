"""An endpoint as DescribeEndpoint and ListEndpoints show it."""

from collections.abc import Sequence
from typing import Any

from .records import Endpoint, Pending, Variant

Output = dict[str, Any]


def describe(endpoint: Endpoint) -> Output:
    """Return the endpoint as DescribeEndpoint answers it; what is not there is left out, as AWS does."""
    shown: Output = {
        "EndpointName": endpoint.name,
        "EndpointArn": endpoint.arn,
        "EndpointConfigName": endpoint.config_name,
        "EndpointStatus": endpoint.status.value,
        "CreationTime": endpoint.created,
        "LastModifiedTime": endpoint.modified,
    }
    if endpoint.variants:
        shown["ProductionVariants"] = [_variant(variant) for variant in endpoint.variants]
    if endpoint.failure_reason is not None:
        shown["FailureReason"] = endpoint.failure_reason
    if endpoint.pending is not None:
        shown["PendingDeploymentSummary"] = _pending(endpoint.pending, serving=endpoint.variants)
    if endpoint.last_deployment is not None:
        shown["LastDeploymentConfig"] = dict(endpoint.last_deployment)
    return shown


def summary(endpoint: Endpoint) -> Output:
    """Return the endpoint as ListEndpoints answers it."""
    return {
        "EndpointName": endpoint.name,
        "EndpointArn": endpoint.arn,
        "EndpointStatus": endpoint.status.value,
        "CreationTime": endpoint.created,
        "LastModifiedTime": endpoint.modified,
    }


def _variant(variant: Variant) -> Output:
    shown: Output = {
        "VariantName": variant.name,
        "DeployedImages": list(variant.images),
        "CurrentWeight": variant.current_weight,
        "DesiredWeight": variant.desired_weight,
        "CurrentInstanceCount": variant.current_count,
        "DesiredInstanceCount": variant.desired_count,
    }
    if variant.routing is not None:
        shown["RoutingConfig"] = dict(variant.routing)
    return shown


def _pending(pending: Pending, *, serving: Sequence[Variant]) -> Output:
    status = "Updating" if serving else "Creating"
    variants = [
        {
            **_variant(variant),
            "InstanceType": variant.instance_type,
            "CurrentInstanceCount": 0,
            "VariantStatus": [{"Status": status, "StartTime": pending.started}],
        }
        for variant in pending.variants
    ]
    return {"EndpointConfigName": pending.config_name, "ProductionVariants": variants, "StartTime": pending.started}
