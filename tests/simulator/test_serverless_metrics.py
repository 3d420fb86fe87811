"""What CloudWatch is told of serverless endpoints, and nothing of instances."""

from collections.abc import Iterator

import pytest

from sagemaker_simulator.hosting import process_usage
from tests.simulator.monitored_world import OF_E1
from tests.simulator.serverless_world import ServerlessWorld, serverless_world
from tests.simulator.world import World, refused


@pytest.fixture
def there(world: World) -> Iterator[ServerlessWorld]:
    with serverless_world(world) as words:
        yield words


def test_a_cold_start_is_setup_time_and_overhead_and_a_warm_request_is_neither(there: ServerlessWorld) -> None:
    there.given_endpoint(environment={"NAME": "one", "PING_DELAY": "1"})
    there.warm()
    there.world.until(lambda: there.values("OverheadLatency"), "the first invocation to be told of")
    [setup], [overhead], [model] = (
        there.values(name) for name in ("ModelSetupTime", "OverheadLatency", "ModelLatency")
    )
    assert 3_000_000 < setup < 60_000_000
    assert setup <= overhead < setup + 5_000_000
    assert model < 1_000_000  # what the container took until its first ping is not in it
    there.ask()
    there.world.until(lambda: len(there.values("OverheadLatency")) == 2, "the second invocation to be told of")
    assert there.values("ModelSetupTime") == [setup]
    assert min(there.values("OverheadLatency")) < 1_000_000


def test_concurrency_is_told_as_a_share_of_the_most(there: ServerlessWorld) -> None:
    there.given_endpoint(most=4)
    waiting = [there.waiting() for _ in range(2)]
    assert sorted(there.values("ServerlessConcurrentExecutionsUtilization")) == [0.25, 0.5]
    assert there.values("ServerlessProvisionedConcurrencyUtilization") == []
    there.world.advance(10)
    for each in waiting:
        each.result()


def test_what_provisioned_concurrency_does_not_take_spills_over(there: ServerlessWorld) -> None:
    there.given_endpoint(ProvisionedConcurrency=1)
    hanging, beside = there.waiting(b"hang"), there.waiting()
    assert sorted(there.values("ServerlessProvisionedConcurrencyUtilization")) == [1.0, 2.0]
    assert sorted(there.values("ServerlessProvisionedConcurrencyExecutions")) == [1.0, 2.0]
    assert there.values("ServerlessProvisionedConcurrencyInvocations") == [1.0]
    assert there.values("ServerlessProvisionedConcurrencySpilloverInvocations") == [1.0]
    there.world.advance(10)
    assert beside.result() == b"one(x)"
    with refused("ModelError", "timed out"):
        hanging.result()


def test_a_request_that_is_throttled_is_a_4xx_error(there: ServerlessWorld) -> None:
    there.given_endpoint(most=1)
    waiting = there.waiting()
    with refused("ThrottlingException"):
        there.ask()
    assert (there.values("Invocations"), there.values("Invocation4XXErrors")) == ([1.0], [1.0])
    there.world.advance(10)
    waiting.result()


@pytest.mark.skipif(not process_usage.is_known(), reason="only Linux tells what processes use")
def test_memory_is_a_share_of_what_was_asked_for_and_there_is_no_other_metric_of_instances(
    there: ServerlessWorld,
) -> None:
    there.given_endpoint(memory=1024, ProvisionedConcurrency=1)
    there.ask()
    there.world.advance(120)
    told = {
        each["metricName"]
        for each in there.world.do("GET", "/state")["cloudwatch"]["metrics"]
        if each["dimensions"] == OF_E1
    }
    assert told == {
        "Invocations",
        "Invocation4XXErrors",
        "Invocation5XXErrors",
        "ModelLatency",
        "OverheadLatency",
        "MemoryUtilization",
        "ServerlessConcurrentExecutionsUtilization",
        "ServerlessProvisionedConcurrencyExecutions",
        "ServerlessProvisionedConcurrencyUtilization",
        "ServerlessProvisionedConcurrencyInvocations",
    }
    [share, *_] = there.values("MemoryUtilization")
    megabytes = share / 100 * 1024
    assert 5 < megabytes < 200  # a small Python server
