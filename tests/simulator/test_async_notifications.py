"""Messages about asynchronous requests, from SNS through to a subscriber's SQS queue."""

import base64
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.simulator.async_world import AsyncWorld, asynchronous
from tests.simulator.world import World

BOTH = ("SUCCESS_NOTIFICATION_TOPIC", "ERROR_NOTIFICATION_TOPIC")


@pytest.fixture
def there(world: World) -> Iterator[AsyncWorld]:
    with asynchronous(world) as words:
        yield words


def without_times(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in ("eventTime", "receivedTime")}


def test_a_success_is_told_in_sagemakers_form(there: AsyncWorld) -> None:
    there.given_endpoint()
    answer = there.ask(ContentType="text/csv", Accept="application/json", InferenceId="id-1", CustomAttributes="a=b")
    [told] = there.told()
    assert without_times(told) == {
        "topic": there.done,
        "awsRegion": "us-east-1",
        "invocationStatus": "Completed",
        "requestParameters": {
            "accept": "application/json",
            "contentType": "text/csv",
            "customAttributes": "a=b",
            "endpointName": "e1",
            "inputLocation": "s3://async/in",
        },
        "responseParameters": {"contentType": "text/x-contract", "outputLocation": answer["OutputLocation"]},
        "inferenceId": "id-1",
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }
    assert datetime.fromisoformat(told["receivedTime"]) <= datetime.fromisoformat(told["eventTime"])


def test_a_failure_is_told_to_the_error_topic_with_its_reason(there: AsyncWorld) -> None:
    there.given_endpoint()
    answer = there.ask(b"refuse", InferenceId="id-2")
    [told] = there.told()
    assert (told["topic"], told["invocationStatus"]) == (there.failed, "Failed")
    assert told["failureReason"].startswith("ClientError: Received client error (418) from model.")
    assert told["requestParameters"] == {"endpointName": "e1", "inputLocation": "s3://async/in"}
    assert told["responseParameters"] == {"outputLocation": answer["FailureLocation"]}
    assert told["inferenceId"] == "id-2"
    assert "responseBody" not in told


def test_an_expired_request_is_told_once(there: AsyncWorld) -> None:
    there.given_endpoint()
    there.given_count(0)
    there.ask(RequestTTLSeconds=60)
    there.world.advance(61)
    [told] = there.told()
    assert (told["topic"], told["invocationStatus"]) == (there.failed, "Failed")
    assert "was not processed within 60 seconds" in told["failureReason"]
    there.given_count(1)
    last = there.ask(InferenceId="last")
    there.object(last["OutputLocation"])
    assert [each["inferenceId"] for each in there.told()] == ["last"]


@pytest.mark.parametrize(
    ("included", "body", "content"),
    [
        (BOTH, b"1,2", b"(1,2)"),
        (BOTH, b"refuse", b"no"),
        (BOTH[:1], b"1,2", b"(1,2)"),
        (BOTH[:1], b"refuse", None),
        (BOTH[1:], b"1,2", None),
        (BOTH[1:], b"refuse", b"no"),
    ],
)
def test_the_response_is_in_the_message_where_the_config_asks_for_it(
    there: AsyncWorld, included: tuple[str, ...], body: bytes, content: bytes | None
) -> None:
    there.given_endpoint(included=included)
    there.ask(body)
    [told] = there.told()
    if content is None:
        assert "responseBody" not in told
    else:
        assert base64.b64decode(told["responseBody"]["content"]) == content
        assert told["responseBody"]["encoding"] == "BASE64"


def test_a_response_above_128_kilobytes_is_left_to_s3(there: AsyncWorld) -> None:
    there.given_endpoint(included=BOTH)
    most = 128 * 1024 - len("()")
    there.ask(b"x" * most, InferenceId="fits")
    there.ask(b"x" * (most + 1), key="larger", InferenceId="larger")
    told = {each["inferenceId"]: each["responseBody"] for each in there.told(2)}
    assert len(base64.b64decode(told["fits"]["content"])) == 128 * 1024
    assert "content" not in told["larger"]
    assert "larger than 128 KB" in told["larger"]["message"]


def test_a_topic_that_is_gone_loses_the_message_and_not_the_result(
    there: AsyncWorld, caplog: pytest.LogCaptureFixture
) -> None:
    there.given_endpoint()
    there.sns.delete_topic(TopicArn=there.done)
    assert there.object(there.ask(InferenceId="id-3")["OutputLocation"]) == b"(x)"
    there.world.until(lambda: f"request id-3 could not be told to {there.done}" in caplog.text, "the warning")
    there.ask(b"refuse")
    [told] = there.told()
    assert told["invocationStatus"] == "Failed"


def test_without_topics_nothing_is_told(there: AsyncWorld) -> None:
    there.given_endpoint(NotificationConfig=None)
    there.object(there.ask()["OutputLocation"])
    there.given_config("c2")
    there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    there.world.finish("e1", "InService")
    there.ask(InferenceId="told")
    assert [each["inferenceId"] for each in there.told()] == ["told"]


def test_both_topics_are_tried_whenever_the_endpoint_begins_to_change(there: AsyncWorld) -> None:
    def tried() -> list[str]:
        there.told(0)
        return sorted(trial["topic"] for trial in there.trials)

    there.given_endpoint()
    there.world.until(lambda: tried() == [there.done, there.failed], "the trials of the creation")
    assert {name: there.trials[0][name] for name in ("eventVersion", "eventSource", "eventName")} == {
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "TestNotification",
    }
    there.given_count(2)
    there.world.until(lambda: len(tried()) == 4, "the trials of the change of the count")
    there.given_config("c2", NotificationConfig={"SuccessTopic": there.done, "ErrorTopic": there.done})
    there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    there.world.finish("e1", "InService")
    there.world.until(lambda: tried() == [there.done] * 3 + [there.failed] * 2, "the trial of the update")


def test_a_raw_subscriber_gets_the_message_alone(there: AsyncWorld) -> None:
    there.given_endpoint()
    raw = there.sqs.create_queue(QueueName="raw")["QueueUrl"]
    there.sns.subscribe(
        TopicArn=there.done,
        Protocol="sqs",
        Endpoint="arn:aws:sqs:us-east-1:123456789012:raw",
        Attributes={"RawMessageDelivery": "true"},
    )
    there.ask(InferenceId="id-4")
    there.told()
    entries = there.sqs.receive_message(QueueUrl=raw, MaxNumberOfMessages=10)["Messages"]
    told = [json.loads(entry["Body"]) for entry in entries]
    assert [each["inferenceId"] for each in told if each["eventName"] == "InferenceResult"] == ["id-4"]
