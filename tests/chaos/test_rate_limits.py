"""The limit on our own calls, in virtual time: a burst, a rate, and what AWS's complaints make of them."""

import asyncio
from collections import Counter

from endpoint_operator.aws.rate_limits import BURST, FIRST_RATE, LOWEST_RATE, RateLimits

OBJECTS = 200
TICK_SECONDS = 0.0001
CREATE_MODEL = ("sagemaker", "create_model")


class VirtualTime:
    """A clock that moves only when somebody sleeps on it, and then, like a real one, never too little to be seen."""

    def __init__(self) -> None:
        self.now = 1000.0

    async def sleep(self, seconds: float) -> None:
        self.now += max(seconds, TICK_SECONDS)

    def limits(self) -> RateLimits:
        return RateLimits(now=lambda: self.now, sleep=self.sleep)


async def turns(limits: RateLimits, time: VirtualTime, count: int) -> list[float]:
    """When each of so many calls at once had its turn, seconds from now."""
    began, at = time.now, []

    async def call() -> None:
        await limits.take(*CREATE_MODEL)
        at.append(time.now - began)

    await asyncio.gather(*(call() for _ in range(count)))
    return at


async def test_two_hundred_calls_of_one_operation_at_once_are_a_burst_and_then_the_rate() -> None:
    time = VirtualTime()
    at = await turns(time.limits(), time, OBJECTS)
    assert len(at) == OBJECTS
    for earlier, begin in enumerate(at):
        for later in range(earlier, OBJECTS):
            assert later - earlier + 1 <= BURST + FIRST_RATE * (at[later] - begin) + 1e-6
    assert at[-1] <= (OBJECTS - BURST) / FIRST_RATE + 0.1, "no slower than it must be"


async def test_one_operation_at_its_limit_leaves_the_others_alone() -> None:
    time = VirtualTime()
    limits = time.limits()
    await turns(limits, time, OBJECTS)
    before = time.now
    await limits.take("sagemaker", "describe_endpoint")
    assert time.now == before


async def test_complaints_of_calls_that_were_under_way_together_are_one_and_spend_what_was_saved() -> None:
    time = VirtualTime()
    limits = time.limits()
    first = [await limits.take(*CREATE_MODEL) for _ in range(64)]
    for taken_at in first:  # all threads hear it at once
        limits.complained(*CREATE_MODEL, taken_at=taken_at)
    assert limits.rate(*CREATE_MODEL) == FIRST_RATE / 2
    at = await turns(limits, time, OBJECTS)
    assert Counter(int(second) for second in at)[0] <= FIRST_RATE / 2 + 1 + 1
    limits.complained(*CREATE_MODEL, taken_at=first[-1])
    assert limits.rate(*CREATE_MODEL) > FIRST_RATE / 2, "it tells nothing of the new rate"


async def test_the_first_complaint_at_the_new_rate_halves_it_again_at_once() -> None:
    time = VirtualTime()
    limits = time.limits()
    for part in (2, 4, 8):
        taken_at = await limits.take(*CREATE_MODEL)
        limits.complained(*CREATE_MODEL, taken_at=taken_at)
        assert FIRST_RATE / part <= limits.rate(*CREATE_MODEL) < FIRST_RATE / part + 1
        await time.sleep(TICK_SECONDS)


async def test_a_rate_that_was_halved_for_ever_still_lets_calls_through_and_grows_again() -> None:
    time = VirtualTime()
    limits = time.limits()
    for _ in range(100):
        limits.complained(*CREATE_MODEL, taken_at=await limits.take(*CREATE_MODEL))
        await time.sleep(TICK_SECONDS)
    low = limits.rate(*CREATE_MODEL)
    assert LOWEST_RATE <= low < 2.0
    await time.sleep(600.0)
    await limits.take(*CREATE_MODEL)
    assert limits.rate(*CREATE_MODEL) == FIRST_RATE
