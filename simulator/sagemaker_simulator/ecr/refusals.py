"""ECR's sentences for what it refuses.

Sources: jetstack/version-checker#167 and aws/sagemaker-python-sdk#4064 (across accounts; HTTP 400), and the failure
codes of BatchGetImage in the ECR API reference.
"""

from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.wire.errors import AwsError

from .registry import Repository

FAILURES = {
    "ImageNotFound": "Requested image not found",
    "MissingDigestAndTag": "Invalid request parameters: both tag and digest cannot be null",
    "InvalidImageDigest": (
        "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'"
    ),
    "ImageTagDoesNotMatchDigest": "Requested tag and digest do not match",
}


def no_repository(repository: Repository) -> AwsError:
    return AwsError(
        "RepositoryNotFoundException",
        f"The repository with name '{repository.name}' does not exist in the registry with id '{repository.registry}'",
    )


def no_image(repository: Repository, image_id: Mapping[str, Any]) -> AwsError:
    digest, tag = image_id.get("imageDigest", "null"), image_id.get("imageTag", "null")
    return AwsError(
        "ImageNotFoundException",
        f"The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does not exist within the repository "
        f"with name '{repository.name}' in the registry with id '{repository.registry}'",
    )


def not_shared(repository: Repository, *, caller_arn: str, operation: str) -> AwsError:
    """Return the refusal of a call to another account's repository, whose policy does not allow it."""
    return AwsError(
        "AccessDeniedException",
        f"User: {caller_arn} is not authorized to perform: ecr:{operation} on resource: {repository.arn} "
        f"because no resource-based policy allows the ecr:{operation} action",
    )
