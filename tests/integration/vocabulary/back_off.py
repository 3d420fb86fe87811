"""How often the operator may have tried what is refused, by the time that has gone by: a slow machine gives it more."""

import math
import time

# After a second, two, four: each a fifth less at most.
_FIRST_SECONDS = 0.8
# What somebody wrote to the object wakes it as well.
WOKEN = 2


def tries(*, since: float) -> int:
    """At most so many by back-off since a moment of the monotonic clock."""
    return 1 + int(math.log2(1 + (time.monotonic() - since) / _FIRST_SECONDS))
