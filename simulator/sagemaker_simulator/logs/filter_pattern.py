"""Filter patterns of FilterLogEvents for lines of plain text: terms, phrases, `-term` and `?term`.

Source: "Filter pattern syntax for metric filters, subscription filters, filter log events, and Live Tail" in the
CloudWatch Logs User Guide. Patterns on JSON, on columns and regular expressions are refused.
"""

import re
from collections.abc import Callable

from sagemaker_simulator.wire.errors import AwsError, NotModelled

Matches = Callable[[str], bool]
_TERM = re.compile(r'([-?]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?:\s+|$)')


def filter_of(pattern: str) -> Matches:
    """Return what tells whether a message fits. Raises AwsError for a pattern that is wrong or not modelled."""
    text = pattern.strip()
    if text[:1] in ("{", "[", "%"):
        raise NotModelled(f"filter patterns that begin with {text[0]!r} are not modelled; terms and phrases are")
    groups: dict[str, list[str]] = {"": [], "-": [], "?": []}
    place = 0
    while place < len(text):
        found = _TERM.match(text, place)
        if found is None:
            raise AwsError("InvalidParameterException", f"Invalid filter pattern: {pattern}")
        sign, phrase, word = found.groups()
        groups[sign].append(word if phrase is None else re.sub(r"\\(.)", r"\1", phrase))
        place = found.end()
    required, excluded, optional = groups[""], groups["-"], groups["?"]
    return lambda message: (
        all(term in message for term in required)
        and not any(term in message for term in excluded)
        # "?term" counts for nothing beside terms that must be there.
        and (not optional or bool(required) or any(term in message for term in optional))
    )
