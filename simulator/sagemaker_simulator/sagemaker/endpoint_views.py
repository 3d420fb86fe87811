"""An endpoint as DescribeEndpoint and ListEndpoints show it."""

from collections.abc import Mapping
from typing import Any

from .records import Endpoint, Pending, Variant, VariantStatus

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
    if endpoint.shadows:
        shown["ShadowProductionVariants"] = [_variant(variant) for variant in endpoint.shadows]
    if endpoint.data_capture is not None:
        shown["DataCaptureConfig"] = _data_capture(endpoint.data_capture)
    if endpoint.async_inference is not None:
        shown["AsyncInferenceConfig"] = dict(endpoint.async_inference)
    if endpoint.failure_reason is not None:
        shown["FailureReason"] = endpoint.failure_reason
    if endpoint.pending is not None:
        shown["PendingDeploymentSummary"] = _pending(endpoint.pending)
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
    if variant.current_serverless is not None:
        shown["CurrentServerlessConfig"] = variant.current_serverless.shown()
    if variant.desired_serverless is not None:
        shown["DesiredServerlessConfig"] = variant.desired_serverless.shown()
    if variant.pools:
        shown["InstancePools"] = [_pool(variant, instance_type) for instance_type in variant.pools]
    if variant.status is not None:
        shown["VariantStatus"] = [_status(variant.status)]
    if variant.routing is not None:
        shown["RoutingConfig"] = dict(variant.routing)
    return shown


def _pool(variant: Variant, instance_type: str) -> Output:
    count = variant.current_count if instance_type == variant.instance_type else 0
    return {"InstanceType": instance_type, "CurrentInstanceCount": count}


def _status(status: VariantStatus) -> Output:
    return {"Status": status.stage.value, "StatusMessage": status.message, "StartTime": status.since}


def _data_capture(config: Mapping[str, Any]) -> Output:
    """Return DataCaptureConfigSummary; a key that was not given is an empty string there, for it is required."""
    enabled = bool(config.get("EnableCapture", True))
    return {
        "EnableCapture": enabled,
        "CaptureStatus": "Started" if enabled else "Stopped",
        "CurrentSamplingPercentage": config["InitialSamplingPercentage"],
        "DestinationS3Uri": config["DestinationS3Uri"],
        "KmsKeyId": config.get("KmsKeyId", ""),
    }


def _pending(pending: Pending) -> Output:
    shown: Output = {
        "EndpointConfigName": pending.config_name,
        "ProductionVariants": [_pending_variant(variant) for variant in pending.variants],
        "StartTime": pending.started,
    }
    if pending.shadows:
        shown["ShadowProductionVariants"] = [_pending_variant(variant) for variant in pending.shadows]
    return shown


def _pending_variant(variant: Variant) -> Output:
    return _variant(variant) | ({"InstanceType": variant.instance_type} if variant.instance_type else {})
