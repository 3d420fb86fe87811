"""Our own limit on the rate of calls, by operation: high while AWS takes it, halved when AWS says that it is too much.

AWS publishes no rates for SageMaker's control plane. A bucket that finds its rate by itself neither slows a start with
a thousand endpoints down nor hammers an account whose limit is low (additive increase, multiplicative decrease).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

# Calls a second and at once for one operation before AWS has ever complained.
FIRST_RATE = 75.0
BURST = 150.0
LOWEST_RATE = 0.5
# After a complaint the rate grows by so much with each second without another.
GROWTH_PER_SECOND = 0.5
# S3 takes 3,500 changes and 5,500 reads a second below one prefix (S3 User Guide, "Best practices design patterns");
# what an endpoint takes is its instances' business, and a user's own warm-ups are meant to arrive.
RATES_OF_SERVICES = {"s3": 1000.0, "sagemaker-runtime": 1000.0}


@dataclass
class Bucket:
    """Tokens of one operation; `clock` is monotonic seconds."""

    now: float
    rate: float = FIRST_RATE
    tokens: float = BURST
    highest: float = FIRST_RATE
    complained_at: float = field(default=float("-inf"))
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def refill(self, now: float) -> None:
        elapsed = max(0.0, now - self.now)
        self.now = now
        growth = GROWTH_PER_SECOND * self.highest / FIRST_RATE
        grown = min(self.highest, self.rate + growth * elapsed)
        self.tokens = min(self.rate * 2, self.tokens + elapsed * self.rate)
        self.rate = grown

    def complained(self, now: float, *, taken_at: float) -> None:
        """AWS throttled a call that had its turn then: half the rate, and nothing saved up.

        Of calls that were on their way already when the rate was halved no complaint counts: they tell nothing of the
        new rate.
        """
        self.refill(now)
        if taken_at > self.complained_at:
            self.rate = max(LOWEST_RATE, self.rate / 2)
            self.complained_at = now
        self.tokens = min(self.tokens, 1.0)

    def seconds_until_token(self) -> float:
        return 0.0 if self.tokens >= 1.0 else (1.0 - self.tokens) / self.rate


class RateLimits:
    """Buckets by service and operation, for one account and region and one event loop."""

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._now = now
        self._sleep = sleep
        self._buckets: dict[tuple[str, str], Bucket] = {}

    async def take(self, service: str, operation: str) -> float:
        """Wait for this call's turn and say when it was; calls of one operation go in the order in which they came."""
        bucket = self._bucket(service, operation)
        async with bucket.lock:
            bucket.refill(self._now())
            while (wait := bucket.seconds_until_token()) > 0:
                await self._sleep(wait)
                bucket.refill(self._now())
            bucket.tokens -= 1.0
            return bucket.now

    def complained(self, service: str, operation: str, *, taken_at: float) -> None:
        """AWS throttled a call; `taken_at` is what `take` said of it."""
        self._bucket(service, operation).complained(self._now(), taken_at=taken_at)

    def rate(self, service: str, operation: str) -> float:
        """The present limit in calls a second."""
        return self._bucket(service, operation).rate

    def _bucket(self, service: str, operation: str) -> Bucket:
        bucket = self._buckets.get((service, operation))
        if bucket is None:
            rate = RATES_OF_SERVICES.get(service, FIRST_RATE)
            bucket = Bucket(now=self._now(), rate=rate, tokens=rate * 2, highest=rate)
            self._buckets[service, operation] = bucket
        return bucket
