"""AWS says that it is too much: it is said, waited out, and the rate that it takes is found."""

from collections.abc import Iterator

import pytest

from tests.chaos.lives import fired, is_ready, life_of, patiently
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld

THROTTLED = {"code": "ThrottlingException", "message": "Rate exceeded", "status": 400}


@pytest.fixture(scope="module", autouse=True)
def _fresh_rates(shared_world: SharedWorld) -> Iterator[None]:
    """What the operator learnt here about AWS's limits is none of the next test's business."""
    yield
    shared_world.make_whole()
    shared_world.operator.restart()


def test_throttling_of_three_calls_in_ten_delays_and_breaks_nothing(world: Scene) -> None:
    fault = world.simulator.add_fault(match={}, error=THROTTLED, probability=0.3)
    assert life_of(world, endpoints=5) == []
    assert fired(world, fault) > 10


def test_throttling_that_lasts_is_said_and_ends_well(world: Scene) -> None:
    fault = world.fault("CreateModel", error=THROTTLED)
    endpoints = [world.given(name=f"e{number}") for number in range(5)]
    for endpoint in endpoints:
        assert "AWS limits the rate of CreateModel; it is tried again" in endpoint.reconciles("Throttled")
    world.simulator.end_faults(fault)
    patiently(world, lambda: all(is_ready(each) for each in endpoints), "all made once AWS takes it")


def test_the_operator_finds_the_rate_that_aws_takes(world: Scene) -> None:
    """AWS takes four calls a second, and fifty objects ask at once: once that is learnt, most calls are taken."""
    world.simulator.configure(rateLimits={"sagemaker:CreateModel": {"perSecond": 4, "burst": 4}})
    try:
        calls = world.calls_from_now()
        endpoints = [world.given(name=f"e{number}") for number in range(50)]
        patiently(world, lambda: all(is_ready(each) for each in endpoints), "all made")
    finally:
        world.simulator.configure(rateLimits={"sagemaker:CreateModel": None})
    refused = [row["error"] == THROTTLED["code"] for row in calls.all() if row["operation"] == "CreateModel"]
    twentieth = [number for number, was_refused in enumerate(refused) if not was_refused][19]
    at_first, learnt = refused[: twentieth + 1], refused[twentieth + 1 :]
    for tries in (at_first, learnt):
        print(f"{len(tries)} tries at CreateModel, {sum(tries)} of them throttled")
    assert sum(learnt) < len(learnt) / 2
