"""How many requests each variant is working on at this moment (ConcurrentRequestsPerModel)."""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class InFlight:
    """Requests that have been given to a container and are not answered."""

    def __init__(self) -> None:
        self._requests: Counter[Hashable] = Counter()

    @contextmanager
    def one_more(self, key: Hashable) -> Iterator[int]:
        """Count a request for as long as it lasts; gives how many there are with it."""
        self._requests[key] += 1
        try:
            yield self._requests[key]
        finally:
            self._requests[key] -= 1
            if not self._requests[key]:
                del self._requests[key]
