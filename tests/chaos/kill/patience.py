"""Questions that cost the programs under test something are asked less often than `until` would ask them."""

import time
from collections.abc import Callable

ASK_EVERY_SECONDS = 0.25


def seldom(fact: Callable[[], bool]) -> Callable[[], bool]:
    """The fact as it was found up to a quarter of a second ago."""
    asked: tuple[float, bool] = (float("-inf"), False)

    def found() -> bool:
        nonlocal asked
        if time.monotonic() - asked[0] >= ASK_EVERY_SECONDS:
            asked = (time.monotonic(), fact())
        return asked[1]

    return found
