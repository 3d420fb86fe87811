"""Pages of Application Auto Scaling's Describe operations: 50 a page, or as many as asked for, at most 50."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sagemaker_simulator.offset_tokens import offset_of, token_at

from .refusals import invalid_token, validation

_PAGE: Final = 50  # MaxResults, DescribeScalableTargets in the API reference


def page(member: str, shown: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the page that the request asks for. Raises AwsError."""
    size = int(parameters.get("MaxResults", _PAGE))
    if not 1 <= size <= _PAGE:
        raise validation(f"MaxResults must be from 1 to {_PAGE}, got {size}")
    try:
        offset = offset_of(parameters.get("NextToken"))
    except ValueError:
        raise invalid_token() from None
    output: dict[str, Any] = {member: list(shown[offset : offset + size])}
    return output | ({"NextToken": token_at(offset + size)} if len(shown) > offset + size else {})
