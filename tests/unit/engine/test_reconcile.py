"""One pass: look, decide, act, tell, in this order; and what becomes of its key."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.engine.ports import ClusterUnavailable, StaleObject
from endpoint_operator.engine.queue import WorkQueue
from endpoint_operator.engine.workers import Workers
from endpoint_operator.planning.facts import LiveStatus
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.plan import AT_ONCE
from tests.unit.engine.ports_in_memory import KEY, World, a_world
from tests.unit.given import an_object, facts, known, live, row, status

FULL = "CreateModel CreateEndpointConfig CreateEndpoint"


def serving() -> InferenceEndpoint:
    return an_object(status=status(row(), endpoint=known(live())))


def leaving() -> InferenceEndpoint:
    return an_object(status=status(row(), endpoint=known(live())), deleted=True)


async def test_the_finalizer_and_the_intent_are_written_before_the_first_call() -> None:
    world = a_world(an_object(finalizer=False))
    assert await world.reconciler.reconcile(KEY) == AT_ONCE
    assert world.log == ["finalizer", "status"]
    await world.reconciler.reconcile(KEY)
    assert world.log[2:] == [*FULL.split(), "event CreatingEndpoint", "status"]


async def test_a_pass_writes_status_once_and_not_at_all_when_nothing_changed() -> None:
    world = a_world(serving())
    world.aws.seen = facts(live())
    await world.reconciler.reconcile(KEY)
    assert world.log.count("status") == 1
    written = list(world.log)
    for _ in range(3):
        await world.reconciler.reconcile(KEY)
    assert world.log == written


async def test_the_finalizer_goes_last_and_without_a_status_write() -> None:
    world = a_world(leaving())
    world.aws.seen = facts(missing_seconds=0.0)
    assert await world.reconciler.reconcile(KEY) is None
    assert world.log == ["DeleteEndpointConfig", "DeleteModel", "event Deleted", "no finalizer"]


async def test_an_object_that_was_let_go_is_no_work_before_the_watch_says_that_it_is_gone() -> None:
    world = a_world(leaving())
    world.aws.seen = facts(missing_seconds=0.0)
    await world.reconciler.reconcile(KEY)
    done = list(world.log)
    assert await world.reconciler.reconcile(KEY) is None
    assert world.log == done


async def test_an_object_that_somebody_elses_finalizer_holds_is_still_known() -> None:
    held = leaving()
    world = a_world(replace(held, finalizers=(*held.finalizers, "foregroundDeletion")))
    world.aws.seen = facts(missing_seconds=0.0)
    await world.reconciler.reconcile(KEY)
    known_now = world.store.get(KEY)
    assert known_now is not None
    assert known_now.finalizers == ("foregroundDeletion",)


async def test_a_deletion_that_failed_keeps_the_finalizer_and_says_why() -> None:
    world = a_world(leaving())
    world.aws.seen = facts(missing_seconds=0.0)
    world.aws.fault = Fault(blame=Blame.WORLD, reason="Throttled", message="later")
    look = await world.reconciler.reconcile(KEY)
    assert "no finalizer" not in world.log
    assert world.log[-1] == "status"
    assert look is not None
    assert look.back_off


@pytest.mark.parametrize(
    ("blame", "about_inputs", "back_off", "seconds"),
    [
        (Blame.WORLD, False, True, None),
        (Blame.OURS, False, True, None),
        (Blame.OPERATOR_SETUP, False, True, None),
        (Blame.USER, True, True, None),
        (Blame.BUSY, False, False, 5.0),
        (Blame.USER, False, None, None),
    ],
)
async def test_who_is_to_blame_decides_when_a_step_is_tried_again(
    *, blame: Blame, about_inputs: bool, back_off: bool | None, seconds: float | None
) -> None:
    world = a_world(serving())
    world.aws.seen = facts(replace(live(), config_name="ml-churn-0123456789"))
    await world.reconciler.reconcile(KEY)
    world.aws.fault = Fault(blame=blame, reason="Because", message="it is so", about_inputs=about_inputs)
    look = await world.reconciler.reconcile(KEY)
    assert (look.back_off if look is not None else None, look.seconds if look is not None else None) == (
        back_off,
        seconds,
    )


async def test_a_key_of_an_object_that_is_gone_is_no_work() -> None:
    world = a_world(serving())
    world.store.remove(KEY)
    assert await world.reconciler.reconcile(KEY) is None
    assert world.log == []


async def test_nothing_is_done_in_aws_when_the_intent_could_not_be_written() -> None:
    world = a_world(an_object(finalizer=False))
    world.cluster.somebody_writes()
    with pytest.raises(StaleObject):
        await world.reconciler.reconcile(KEY)
    world.cluster.down = True
    with pytest.raises(ClusterUnavailable):
        await world.reconciler.reconcile(KEY)
    assert world.log == []


class Running:
    """A queue with workers on a world, until the block ends."""

    def __init__(self, world: World) -> None:
        self.queue = WorkQueue()
        self.workers = Workers(queue=self.queue, reconciler=world.reconciler, count=2)

    async def __aenter__(self) -> WorkQueue:
        self._task = asyncio.create_task(self.workers.run())
        return self.queue

    async def __aexit__(self, *_: object) -> None:
        self.queue.close()
        async with asyncio.timeout(5):
            await self._task
        assert self.workers.longest_pass_seconds() == 0.0


async def comes_true(fact: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not fact():  # noqa: ASYNC110 - plain memory tells nobody when it changes
            await asyncio.sleep(0.005)


async def test_a_woken_key_is_passed_over_until_nothing_is_left_to_do() -> None:
    world = a_world(an_object(finalizer=False))
    async with Running(world) as queue:
        queue.add(KEY)
        await comes_true(lambda: world.log.count("status") == 2)
        world.aws.seen = facts(live(status=LiveStatus.CREATING))
        queue.add(KEY)
        await comes_true(lambda: world.log.count("status") == 3)
        world.aws.seen = facts(live())
        queue.add(KEY)
        await comes_true(lambda: "event Ready" in world.log)


async def test_a_pass_on_a_stale_object_is_made_again_on_the_newer_one() -> None:
    world = a_world(serving())
    world.aws.seen = facts(live())
    world.cluster.somebody_writes()
    async with Running(world) as queue:
        queue.add(KEY)
        await comes_true(lambda: "event Ready" in world.log)
        assert "status" not in world.log
        world.store.put(world.cluster.stored)
        await comes_true(lambda: "status" in world.log)


async def test_a_cluster_that_is_back_is_written_to_without_a_new_edit() -> None:
    world = a_world(serving())
    world.aws.seen = facts(live())
    world.cluster.down = True
    async with Running(world) as queue:
        queue.add(KEY)
        await comes_true(lambda: "event Ready" in world.log)
        world.cluster.down = False
        await comes_true(lambda: "status" in world.log)


async def test_a_process_that_does_not_lead_writes_nothing_until_it_does() -> None:
    world = a_world(serving())
    world.aws.seen = facts(live())
    world.cluster.leads = False
    async with Running(world) as queue:
        queue.add(KEY)
        await comes_true(lambda: "event Ready" in world.log)
        assert "status" not in world.log
        world.cluster.leads = True
        await comes_true(lambda: "status" in world.log)


async def test_a_pass_that_raises_is_tried_again_and_stops_no_worker(caplog: pytest.LogCaptureFixture) -> None:
    world = a_world(serving())
    broken = replace(facts(live()), now=None)  # type: ignore[arg-type]
    world.aws.seen = broken
    async with Running(world) as queue:
        for _ in range(4):
            queue.add(KEY)
            await comes_true(lambda: "this is a bug" in caplog.text)
            caplog.clear()
        world.aws.seen = facts(live())
        queue.add(KEY)
        await comes_true(lambda: "status" in world.log)
