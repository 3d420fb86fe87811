"""Pages of Application Auto Scaling's Describe operations: 50 a page, 10 of policies, or fewer where asked for."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sagemaker_simulator.offset_tokens import offset_of, token_at

from .refusals import invalid_token, validation

_PAGE: Final = 50  # MaxResults, DescribeScalableTargets in the API reference
POLICIES_PAGE: Final = 10  # MaxResults, DescribeScalingPolicies in the API reference


def page(
    member: str, shown: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any], *, most: int = _PAGE
) -> dict[str, Any]:
    """Return the page that the request asks for, of at most so many. Raises AwsError."""
    size = int(parameters.get("MaxResults", most))
    if not 1 <= size <= most:
        raise validation(f"MaxResults must be from 1 to {most}, got {size}")
    try:
        offset = offset_of(parameters.get("NextToken"))
    except ValueError:
        raise invalid_token() from None
    output: dict[str, Any] = {member: list(shown[offset : offset + size])}
    return output | ({"NextToken": token_at(offset + size)} if len(shown) > offset + size else {})
