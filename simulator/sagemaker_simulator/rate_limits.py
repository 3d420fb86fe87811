"""Token buckets in real time, one for each limit, account and region: SageMaker throttles an account's calls."""

import fnmatch
import time
from collections.abc import Callable
from dataclasses import dataclass

from .settings import RateLimit, Settings
from .wire.request import Call


@dataclass
class _Bucket:
    tokens: float
    filled: float


class RateLimits:
    """The buckets; limits are read anew at every call, so settings count at once."""

    def __init__(self, settings: Callable[[], Settings], *, now: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._now = now
        self._buckets: dict[tuple[str, RateLimit, str, str], _Bucket] = {}

    def allows(self, call: Call) -> bool:
        """Take a token from every bucket that the call falls under; False when one of them is empty."""
        name = f"{call.service}:{call.operation}"
        limits = self._settings().rate_limits.items()
        return all(
            self._take(self._bucket(pattern, limit, call), limit)
            for pattern, limit in limits
            if fnmatch.fnmatchcase(name, pattern)
        )

    def clear(self) -> None:
        self._buckets.clear()

    def _bucket(self, pattern: str, limit: RateLimit, call: Call) -> _Bucket:
        key = (pattern, limit, call.caller.account, call.caller.region)
        return self._buckets.setdefault(key, _Bucket(tokens=limit.burst, filled=self._now()))

    def _take(self, bucket: _Bucket, limit: RateLimit) -> bool:
        now = self._now()
        bucket.tokens = min(limit.burst, bucket.tokens + (now - bucket.filled) * limit.per_second)
        bucket.filled = now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True
