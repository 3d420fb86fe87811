"""Numbers on the benchmark's command line; a wrong one is a sentence that names its option."""

import math

from tests.bench.refusal import OptionError


def seconds(flag: str, text: str | None) -> float | None:
    """Above 0; None where the option was not given. Raises OptionError."""
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise OptionError(f"{flag} {text}: give a number of seconds above 0")
    return value


def count(flag: str, text: str | None, *, of: str, at_least: int) -> int | None:
    """A whole number; None where the option was not given. `of` is what is counted. Raises OptionError."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and int(text) >= at_least):
        raise OptionError(f"{flag} {text}: give a number of {of}, {at_least} or more")
    return int(text)
