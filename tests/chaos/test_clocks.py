"""Clocks that jump, SageMaker's and the operator's own: what is done and who leads does not hang on them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.chaos.effects import doubled
from tests.chaos.replicas import Replicas, start_world
from tests.chaos.wall_clock.shifted import WallClock
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld
from tests.integration.vocabulary.specs import version

DAY = timedelta(days=1)


def date_of_transition(row: dict[str, str]) -> datetime:
    return datetime.fromisoformat(row["lastTransitionTime"].replace("Z", "+00:00"))


def test_a_day_that_sagemakers_clock_jumps_changes_nothing_at_rest_and_harms_no_work(world: Scene) -> None:
    resting = world.given(version(1), name="resting").settles()
    world.operator_looks(2)
    with world.records_calls() as calls:
        world.simulator.advance(seconds=DAY.total_seconds())
        world.operator_looks(3)
    assert calls.all() == []
    fault = world.fault("CreateEndpoint", hold=True)
    working = world.given(version(1), name="working")
    world.is_held(fault)
    world.simulator.advance(seconds=DAY.total_seconds())
    world.simulator.end_faults(fault)
    working.settles()
    resting.edit(version(2)).settles()
    assert len(world.sagemaker.endpoints()) == 2


def test_a_wall_clock_that_jumps_a_day_and_back_changes_neither_the_leader_nor_what_is_done(tmp_path: Path) -> None:
    """The clock of the leader and that of the replica that waits for its Lease."""
    clock = WallClock(tmp_path)
    shared = SharedWorld(start_world(tmp_path / "world", replicas=2, lease_seconds=5, variables=clock.variables))
    replicas = Replicas(shared.world)
    try:
        world = Scene(shared, namespace="clocks")
        replicas.leader()
        holder, transitions = replicas.holder(), replicas.transitions()
        calls = world.calls_from_now()
        endpoints = [world.given(version(1), name="first").settles(), world.given(version(1), name="second")]
        _work_over_a_jump(world, clock, *endpoints)
        assert (replicas.holder(), replicas.transitions()) == (holder, transitions)
        assert doubled(calls.all(), updates_wanted={each.sagemaker_name: 2 for each in endpoints}) == []
        assert len(world.sagemaker.endpoints()) == 2
    finally:
        replicas.close()
        shared.stop()


def _work_over_a_jump(world: Scene, clock: WallClock, first: Endpoint, second: Endpoint) -> None:
    fault = world.holds_answer_to("UpdateEndpoint")
    first.edit(version(2))
    world.is_held(fault)
    clock.shift(seconds=int(DAY.total_seconds()))
    world.simulator.end_faults(fault)
    first.settles()
    second.settles()
    second.edit(version(2)).settles()
    assert date_of_transition(second.condition("Ready")) > datetime.now(UTC) + DAY / 2, "it did see the jump"
    clock.shift(seconds=0)
    first.edit(version(3)).settles()
    second.edit(version(3)).settles()
    assert date_of_transition(second.condition("Ready")) < datetime.now(UTC) + DAY / 2
