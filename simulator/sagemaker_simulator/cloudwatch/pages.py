"""Tokens of paged answers: how many entries came before."""

import base64
import binascii

from .refusals import invalid_token


def token_of(place: int) -> str:
    return base64.urlsafe_b64encode(str(place).encode()).decode()


def token_place(token: str | None) -> int:
    """Return how many entries came before, 0 without a token. Raises AwsError for what is no token of ours."""
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token.encode()))
    except (binascii.Error, ValueError):
        raise invalid_token() from None
