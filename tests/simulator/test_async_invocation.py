"""InvokeEndpointAsync: input and output in S3, on a real server process."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.async_world import FAILED, OUTPUT, AsyncWorld, asynchronous
from tests.simulator.world import ACCOUNT, World, refused


@pytest.fixture
def there(world: World) -> Iterator[AsyncWorld]:
    with asynchronous(world) as words:
        yield words


def test_the_input_is_read_from_s3_and_the_answer_lies_where_the_caller_was_told(there: AsyncWorld) -> None:
    there.given_endpoint()
    answer = there.ask(b"1,2")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert answer["OutputLocation"].startswith(f"{OUTPUT}/")
    assert answer["OutputLocation"].endswith(".out")
    assert answer["FailureLocation"].startswith(f"{FAILED}/")
    assert answer["FailureLocation"].endswith("-error.out")
    assert there.object(answer["OutputLocation"]) == b"(1,2)"
    there.told()
    assert there.keys("failed/") == []


def test_a_short_input_may_come_with_the_request(there: AsyncWorld) -> None:
    there.given_endpoint()
    answer = there.world.runtime.invoke_endpoint_async(EndpointName="e1", Body=b"y" * 128_000)
    assert there.object(answer["OutputLocation"]) == b"(" + b"y" * 128_000 + b")"


def test_the_container_is_told_types_attributes_and_the_id(there: AsyncWorld) -> None:
    there.given_endpoint()
    answer = there.ask(
        b"headers",
        ContentType="text/csv",
        Accept="application/json",
        CustomAttributes="trace=1",
        InferenceId="id-1",
    )
    assert answer["InferenceId"] == "id-1"
    headers = json.loads(there.object(answer["OutputLocation"]))
    assert headers["content-type"] == "text/csv"
    assert headers["accept"] == "application/json"
    assert headers["x-amzn-sagemaker-custom-attributes"] == "trace=1"
    assert headers["x-amzn-sagemaker-inference-id"] == "id-1"
    assert "x-amzn-sagemaker-inputlocation" not in headers


@pytest.mark.parametrize(
    ("given", "told"), [({"ContentType": "text/libsvm"}, "text/libsvm"), ({}, "application/octet-stream")]
)
def test_a_request_without_a_type_has_that_of_its_object(there: AsyncWorld, given: Any, told: str) -> None:
    there.given_endpoint()
    there.world.s3.put_object(Bucket="async", Key="in", Body=b"headers", **given)
    answer = there.ask_for("s3://async/in")
    assert json.loads(there.object(answer["OutputLocation"]))["content-type"] == told


def test_the_caller_may_name_folder_and_file(there: AsyncWorld) -> None:
    there.given_endpoint()
    answer = there.ask(S3OutputPathExtension="tenant-7/today", Filename="a.json")
    assert answer["OutputLocation"] == f"{OUTPUT}/tenant-7/today/a.json"
    assert answer["FailureLocation"].startswith(f"{FAILED}/tenant-7/today/")
    assert there.object(answer["OutputLocation"]) == b"(x)"


def test_a_containers_error_is_stored_as_a_failure(there: AsyncWorld) -> None:
    there.given_endpoint()
    answer = there.ask(b"refuse")
    assert there.object(answer["FailureLocation"]) == b"no"
    assert there.keys("out/") == []


@pytest.mark.parametrize(
    ("body", "members", "words"),
    [
        (b"hang", {"InvocationTimeoutSeconds": 1}, "timed out after 1 seconds"),
        (b"die", {}, "Received server error (0) from model"),
    ],
)
def test_no_answer_is_a_failure_that_says_so(
    there: AsyncWorld, body: bytes, members: dict[str, Any], words: str
) -> None:
    there.given_endpoint()
    assert words in there.object(there.ask(body, **members)["FailureLocation"]).decode()


def test_an_input_that_is_not_there_is_a_failure_that_names_it(there: AsyncWorld) -> None:
    there.given_endpoint()
    failure = there.object(there.ask_for("s3://async/nothing")["FailureLocation"])
    assert b"Unable to download s3://async/nothing: there is no such object" in failure


def test_without_a_failure_path_a_failure_is_told_and_not_stored(there: AsyncWorld) -> None:
    there.given_endpoint(S3FailurePath=None)
    answer = there.ask(b"refuse")
    assert "FailureLocation" not in answer
    [told] = there.told()
    assert told["invocationStatus"] == "Failed"
    assert there.keys("") == ["in"]


def test_an_output_that_s3_does_not_take_is_a_failure(there: AsyncWorld) -> None:
    there.given_endpoint(S3OutputPath="s3://nowhere/out")
    failure = there.object(there.ask()["FailureLocation"])
    assert b"S3 answered 404 NoSuchBucket to PutObject s3://nowhere/out/" in failure
    [told] = there.told()
    assert told["invocationStatus"] == "Failed"


def test_an_empty_input_is_an_input(there: AsyncWorld) -> None:
    there.given_endpoint()
    assert there.object(there.ask(b"")["OutputLocation"]) == b"()"


def test_large_inputs_and_outputs_pass_whole(there: AsyncWorld) -> None:
    there.given_endpoint()
    body = bytes(range(256)) * (20 * 4096 + 1)
    assert there.object(there.ask(body)["OutputLocation"]) == b"(" + body + b")"


def test_a_kms_key_encrypts_outputs_of_any_size(there: AsyncWorld) -> None:
    kms = there.world.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.close()
    there.given_endpoint(KmsKeyId=key)
    for size in (1, 9 * 1024 * 1024):
        answer = there.ask(b"x" * size)
        there.object(answer["OutputLocation"])
        head = there.world.s3.head_object(Bucket="async", Key=answer["OutputLocation"].removeprefix("s3://async/"))
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key)


def test_an_asynchronous_endpoint_answers_nobody_at_once(there: AsyncWorld) -> None:
    there.given_endpoint()
    with refused("ValidationError", "is configured for asynchronous inference", status=400):
        there.world.runtime.invoke_endpoint(EndpointName="e1", Body=b"x")


def test_an_endpoint_that_answers_at_once_queues_nothing(there: AsyncWorld) -> None:
    there.world.given_endpoint()
    with refused("ValidationError", "is not configured for asynchronous inference", status=400):
        there.ask()


def test_an_endpoint_that_is_not_there_is_not_found(there: AsyncWorld) -> None:
    with refused("ValidationError", f"Endpoint e1 of account {ACCOUNT} not found.", status=400):
        there.ask()


@pytest.mark.parametrize(
    ("members", "fragment"),
    [
        ({"RequestTTLSeconds": 21_601}, "less than or equal to 21600"),
        ({"InvocationTimeoutSeconds": 3601}, "less than or equal to 3600"),
        ({"InputLocation": "ftp://b/k"}, "'inputLocation' failed"),
        ({"InferenceId": "x" * 65}, "less than or equal to 64"),
        ({"Body": b"x"}, "Exactly one of Body and InputLocation"),
        ({"InputLocation": None}, "Exactly one of Body and InputLocation"),
        ({"InputLocation": None, "Body": b"x" * 128_001}, "128000"),
    ],
)
def test_what_is_out_of_bounds_is_refused(there: AsyncWorld, members: dict[str, Any], fragment: str) -> None:
    there.given_endpoint()
    asked: dict[str, Any] = {"EndpointName": "e1", "InputLocation": "s3://async/in", **members}
    with refused("ValidationError", fragment, status=400):
        there.world.runtime.invoke_endpoint_async(**{name: value for name, value in asked.items() if value is not None})


def test_an_input_outside_s3_is_not_modelled(there: AsyncWorld) -> None:
    there.given_endpoint()
    with refused("NotImplemented", "https://b.s3.amazonaws.com/k", status=501):
        there.ask_for("https://b.s3.amazonaws.com/k")
