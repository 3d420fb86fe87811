"""`spec.async` as SageMaker's AsyncInferenceConfig: all of it is in the endpoint config, none changes in place."""

from typing import Any

from endpoint_operator.api.endpoint_settings import Async


def async_inference_config(settings: Async) -> dict[str, Any]:
    """AsyncInferenceConfig of CreateEndpointConfig; only what is set enters it.

    An endpoint config that has it answers InvokeEndpointAsync alone (SageMaker API reference, AsyncInferenceConfig).
    """
    notifications = {
        "SuccessTopic": settings.success_topic_arn,
        "ErrorTopic": settings.error_topic_arn,
        "IncludeInferenceResponseIn": [topic.value for topic in settings.include_inference_response_in or ()] or None,
    }
    output = {
        "S3OutputPath": settings.output_s3_uri,
        "S3FailurePath": settings.failure_s3_uri,
        "KmsKeyId": settings.kms_key_id,
        "NotificationConfig": _only_set(notifications) or None,
    }
    client = {"MaxConcurrentInvocationsPerInstance": settings.max_concurrent_invocations_per_instance}
    return _only_set({"OutputConfig": _only_set(output), "ClientConfig": _only_set(client) or None})


def _only_set(members: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value is not None}
