"""Inference pipelines on real servers: every container is started, asked in its turn, and named when it fails."""

import json
import sys
from typing import Any

import pytest

from tests.simulator.several_containers_world import IMAGE, ask, container, given_endpoint, given_model, metrics
from tests.simulator.world import ECR, World, refused

MISSING, DEAD = f"{ECR}/missing:1", f"{ECR}/dead:1"
# Answers what it was told of content types; the one that is called strict refuses everything.
TYPES_SERVER = """
import http.server, json, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200, b"", "text/plain")
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if os.environ["NAME"] == "strict":
            return self.answer(500, b"cannot", "text/plain")
        told = json.loads(body) if body.startswith(b"[") else []
        told.append([self.headers["Content-Type"], self.headers["Accept"]])
        self.answer(200, json.dumps(told).encode(), os.environ["ANSWERS"])
    def answer(self, status, body, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
"""


def test_each_container_takes_what_the_one_before_it_answered(world: World) -> None:
    given_endpoint(world, [container("first"), container("second"), container("third")])
    assert ask(world, b"1") == b"third(second(first(1)))"


def test_the_type_of_each_answer_is_the_type_of_the_next_request_and_accept_is_for_the_last(world: World) -> None:
    given_endpoint(world, [container(str(n), ANSWERS=f"text/x-{n}") for n in (1, 2)], program=TYPES_SERVER)
    answer = world.runtime.invoke_endpoint(
        EndpointName="e1", Body=b"x", ContentType="text/csv", Accept="application/json"
    )
    assert json.loads(answer["Body"].read()) == [["text/csv", "*/*"], ["text/x-1", "application/json"]]
    assert answer["ContentType"] == "text/x-2"


def test_every_container_listens_on_a_port_of_its_own(world: World) -> None:
    given_endpoint(world, [container("a", hostname="a"), container("b", hostname="b")], mode="Direct")
    environments = [json.loads(ask(world, b"environment", TargetContainerHostname=name)) for name in ("a", "b")]
    ports = {environment["SAGEMAKER_BIND_TO_PORT"] for environment in environments}
    ranges = {environment["SAGEMAKER_SAFE_PORT_RANGE"] for environment in environments}
    assert (len(ports), len(ranges)) == (2, 2)


@pytest.mark.parametrize(
    ("containers", "name"),
    [
        ([container("a"), container("b")], "container-1"),
        ([container("a", hostname="pre"), container("b", hostname="model")], "pre"),
    ],
)
def test_the_error_of_a_container_is_the_model_error_of_the_whole_and_names_it(
    world: World, containers: list[dict[str, Any]], name: str
) -> None:
    given_endpoint(world, containers)
    with pytest.raises(world.runtime.exceptions.ModelError) as caught:
        ask(world, b"refuse")
    assert caught.value.response["Error"]["Message"].startswith(
        f'Received client error (418) from {name} with message "no"'
    )
    answer: Any = caught.value.response
    assert answer["OriginalStatusCode"] == 418


def test_a_later_container_is_named_too_and_those_after_it_are_not_asked(world: World) -> None:
    names = ("willing", "strict", "last")
    given_endpoint(
        world, [container(name, hostname=name, ANSWERS="text/plain") for name in names], program=TYPES_SERVER
    )
    with refused("ModelError", 'Received server error (500) from strict with message "cannot"', status=424):
        ask(world)
    asked = [metrics(world, "ContainerLatency", ContainerName=name)[0] for name in names]
    assert asked == [1, 1, 0]
    assert metrics(world, "Invocation5XXErrors") == (1, 1)


@pytest.mark.parametrize(
    ("body", "fragment"),
    [(b"hang", "waiting for a response from container container-1."), (b"die", "server error (0) from container-1")],
)
def test_a_container_that_does_not_answer_is_named(world: World, body: bytes, fragment: str) -> None:
    given_endpoint(world, [container("a"), container("b")])
    with refused("ModelError", fragment, status=424):
        ask(world, body)


def test_each_container_must_become_healthy_and_the_one_that_does_not_is_named(world: World) -> None:
    given_model(world, [container("a"), container("b") | {"Image": DEAD}, container("c")])
    world.settings(images=[IMAGE, DEAD], servers={DEAD: {"command": [sys.executable, "-c", "raise SystemExit(3)"]}})
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "Failed")
    assert world.describe()["FailureReason"] == (
        "The container-2 for production variant AllTraffic did not pass the ping health check. "
        "Please check CloudWatch logs for this endpoint."
    )


def test_each_image_must_be_there(world: World) -> None:
    given_model(world, [container("a"), container("b") | {"Image": MISSING}])
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "Failed")
    assert "all images included in the model for the production variant AllTraffic" in world.describe()["FailureReason"]


def test_model_data_that_is_not_there_is_named_after_its_container(world: World) -> None:
    given_model(world, [container("a"), container("b") | {"ModelDataUrl": "s3://nowhere/model.tar.gz"}])
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "Failed")
    assert 'Failed to download model data for container "container_2"' in world.describe()["FailureReason"]


def test_latency_is_told_by_container_and_the_models_is_that_of_all(world: World) -> None:
    given_endpoint(world, [container("a"), container("b")])
    ask(world)
    ask(world)
    latencies = [metrics(world, "ContainerLatency", ContainerName=name) for name in ("container-1", "container-2")]
    assert [count for count, _ in latencies] == [2, 2]
    assert 0 < sum(total for _, total in latencies) <= metrics(world, "ModelLatency")[1]
    assert metrics(world, "Invocations", ContainerName="container-1")[0] == 0
    assert metrics(world, "Invocations") == (2, 2)


def test_a_pipeline_takes_no_target_container(world: World) -> None:
    given_endpoint(world, [container("a", hostname="a"), container("b", hostname="b")])
    with refused("ValidationError", "TargetContainerHostname cannot be specified: endpoint e1", status=400):
        ask(world, TargetContainerHostname="a")
    assert ask(world, b"1") == b"b(a(1))"


def test_the_stream_of_a_pipeline_is_a_501(world: World) -> None:
    given_endpoint(world, [container("a"), container("b")])
    with refused("NotImplemented", "response streams of inference pipelines", status=501):
        world.runtime.invoke_endpoint_with_response_stream(EndpointName="e1", Body=b"x")


def test_an_endpoint_of_one_container_takes_no_target_container(world: World) -> None:
    world.given_endpoint()
    with refused("ValidationError", "TargetContainerHostname cannot be specified"):
        ask(world, TargetContainerHostname="primary")
