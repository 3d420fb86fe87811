"""Pagination tokens that hold how many items were already given, for lists that do not change between two pages."""

import base64
import binascii

_MARK = "from:"


def token_at(offset: int) -> str:
    """Return the token of a page that begins with item `offset`."""
    return base64.b64encode(f"{_MARK}{offset}".encode()).decode()


def offset_of(token: str | None) -> int:
    """Return where the page begins, 0 without a token. Raises ValueError for a token that nobody gave out."""
    if not token:
        return 0
    try:
        text = base64.b64decode(token.encode(), validate=True).decode()
    except binascii.Error as problem:
        raise ValueError(token) from problem
    if not text.startswith(_MARK) or not text.removeprefix(_MARK).isdecimal():
        raise ValueError(token)
    return int(text.removeprefix(_MARK))
