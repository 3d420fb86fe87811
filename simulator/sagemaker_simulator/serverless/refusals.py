"""What SageMaker Runtime answers when a serverless endpoint does not take a request."""

from sagemaker_simulator.wire.errors import AwsError


def too_many_requests() -> AwsError:
    """Return the refusal of more requests at a time than MaxConcurrency: 400, as SageMaker Runtime throttles.

    Source of code and status: opensearch-project/ml-commons#2429.
    """
    return AwsError("ThrottlingException", "Rate exceeded")


def not_ready(endpoint: str, variant: str) -> AwsError:
    """Return the refusal while a cold start lasts too long: 429 (ModelNotReadyException, InvokeEndpoint API)."""
    return AwsError(
        "ModelNotReadyException",
        f"Resources of the serverless variant {variant} of endpoint {endpoint} are still being provisioned. "
        "Please wait and try your request again.",
        status=429,
    )


def body_too_large(limit: int) -> AwsError:
    return AwsError(
        "ValidationError",
        "1 validation error detected: Value at 'body' failed to satisfy constraint: "
        f"Member must have length less than or equal to {limit}",
    )


def no_stream(endpoint: str) -> AwsError:
    """Return the refusal of InvokeEndpointWithResponseStream, which serverless endpoints do not have."""
    return AwsError("ValidationError", f"Endpoint {endpoint} is serverless and does not support response streams.")
