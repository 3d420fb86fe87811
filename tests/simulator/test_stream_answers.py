"""InvokeEndpointWithResponseStream on real servers that answer in chunks (`streaming_server.py`)."""

import json
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer
from botocore.exceptions import ConnectionClosedError, EventStreamError

from tests.simulator.running import INVOCATION_SECONDS, STREAM_SECONDS
from tests.simulator.test_data_capture import CAPTURE
from tests.simulator.world import ECR, NULL_IMAGE, World, refused, variant

SERVER = Path(__file__).with_name("streaming_server.py")
IMAGE = f"{ECR}/chunks:1"


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """The file for which a server waits at the word `go`."""
    return tmp_path / "gate"


@pytest.fixture
def endpoint(world: World, gate: Path) -> World:
    """Endpoint e1 in service; its server answers in chunks."""
    given_server(world)
    world.given_model(PrimaryContainer=container(gate))
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "InService")
    return world


def given_server(world: World) -> None:
    world.settings(images=[IMAGE], servers={IMAGE: {"command": [sys.executable, str(SERVER)]}})


def container(gate: Path, **members: Any) -> dict[str, Any]:
    return {"Image": IMAGE, "Environment": {"GATE": str(gate)}, **members}


def ask(world: World, *words: str, **members: Any) -> Any:
    return world.runtime.invoke_endpoint_with_response_stream(
        **{"EndpointName": "e1", "Body": json.dumps(words).encode(), **members}
    )


def parts(answer: Any) -> Iterator[bytes]:
    try:
        for event in answer["Body"]:
            yield event["PayloadPart"]["Bytes"]
    finally:
        answer["Body"].close()


def last_message(world: World, *words: str) -> tuple[Any, Any]:
    """The headers and the payload of the last message as it came over the wire: boto3 shows not all of an error."""
    scope = "test-key/20261122/us-east-1/sagemaker/aws4_request"
    request = urllib.request.Request(  # noqa: S310
        f"{world.url}/endpoints/e1/invocations-response-stream",
        data=json.dumps(words).encode(),
        headers={"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"},
    )
    buffer = EventStreamBuffer()
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        buffer.add_data(answer.read())
    message = list(buffer)[-1]
    return message.headers, json.loads(message.payload)


def sum_of(world: World, metric: str, name: str = "AllTraffic", **dimensions: str) -> float:
    """The sum of the metric over all time."""
    cloudwatch = world.client("cloudwatch")
    now = datetime.fromisoformat(world.do("GET", "/clock")["time"])
    found = cloudwatch.get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName=metric,
        Dimensions=[
            {"Name": key, "Value": value}
            for key, value in {"EndpointName": "e1", "VariantName": name, **dimensions}.items()
        ],
        StartTime=now - timedelta(days=1),
        EndTime=now + timedelta(days=1),
        Period=86400,
        Statistics=["Sum", "SampleCount"],
    )["Datapoints"]
    cloudwatch.close()
    return float(sum(point["Sum"] for point in found)) if found else float("nan")


def test_an_answer_comes_whole_with_its_type_and_its_variant(endpoint: World) -> None:
    answer = ask(endpoint, "one", "two", "three", Accept="text/x-wanted", ContentType="application/json")
    assert b"".join(parts(answer)) == b"onetwothree"
    assert (answer["ContentType"], answer["InvokedProductionVariant"]) == ("text/x-chunks", "AllTraffic")
    assert answer["CustomAttributes"] == "accept=text/x-wanted"
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["content-type"] == "application/vnd.amazon.eventstream"
    assert headers["transfer-encoding"] == "chunked"


def test_a_chunk_is_with_the_caller_before_the_next_one_is_made(endpoint: World, gate: Path) -> None:
    coming = parts(ask(endpoint, "early", "go", "late"))
    assert next(coming) == b"early"
    gate.touch()
    assert b"".join(coming) == b"late"


def test_a_container_that_answers_at_once_streams_too(world: World) -> None:
    world.given_endpoint()
    answer = world.runtime.invoke_endpoint_with_response_stream(EndpointName="e1", Body=b"abc")
    assert json.loads(b"".join(parts(answer)))["receivedBytes"] == 3


def test_a_long_chunk_is_passed_on_in_messages_that_clients_take(endpoint: World) -> None:
    long = "x" * 3_000_000
    assert b"".join(parts(ask(endpoint, long))) == long.encode()


@pytest.mark.parametrize("end", ["break", "die"])
def test_a_connection_that_breaks_in_mid_stream_ends_it_with_an_error(endpoint: World, end: str) -> None:
    coming = parts(ask(endpoint, "some", end))
    assert next(coming) == b"some"
    with pytest.raises(EventStreamError, match=r"ModelStreamError.*your model primary was closed"):
        next(coming)


def test_an_answer_that_never_ends_is_ended_after_the_time_that_a_stream_has(endpoint: World) -> None:
    begun = time.monotonic()
    coming = parts(ask(endpoint, "some", "hang"))
    assert next(coming) == b"some"
    with pytest.raises(EventStreamError, match="did not complete sending the inference response in the allotted time"):
        next(coming)
    assert time.monotonic() - begun > 2 * INVOCATION_SECONDS, "the time of an invocation does not count any more"


