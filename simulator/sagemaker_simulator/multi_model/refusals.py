"""What SageMaker Runtime answers when the model that a request asks for cannot be had.

AWS publishes none of the sentences. The first one's beginning is what users report of adapters that are not there; the
others follow those that SageMaker has for the models of an endpoint.
"""

from sagemaker_simulator.wire.errors import AwsError

from .target import Target


def not_downloaded(target: Target) -> AwsError:
    return AwsError(
        "ValidationError",
        f"Failed to download model data (bucket: {target.bucket}, key: {target.object_key}). Please ensure that there "
        "is an object located at the URL and that the role passed to CreateModel has permissions to download the "
        "object.",
    )


def not_extracted(target: Target, *, why: str) -> AwsError:
    return AwsError(
        "ValidationError",
        f"Failed to extract model data archive (bucket: {target.bucket}, key: {target.object_key}). Please ensure that "
        f"the object located at the URL is a valid tar.gz archive. (simulator: {why})",
    )


def not_ready(target: Target) -> AwsError:
    """Return the refusal while the model is still being brought or loaded: 429 (InvokeEndpoint, API reference)."""
    return AwsError(
        "ModelNotReadyException",
        f"Model {target.key} is still being downloaded or loaded. Please wait and try your request again.",
        status=429,
    )
