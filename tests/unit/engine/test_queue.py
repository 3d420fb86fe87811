"""The queue of keys: nothing twice, nothing lost, nothing by two at once."""

import asyncio
from collections.abc import Awaitable

import pytest

from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.queue import BACK_OFF_FIRST_SECONDS, BACK_OFF_JITTER, WorkQueue

A, B = ObjectKey("ml", "a"), ObjectKey("ml", "b")


async def soon(something: Awaitable[ObjectKey | None]) -> ObjectKey | None:
    async with asyncio.timeout(5):
        return await something


async def everything(queue: WorkQueue) -> list[ObjectKey]:
    """All keys that can be taken now, each taken and done."""
    taken = []
    waiting = asyncio.ensure_future(queue.take())
    while True:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if not waiting.done():
            break
        key = waiting.result()
        assert key is not None
        taken.append(key)
        queue.done(key)
        waiting = asyncio.ensure_future(queue.take())
    queue.close()
    assert await soon(waiting) is None
    return taken


async def test_a_key_that_is_added_twice_is_worked_on_once_and_in_order() -> None:
    queue = WorkQueue()
    for key in (A, B, A, B, A):
        queue.add(key)
    assert await everything(queue) == [A, B]


async def test_a_key_that_is_added_while_it_is_worked_on_is_worked_on_again_after() -> None:
    queue = WorkQueue()
    queue.add(A)
    assert await soon(queue.take()) == A
    queue.add(A)
    queue.add(A)
    other = asyncio.ensure_future(queue.take())
    await asyncio.sleep(0)
    assert not other.done(), "no two workers have one key"
    queue.done(A)
    assert await soon(other) == A
    queue.done(A)
    assert await everything(queue) == []


async def test_a_delayed_key_comes_when_it_is_due_and_not_before() -> None:
    queue, loop = WorkQueue(), asyncio.get_running_loop()
    began = loop.time()
    queue.add_after(A, 0.05)
    assert await soon(queue.take()) == A
    assert loop.time() - began >= 0.05


async def test_a_new_delay_takes_the_place_of_the_old_one() -> None:
    queue = WorkQueue()
    queue.add_after(A, 3600.0)
    queue.add_after(A, 0.01)
    assert await soon(queue.take()) == A
    queue.done(A)
    queue.add_after(A, 0.01)
    queue.add_after(A, 3600.0)
    queue.add_after(B, 0.03)
    assert await soon(queue.take()) == B, "the earlier delay of the other key is over"


async def test_a_key_that_is_woken_does_not_come_again_for_its_delay() -> None:
    queue = WorkQueue()
    queue.add_after(A, 0.01)
    queue.add(A)
    queue.add_after(B, 0.03)
    assert await soon(queue.take()) == A
    queue.done(A)
    assert await soon(queue.take()) == B
    assert await everything(queue) == []


@pytest.mark.parametrize("seconds", [0.0, -1.0])
async def test_no_delay_is_at_once(seconds: float) -> None:
    queue = WorkQueue()
    queue.add_after(A, seconds)
    assert await everything(queue) == [A]


async def test_a_back_off_doubles_up_to_its_bound_and_begins_anew_when_forgotten() -> None:
    queue = WorkQueue()
    delays = [queue.back_off(A, at_most_seconds=60.0) for _ in range(9)]
    for delay, expected in zip(delays, [1, 2, 4, 8, 16, 32, 60, 60, 60], strict=True):
        assert delay == pytest.approx(expected * BACK_OFF_FIRST_SECONDS, rel=BACK_OFF_JITTER)
    assert queue.back_off(B, at_most_seconds=60.0) <= BACK_OFF_FIRST_SECONDS * (1 + BACK_OFF_JITTER)
    queue.forget_failures(A)
    assert queue.back_off(A, at_most_seconds=60.0) <= BACK_OFF_FIRST_SECONDS * (1 + BACK_OFF_JITTER)
    queue.close()


async def test_keys_that_failed_together_do_not_come_back_together() -> None:
    queue = WorkQueue()
    keys = [ObjectKey("ml", str(number)) for number in range(50)]
    assert len({queue.back_off(key, at_most_seconds=60.0) for key in keys}) > 40
    queue.close()


async def test_a_closed_queue_lets_every_worker_go_and_takes_nothing_more() -> None:
    queue = WorkQueue()
    workers = [asyncio.ensure_future(queue.take()) for _ in range(3)]
    await asyncio.sleep(0)
    queue.add_after(A, 0.01)
    queue.close()
    queue.add(A)
    queue.add_after(B, 0.0)
    assert [await soon(worker) for worker in workers] == [None, None, None]
    assert await soon(queue.take()) is None


async def test_keys_that_wait_when_the_queue_closes_are_left_for_the_next_start() -> None:
    queue = WorkQueue()
    queue.add(A)
    assert await soon(queue.take()) == A
    queue.add(A)
    queue.add(B)
    queue.close()
    queue.done(A)
    assert await soon(queue.take()) is None
