"""Direct invocation on real servers: the container that a request names answers it, and no other."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EventStreamError

from tests.simulator.several_containers_world import ask, container, given_endpoint, given_model, metrics
from tests.simulator.test_stream_answers import ask as ask_for_stream
from tests.simulator.test_stream_answers import container as streaming_container
from tests.simulator.test_stream_answers import given_server, parts
from tests.simulator.world import ROLE, World, refused, variant

NAMES = ("nsmc", "korsts", "kobart")


@pytest.fixture
def endpoint(world: World) -> World:
    """Endpoint e1 with three containers that are invoked directly."""
    given_endpoint(world, [container(name, hostname=name) for name in NAMES], mode="Direct")
    return world


def test_the_container_that_is_named_answers_alone(endpoint: World) -> None:
    assert [ask(endpoint, b"1", TargetContainerHostname=name) for name in NAMES] == [
        b"nsmc(1)",
        b"korsts(1)",
        b"kobart(1)",
    ]


def test_a_request_must_name_its_container(endpoint: World) -> None:
    with refused("ValidationError", "TargetContainerHostname must be specified: endpoint e1", status=400):
        ask(endpoint)


def test_a_container_that_is_not_there_is_refused(endpoint: World) -> None:
    with refused("ValidationError", "Container other not found for variant AllTraffic of endpoint e1.", status=400):
        ask(endpoint, TargetContainerHostname="other")


def test_errors_are_named_after_the_container_and_the_others_serve_on(endpoint: World) -> None:
    with refused("ModelError", 'Received client error (418) from korsts with message "no"', status=424):
        ask(endpoint, b"refuse", TargetContainerHostname="korsts")
    with refused("ModelError", "waiting for a response from container kobart.", status=424):
        ask(endpoint, b"hang", TargetContainerHostname="kobart")
    with refused("ModelError", "Received server error (0) from nsmc", status=424):
        ask(endpoint, b"die", TargetContainerHostname="nsmc")
    assert ask(endpoint, b"1", TargetContainerHostname="korsts") == b"korsts(1)"


def test_each_container_has_metrics_of_its_own(endpoint: World) -> None:
    ask(endpoint, TargetContainerHostname="nsmc")
    ask(endpoint, TargetContainerHostname="nsmc")
    with refused("ModelError"):
        ask(endpoint, b"refuse", TargetContainerHostname="korsts")

    def of(name: str, metric: str) -> tuple[float, float]:
        return metrics(endpoint, metric, ContainerName=name)

    assert [of(name, "Invocations")[1] for name in NAMES] == [2, 1, 0]
    assert [of(name, "Invocation4XXErrors") for name in NAMES] == [(2, 0), (1, 1), (0, 0)]
    assert [of(name, "Invocation5XXErrors") for name in NAMES] == [(2, 0), (1, 0), (0, 0)]
    assert [of(name, "ContainerLatency")[0] for name in NAMES] == [2, 1, 0]
    assert metrics(endpoint, "Invocations") == (3, 3)
    assert metrics(endpoint, "Invocation4XXErrors") == (3, 1)


def test_each_container_has_utilization_of_its_own(endpoint: World) -> None:
    endpoint.advance(120)

    def memory(**dimensions: str) -> float:
        return metrics(endpoint, "MemoryUtilization", namespace="/aws/sagemaker/Endpoints", **dimensions)[1]

    endpoint.until(lambda: memory(ContainerName="nsmc") > 0, "utilization of a container")
    assert 0 < memory(ContainerName="nsmc") < memory()


def test_the_container_that_is_not_healthy_is_named(world: World) -> None:
    given_model(
        world, [container("a", hostname="fine"), container("b", hostname="ill", PING_STATUS="500")], mode="Direct"
    )
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "Failed")
    assert "The ill for production variant AllTraffic did not pass" in world.describe()["FailureReason"]


def test_an_update_may_change_how_the_containers_are_invoked(endpoint: World) -> None:
    containers: Any = [container(name, hostname=name) for name in NAMES]
    endpoint.sagemaker.create_model(ModelName="serial", ExecutionRoleArn=ROLE, Containers=containers)
    endpoint.given_config("c2", ProductionVariants=[variant(model="serial")])
    endpoint.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    endpoint.finish("e1", "InService")
    assert ask(endpoint, b"1") == b"kobart(korsts(nsmc(1)))"


def test_each_container_has_a_log_of_its_own(endpoint: World) -> None:
    logs = endpoint.client("logs")
    group = "/aws/sagemaker/Endpoints/e1"

    def streams() -> list[str]:
        found = logs.describe_log_streams(logGroupName=group)["logStreams"]
        return sorted(stream["logStreamName"].rpartition("/")[2] for stream in found)

    endpoint.until(lambda: len(streams()) == 3, "three log streams")
    assert streams() == sorted(NAMES)
    logs.close()


def test_one_of_several_containers_streams_and_is_named_when_it_breaks_off(world: World, tmp_path: Path) -> None:
    given_server(world)
    world.given_role()
    containers: Any = [streaming_container(tmp_path / "gate", ContainerHostname=name) for name in ("a", "b")]
    world.sagemaker.create_model(
        ModelName="m1", ExecutionRoleArn=ROLE, Containers=containers, InferenceExecutionConfig={"Mode": "Direct"}
    )
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "InService")
    assert b"".join(parts(ask_for_stream(world, "one", "two", TargetContainerHostname="b"))) == b"onetwo"
    with refused("ValidationError", "TargetContainerHostname must be specified"):
        ask_for_stream(world, "one")
    with pytest.raises(EventStreamError, match="your model b was closed"):
        list(parts(ask_for_stream(world, "one", "break", TargetContainerHostname="b")))
    with refused("ModelError", "from a with message", status=424):
        ask_for_stream(world, "refuse", TargetContainerHostname="a")
    assert metrics(world, "Invocations", ContainerName="b") == (2, 2)
