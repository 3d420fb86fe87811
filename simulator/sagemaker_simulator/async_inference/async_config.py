"""What an AsyncInferenceConfig asks for. Source: AsyncInferenceConfig and its members, SageMaker API reference."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

# "If no value is provided, SageMaker chooses an optimal value" (AsyncInferenceClientConfig): not which.
_CHOSEN_CONCURRENCY: Final = 4


@dataclass(frozen=True, kw_only=True)
class AsyncConfig:
    """An AsyncInferenceConfig; the paths are s3:// URLs without a slash at the end.

    `concurrency` is how many requests one instance works on at once. Without a failure path no failure is stored.
    """

    concurrency: int
    output_path: str
    failure_path: str | None
    kms_key: str | None
    success_topic: str | None
    error_topic: str | None
    tells_output: bool
    tells_failure: bool


def async_config(definition: Mapping[str, Any]) -> AsyncConfig:
    """Return the config that an endpoint config's AsyncInferenceConfig defines; it has an S3OutputPath."""
    output = definition["OutputConfig"]
    notification = output.get("NotificationConfig", {})
    included = notification.get("IncludeInferenceResponseIn", ())
    client = definition.get("ClientConfig", {})
    failure_path = output.get("S3FailurePath")
    return AsyncConfig(
        concurrency=client.get("MaxConcurrentInvocationsPerInstance", _CHOSEN_CONCURRENCY),
        output_path=output["S3OutputPath"].rstrip("/"),
        failure_path=failure_path.rstrip("/") if failure_path else None,
        kms_key=output.get("KmsKeyId") or None,
        success_topic=notification.get("SuccessTopic") or None,
        error_topic=notification.get("ErrorTopic") or None,
        tells_output="SUCCESS_NOTIFICATION_TOPIC" in included,
        tells_failure="ERROR_NOTIFICATION_TOPIC" in included,
    )