@pytest.mark.parametrize(("end", "code"), [("break", "StreamBroken"), ("hang", "ModelInvocationTimeExceeded")])
def test_the_error_of_a_stream_has_its_code(endpoint: World, end: str, code: str) -> None:
    headers, members = last_message(endpoint, "some", end)
    assert (headers[":message-type"], headers[":exception-type"]) == ("exception", "ModelStreamError")
    assert members["ErrorCode"] == code


@pytest.mark.parametrize(
    ("word", "fragment"),
    [
        ("refuse", 'Received client error (418) from primary with message "no"'),
        ("break", "Received server error (0) from primary"),
        ("hang", "timed out while waiting for a response from container primary"),
    ],
)
def test_before_the_first_chunk_an_error_is_a_plain_model_error(endpoint: World, word: str, fragment: str) -> None:
    begun = time.monotonic()
    with refused("ModelError", fragment, status=424):
        ask(endpoint, word)
    assert time.monotonic() - begun < STREAM_SECONDS, "the time of an invocation counts until the first chunk"
    assert sum_of(endpoint, "InvocationModelErrors") == 1


def test_a_caller_that_hangs_up_ends_the_work_of_the_container(endpoint: World, gate: Path) -> None:
    answer = ask(endpoint, "early", "go", *["more"] * 200_000)
    assert next(parts(answer)) == b"early"
    answer["Body"].close()
    gate.touch()
    endpoint.until(gate.with_name("gate.hung-up").exists, "the server to see that nobody listens")
    assert sum_of(endpoint, "MidStreamErrors") == 0


def test_metrics_tell_of_the_first_chunk_and_of_errors_after_it(endpoint: World, gate: Path) -> None:
    gate.touch()
    list(parts(ask(endpoint, "a", "b")))
    with pytest.raises(EventStreamError):
        list(parts(ask(endpoint, "a", "break")))
    endpoint.until(lambda: sum_of(endpoint, "Invocations") == 2, "both invocations to be counted")
    assert sum_of(endpoint, "FirstChunkInvocations") == 2
    assert sum_of(endpoint, "MidStreamErrors") == 1
    assert 0 < sum_of(endpoint, "FirstChunkModelLatency") <= sum_of(endpoint, "FirstChunkLatency")
    assert sum_of(endpoint, "FirstChunkModelLatency") <= sum_of(endpoint, "ModelLatency")


def test_streams_are_neither_captured_nor_copied_to_a_shadow(world: World, gate: Path) -> None:
    world.s3.create_bucket(Bucket="captured")
    given_server(world)
    world.given_model(PrimaryContainer=container(gate))
    world.given_model("shadow", image=NULL_IMAGE)
    world.given_config(ShadowProductionVariants=[variant("next", model="shadow")], DataCaptureConfig=CAPTURE)
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "InService")
    assert b"".join(parts(ask(world, "streamed"))) == b"streamed"
    world.runtime.invoke_endpoint(EndpointName="e1", Body=b'["plain"]')
    world.until(lambda: sum_of(world, "Invocations", "next") == 1, "the shadow to be asked once")
    world.advance(61)
    names = world.until(lambda: world.do("GET", "/state")["s3"]["captured"], "capture files")
    bodies = [world.s3.get_object(Bucket="captured", Key=name)["Body"].read().decode() for name in names]
    inputs = [json.loads(line)["captureData"]["endpointInput"]["data"] for line in "".join(bodies).splitlines()]
    assert len(inputs) == 2  # the production variant's and the shadow's
    assert sum_of(world, "Invocations") == 2


@pytest.mark.parametrize("member", [{"InferenceComponentName": "a"}, {"SessionId": "s"}])
def test_what_streams_do_not_do_yet_is_a_501(endpoint: World, member: dict[str, str]) -> None:
    with refused("NotImplemented", "not modelled yet", status=501):
        ask(endpoint, "a", **member)


def test_an_endpoint_that_is_not_there_is_refused_before_anything_is_streamed(world: World) -> None:
    with refused("ValidationError", "Endpoint e1 of account", "not found", status=400):
        ask(world, "a")


def test_faults_meet_streams(endpoint: World) -> None:
    match = {"operation": "InvokeEndpointWithResponseStream", "resource": "e1"}
    endpoint.fault(match=match, times=1, error={"code": "ServiceUnavailable", "message": "busy", "status": 503})
    with refused("ServiceUnavailable", "busy", status=503):
        ask(endpoint, "a")
    assert b"".join(parts(ask(endpoint, "a"))) == b"a"


def test_an_answer_that_is_dropped_was_streamed_to_nobody_but_its_work_is_done(endpoint: World) -> None:
    match = {"operation": "InvokeEndpointWithResponseStream"}
    endpoint.fault(match=match, times=1, dropAnswer=True)
    with pytest.raises(ConnectionClosedError):
        ask(endpoint, "a", "b")
    assert sum_of(endpoint, "FirstChunkInvocations") == 1
    [row] = [row for row in endpoint.calls() if row["operation"] == "InvokeEndpointWithResponseStream"]
    assert row["error"] == "AnswerDropped"
