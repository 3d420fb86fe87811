"""Containers of a serverless endpoint come with requests and go when nobody asks: real servers, simulated time."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from sagemaker_simulator.sagemaker.records import EndpointConfig, Model
from sagemaker_simulator.sagemaker.variants import to_run
from tests.simulator.serverless_world import IDLE_SECONDS, IMAGE, ServerlessWorld, serverless, serverless_world
from tests.simulator.world import ROLE, World, refused

FOUR_MEGABYTES = 4 * 1024 * 1024


@pytest.fixture
def there(world: World) -> Iterator[ServerlessWorld]:
    with serverless_world(world) as words:
        yield words


def test_a_container_proves_its_health_once_and_is_gone_until_somebody_asks(there: ServerlessWorld) -> None:
    there.given_endpoint()
    assert there.starts() == 1
    assert there.warm() == b"one(x)"
    assert there.starts() == 2
    assert there.ask(b"y") == b"one(y)"
    assert there.starts() == 2


def test_a_request_that_waits_for_a_cold_start_is_answered_when_simulated_time_has_passed(
    there: ServerlessWorld,
) -> None:
    there.given_endpoint()
    asked = there.waiting()
    assert not asked.done()
    there.world.advance(10)
    assert asked.result() == b"one(x)"


def test_a_cold_start_that_outlasts_patience_is_429_and_the_next_try_finds_it_done(there: ServerlessWorld) -> None:
    there.given_endpoint(most=1)
    with refused("ModelNotReadyException", "still being provisioned", status=429):
        there.ask()
    there.world.advance(10)
    there.world.until(lambda: there.starts() == 2, "what was begun to go on")
    assert there.ask() == b"one(x)"
    assert there.starts() == 2


def test_a_container_that_nobody_asks_goes_and_comes_again(there: ServerlessWorld) -> None:
    there.given_endpoint()
    there.warm()
    there.world.advance(IDLE_SECONDS / 2)
    assert there.ask() == b"one(x)"
    there.world.advance(IDLE_SECONDS)
    assert there.warm() == b"one(x)"
    assert there.starts() == 3


def test_more_requests_at_a_time_than_max_concurrency_are_throttled(there: ServerlessWorld) -> None:
    there.given_endpoint(most=2)
    waiting = [there.waiting() for _ in range(2)]
    with refused("ThrottlingException", "Rate exceeded", status=400):
        there.ask()
    there.world.advance(10)
    assert [each.result() for each in waiting] == [b"one(x)", b"one(x)"]
    assert there.ask() == b"one(x)"


def test_a_request_beside_another_one_has_a_cold_start_of_its_own(there: ServerlessWorld) -> None:
    there.given_endpoint()
    there.warm()
    hanging = there.waiting(b"hang")
    beside = there.waiting()
    assert not beside.done()
    there.world.advance(10)
    assert beside.result() == b"one(x)"
    with refused("ModelError", "timed out", status=424):
        hanging.result()


def test_provisioned_concurrency_is_warm_and_stays_so(there: ServerlessWorld) -> None:
    there.given_endpoint(ProvisionedConcurrency=1)
    assert there.ask() == b"one(x)"
    there.world.advance(10 * IDLE_SECONDS)
    assert there.ask() == b"one(x)"
    assert there.starts() == 1


def test_a_container_that_died_is_replaced_by_the_next_cold_start(there: ServerlessWorld) -> None:
    there.given_endpoint()
    there.warm()
    with refused("ModelError", "Received server error (0) from primary", status=424):
        there.ask(b"die")
    assert there.warm() == b"one(x)"


def test_a_container_knows_its_memory(there: ServerlessWorld) -> None:
    there.given_endpoint(memory=3072)
    assert json.loads(there.warm(b"environment"))["SM_SERVERLESS_MEMORY_MB"] == "3072"


def test_four_megabytes_are_taken_and_a_byte_more_is_not(there: ServerlessWorld) -> None:
    there.given_endpoint(ProvisionedConcurrency=1, environment={"NAME": ""})
    largest = b"y" * (FOUR_MEGABYTES - 2)
    assert there.ask(largest) == b"(" + largest + b")"
    with refused("ValidationError", "less than or equal to 4194304", status=400):
        there.ask(b"y" * (FOUR_MEGABYTES + 1))
    with refused("ModelError", "serverless endpoints answer 4194304", status=424):
        there.ask(b"y" * FOUR_MEGABYTES)


def test_a_deleted_endpoint_ends_a_request_that_waits(there: ServerlessWorld) -> None:
    there.given_endpoint()
    asked = there.waiting()
    there.world.sagemaker.delete_endpoint(EndpointName="e1")
    with refused("ModelError", status=424):
        asked.result()


def test_a_cold_start_that_fails_is_a_model_error_and_the_next_one_is_begun_anew(there: ServerlessWorld) -> None:
    there.given_endpoint()
    there.world.settings(servers={IMAGE: {"command": ["false"]}})
    with refused("ModelError", "Received server error (0) from primary", status=424):
        there.warm()
    there.world.settings(servers={IMAGE: {"command": there.command()}})
    assert there.warm() == b"one(x)"


def test_a_serverless_endpoint_has_no_response_stream(there: ServerlessWorld) -> None:
    there.given_endpoint()
    with refused("ValidationError", "does not support response streams", status=400):
        there.world.runtime.invoke_endpoint_with_response_stream(EndpointName="e1", Body=b"x")


def test_a_container_has_three_minutes_to_answer_its_first_ping() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    containers = ({"Image": IMAGE, "Environment": {}},)
    model = Model(name="m1", arn="arn", created=now, definition={"ExecutionRoleArn": ROLE}, containers=containers)
    config = EndpointConfig(name="c1", arn="arn", created=now, definition={"ProductionVariants": [serverless()]})
    assert to_run(config.variants[0], model, config).startup_timeout_seconds == 180
