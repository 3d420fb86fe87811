"""What becomes of the process when one of its parts ends by itself."""

import asyncio

import pytest

from endpoint_operator.parts import PartEnded, Parts


async def forever() -> None:
    await asyncio.Event().wait()


async def falls() -> None:
    raise ZeroDivisionError("a bug")


async def at_once() -> None:
    return


async def first(parts: Parts, task: "asyncio.Task[None]") -> bool:
    async with asyncio.timeout(10.0):
        return await parts.first(task)


async def test_a_part_that_raises_is_named_with_what_it_raised() -> None:
    parts = Parts()
    parts.begin("the resync", falls())
    waited_for = asyncio.create_task(forever())
    with pytest.raises(PartEnded, match="the resync") as ended:
        await first(parts, waited_for)
    assert isinstance(ended.value.__cause__, ZeroDivisionError)
    waited_for.cancel()


async def test_a_part_that_returns_has_ended_too() -> None:
    parts = Parts()
    parts.begin("the watch of AWS", at_once())
    waited_for = asyncio.create_task(forever())
    with pytest.raises(PartEnded, match="the watch of AWS"):
        await first(parts, waited_for)
    waited_for.cancel()


async def test_what_is_waited_for_comes_first_while_the_parts_run() -> None:
    parts = Parts()
    part = parts.begin("the resync", forever())
    assert await first(parts, asyncio.create_task(at_once()))
    await parts.end(part)
    assert part.cancelled()


async def test_parts_may_end_once_the_process_is_asked_to() -> None:
    parts = Parts()
    parts.begin("the resync", at_once())
    parts.stop()
    waited_for = asyncio.create_task(forever())
    assert not await first(parts, waited_for)
    waited_for.cancel()


async def test_a_part_that_was_ended_is_no_part_any_more() -> None:
    parts = Parts()
    await parts.end(parts.begin("the resync", forever()))
    assert await first(parts, asyncio.create_task(at_once()))
