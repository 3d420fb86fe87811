"""Data capture: what real endpoints are asked and answer, found in S3 in the files that SageMaker writes."""

import base64
import json
import re
import sys
from typing import Any

import pytest

from tests.simulator.test_invocation import SERVER
from tests.simulator.world import ECR, World, variant

IMAGE = f"{ECR}/contract:1"
CAPTURE: dict[str, Any] = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://captured/here/",
    "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]},
}
KEY = re.compile(
    r"here/E1/blue/(\d{4})/(\d\d)/(\d\d)/(\d\d)/\d\d-\d\d-\d{3}-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f-]{17}\.jsonl"
)


def given_an_endpoint(world: World, **capture: Any) -> None:
    world.s3.create_bucket(Bucket="captured")
    world.settings(images=[IMAGE], servers={IMAGE: {"command": [sys.executable, str(SERVER)]}})
    world.given_model(PrimaryContainer={"Image": IMAGE, "Environment": {"NAME": "blue"}})
    world.given_config(ProductionVariants=[variant("blue")], DataCaptureConfig=CAPTURE | capture)
    world.sagemaker.create_endpoint(EndpointName="E1", EndpointConfigName="c1")
    world.finish("E1", "InService")


def invoke(world: World, body: bytes, content_type: str = "text/csv", **members: Any) -> None:
    world.runtime.invoke_endpoint(EndpointName="E1", Body=body, ContentType=content_type, **members)


def keys(world: World) -> list[str]:
    found: list[str] = world.do("GET", "/state")["s3"]["captured"]
    return found


def captured(world: World) -> list[dict[str, Any]]:
    """Let the gathering minute pass; return the lines of all files."""
    world.advance(61)
    names = world.until(lambda: keys(world), "capture files")
    bodies = [world.s3.get_object(Bucket="captured", Key=name)["Body"].read() for name in names]
    assert all(body.endswith(b"\n") for body in bodies)
    return [json.loads(line) for body in bodies for line in body.splitlines()]


def test_requests_and_answers_are_written_as_lines_of_one_file(world: World) -> None:
    given_an_endpoint(world)
    invoke(world, b"1,2")
    invoke(world, b"3,4", InferenceId="id-7")
    assert keys(world) == []
    first, second = captured(world)
    [name] = keys(world)
    assert KEY.fullmatch(name), name
    assert first["captureData"]["endpointInput"] == {
        "observedContentType": "text/csv",
        "mode": "INPUT",
        "data": "1,2",
        "encoding": "CSV",
    }
    output = first["captureData"]["endpointOutput"]
    assert (output["mode"], output["observedContentType"], output["encoding"]) == (
        "OUTPUT",
        "text/x-contract",
        "BASE64",
    )
    assert base64.b64decode(output["data"]) == b"blue(1,2)"
    assert first["eventVersion"] == "0"
    assert re.fullmatch(r"[0-9a-f-]{36}", first["eventMetadata"]["eventId"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first["eventMetadata"]["inferenceTime"])
    assert name.split("/")[3:6] == first["eventMetadata"]["inferenceTime"][:10].split("-")
    assert second["eventMetadata"]["inferenceId"] == "id-7"
    assert first["eventMetadata"]["eventId"] != second["eventMetadata"]["eventId"]


@pytest.mark.parametrize(
    ("content_type", "body", "encoding", "data"),
    [
        ("application/json", b'{"a": 1}', "JSON", '{"a": 1}'),
        ("application/json; charset=utf-8", b"[]", "JSON", "[]"),
        ("TEXT/CSV", b"1", "CSV", "1"),
        ("application/x-npy", b"\x93NUMPY", "BASE64", "k05VTVBZ"),
        ("text/csv", b"caf\xe9", "BASE64", "Y2Fm6Q=="),
    ],
)
def test_only_types_that_the_config_lists_are_written_as_text(
    world: World, content_type: str, body: bytes, encoding: str, data: str
) -> None:
    given_an_endpoint(world)
    invoke(world, body, content_type)
    [line] = captured(world)
    found = line["captureData"]["endpointInput"]
    assert (found["encoding"], found["data"], found["observedContentType"]) == (encoding, data, content_type)


def test_without_listed_types_everything_is_base64(world: World) -> None:
    given_an_endpoint(world, CaptureContentTypeHeader={})
    invoke(world, b"1,2")
    [line] = captured(world)
    assert line["captureData"]["endpointInput"]["encoding"] == "BASE64"


@pytest.mark.parametrize(
    ("mode", "sides"),
    [
        ("Input", {"endpointInput"}),
        ("Output", {"endpointOutput"}),
        ("InputAndOutput", {"endpointInput", "endpointOutput"}),
    ],
)
def test_only_the_sides_that_are_asked_for_are_captured(world: World, mode: str, sides: set[str]) -> None:
    given_an_endpoint(world, CaptureOptions=[{"CaptureMode": mode}])
    invoke(world, b"1")
    [line] = captured(world)
    assert set(line["captureData"]) == sides


def test_the_sampling_percentage_is_kept(world: World) -> None:
    given_an_endpoint(world, InitialSamplingPercentage=25)
    for number in range(200):
        invoke(world, str(number).encode())
    lines = captured(world)
    assert 25 < len(lines) < 75
    sampled = [line["captureData"]["endpointInput"]["data"] for line in lines]
    assert len(set(sampled)) == len(sampled)


def test_nothing_is_captured_when_it_is_switched_off_or_the_container_failed(world: World) -> None:
    given_an_endpoint(world)
    with pytest.raises(world.runtime.exceptions.ModelError):
        invoke(world, b"refuse")
    world.given_config("c2", ProductionVariants=[variant("blue")], DataCaptureConfig=CAPTURE | {"EnableCapture": False})
    world.sagemaker.update_endpoint(EndpointName="E1", EndpointConfigName="c2")
    world.finish("E1", "InService")
    invoke(world, b"off")
    world.sagemaker.update_endpoint(EndpointName="E1", EndpointConfigName="c1")
    world.finish("E1", "InService")
    invoke(world, b"on")
    assert [line["captureData"]["endpointInput"]["data"] for line in captured(world)] == ["on"]


def test_a_bucket_that_is_not_there_loses_the_capture_and_not_the_answer(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    given_an_endpoint(world, DestinationS3Uri="s3://nowhere/x")
    invoke(world, b"1")
    world.advance(61)
    lost = "1 captured invocations are lost: S3 answered 404 NoSuchBucket to PutObject s3://nowhere/x/E1/blue/"
    world.until(lambda: lost in caplog.text, "the warning")
    world.s3.create_bucket(Bucket="nowhere")
    invoke(world, b"2")
    world.advance(61)

    def written() -> list[str]:
        found: list[str] = world.do("GET", "/state")["s3"]["nowhere"]
        return found

    [name] = world.until(written, "a capture file")
    body = json.loads(world.s3.get_object(Bucket="nowhere", Key=name)["Body"].read())
    assert body["captureData"]["endpointInput"]["data"] == "2"


def test_a_kms_key_encrypts_the_files(world: World) -> None:
    kms = world.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.close()
    given_an_endpoint(world, KmsKeyId=key)
    invoke(world, b"1")
    captured(world)
    [name] = keys(world)
    head = world.s3.head_object(Bucket="captured", Key=name)
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key)
