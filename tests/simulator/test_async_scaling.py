"""Application Auto Scaling of an asynchronous endpoint: down to no instance, and up again when a request comes."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.async_scaling_world import counts, given_backlog_tracking, given_wake_up
from tests.simulator.async_world import AsyncWorld, asynchronous
from tests.simulator.monitored_world import TARGET, MonitoredWorld, monitored
from tests.simulator.world import World


@pytest.fixture
def there(world: World) -> Iterator[AsyncWorld]:
    with asynchronous(world) as words:
        words.given_endpoint(concurrency=1)
        yield words


@pytest.fixture
def watched(world: World, there: AsyncWorld) -> Iterator[MonitoredWorld]:
    """A target of 0 to 5 instances that keeps five requests for each."""
    with monitored(world) as words:
        given_backlog_tracking(words, most=5)
        yield words


def minutes(watched: MonitoredWorld, count: int) -> None:
    for _ in range(count):
        watched.to_next_minute()


def comes_to(watched: MonitoredWorld, count: int, *, within: int) -> None:
    """Let minutes pass until the endpoint is at rest with the count."""
    for _ in range(within):
        if counts(watched) == {"current": count, "desired": count} and watched.world.status("e1") == "InService":
            return
        watched.to_next_minute()
    raise AssertionError(f"{within} minutes are over: {counts(watched)}, activities {watched.activities()}")


def test_an_idle_endpoint_goes_down_to_no_instance_and_stays_in_service(watched: MonitoredWorld) -> None:
    comes_to(watched, 0, within=30)
    minutes(watched, 60)
    assert counts(watched) == {"current": 0, "desired": 0}
    assert watched.world.status("e1") == "InService"
    assert [activity["StatusCode"] for activity in watched.activities()] == ["Successful"]


def test_one_request_wakes_the_endpoint_and_it_goes_to_sleep_again(there: AsyncWorld, watched: MonitoredWorld) -> None:
    given_wake_up(watched)
    comes_to(watched, 0, within=30)
    asked = there.ask()
    comes_to(watched, 1, within=10)
    assert there.object(asked["OutputLocation"]) == b"(x)"
    there.told()
    comes_to(watched, 0, within=40)
    causes = [activity["Cause"] for activity in reversed(watched.activities())]
    assert "AlarmLow" in causes[0]
    assert "monitor alarm backlog-without-capacity in state ALARM triggered policy wake-up" in causes[1]
    assert "AlarmLow" in causes[2]


def test_without_the_step_policy_few_requests_wait_and_many_wake_the_endpoint(
    there: AsyncWorld, watched: MonitoredWorld
) -> None:
    comes_to(watched, 0, within=30)
    for number in range(5):
        there.ask(key=str(number))
    minutes(watched, 20)
    assert counts(watched)["desired"] == 0
    there.ask(key="one more")
    comes_to(watched, 2, within=10)
    there.told(6)


def test_a_burst_brings_as_many_instances_as_the_backlog_asks_for(there: AsyncWorld, watched: MonitoredWorld) -> None:
    hanging: dict[str, Any] = {"InvocationTimeoutSeconds": 3600}
    for number in range(18):
        there.ask(b"hang", key=str(number), **hanging)
    comes_to(watched, 4, within=10)
    assert watched.limits() == (0, 5)


def test_an_endpoint_that_answers_at_once_never_goes_to_zero(world: World, there: AsyncWorld) -> None:
    del there
    world.given_config("plain")
    world.sagemaker.create_endpoint(EndpointName="plain", EndpointConfigName="plain")
    world.finish("plain", "InService")
    with monitored(world) as watched:
        target = TARGET | {"ResourceId": "endpoint/plain/variant/AllTraffic"}
        watched.autoscaling.register_scalable_target(**target, MinCapacity=0, MaxCapacity=0)
        [activity] = watched.activities()
        assert activity["StatusCode"] == "Failed"
        assert "must be at least 1" in activity["StatusMessage"]
    assert world.describe("plain")["ProductionVariants"][0]["DesiredInstanceCount"] == 1
