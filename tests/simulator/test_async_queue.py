"""The queue of an asynchronous endpoint: who waits, for how long, and what the queue outlives."""

from collections.abc import Iterator

import pytest

from tests.simulator.async_world import AsyncWorld, asynchronous
from tests.simulator.world import World


@pytest.fixture
def there(world: World) -> Iterator[AsyncWorld]:
    with asynchronous(world) as words:
        yield words


def occupy(there: AsyncWorld, requests: int) -> None:
    """Ask for what is never answered."""
    for _ in range(requests):
        there.ask(b"hang", InvocationTimeoutSeconds=3600)


def test_an_instance_works_on_as_many_requests_as_it_may_and_the_next_one_waits(there: AsyncWorld) -> None:
    there.given_endpoint(concurrency=2)
    occupy(there, 1)
    assert there.object(there.ask(key="second")["OutputLocation"]) == b"(x)"
    occupy(there, 1)
    waiting = there.ask(key="third", RequestTTLSeconds=60)
    there.world.advance(61)
    assert b"was not processed within 60 seconds" in there.object(waiting["FailureLocation"])


def test_another_instance_takes_what_has_waited(there: AsyncWorld) -> None:
    there.given_endpoint(concurrency=1)
    occupy(there, 1)
    waiting = there.ask(key="second")
    there.given_count(2)
    assert there.object(waiting["OutputLocation"]) == b"(x)"


def test_without_instances_requests_wait_until_there_are_some(there: AsyncWorld) -> None:
    there.given_endpoint()
    there.given_count(0)
    assert there.world.describe()["ProductionVariants"][0]["CurrentInstanceCount"] == 0
    expiring = there.ask(key="first", RequestTTLSeconds=300)
    waiting = [there.ask(str(number).encode(), key=str(number)) for number in range(5)]
    there.world.advance(301)
    assert b"was not processed within 300 seconds" in there.object(expiring["FailureLocation"])
    assert there.keys("out/") == []
    there.given_count(1)
    assert [there.object(each["OutputLocation"]) for each in waiting] == [b"(%d)" % number for number in range(5)]
    there.world.advance(21_600)
    there.object(there.ask(key="last")["OutputLocation"])
    assert len(there.keys("failed/")) == 1


def test_six_hours_are_what_a_request_waits_unless_it_says_otherwise(there: AsyncWorld) -> None:
    there.given_endpoint()
    there.given_count(0)
    waiting = there.ask()
    there.world.advance(21_500)
    assert there.keys("failed/") == []
    there.world.advance(101)
    assert b"was not processed within 21600 seconds" in there.object(waiting["FailureLocation"])


def test_an_update_leaves_the_queue_and_its_requests_keep_their_places(there: AsyncWorld) -> None:
    there.given_endpoint()
    there.given_count(0)
    waiting = there.ask()
    there.world.s3.create_bucket(Bucket="elsewhere")
    there.given_config("c2", S3OutputPath="s3://elsewhere/out")
    there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2", RetainAllVariantProperties=True)
    there.world.finish("e1", "InService")
    assert there.world.describe()["AsyncInferenceConfig"]["OutputConfig"]["S3OutputPath"] == "s3://elsewhere/out"
    assert there.world.describe()["ProductionVariants"][0]["CurrentInstanceCount"] == 0
    there.given_count(1)
    assert there.object(waiting["OutputLocation"]) == b"(x)"
    assert there.ask()["OutputLocation"].startswith("s3://elsewhere/out/")


def test_a_request_whose_fleet_is_replaced_under_it_is_worked_on_again(there: AsyncWorld) -> None:
    there.given_endpoint()
    there.world.given_model("m2", PrimaryContainer={"Image": there.image, "Environment": {"HANG": "never"}})
    under_way = there.ask(b"hang", InvocationTimeoutSeconds=3600)
    there.given_config("c2", model="m2")
    there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    there.world.finish("e1", "InService")
    assert there.object(under_way["OutputLocation"]) == b"(hang)"


def test_a_deleted_endpoint_takes_its_queue_along(there: AsyncWorld) -> None:
    there.given_endpoint()
    there.given_count(0)
    there.ask(RequestTTLSeconds=3600)
    there.world.sagemaker.delete_endpoint(EndpointName="e1")
    there.world.finish_deletion("e1")
    there.world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    there.world.finish("e1", "InService")
    last = there.ask(b"last", key="last")
    assert there.object(last["OutputLocation"]) == b"(last)"
    there.world.advance(3600)
    assert len(there.told()) == 1
    assert there.keys("out/") == [last["OutputLocation"].removeprefix("s3://async/")]
    assert there.keys("failed/") == []
