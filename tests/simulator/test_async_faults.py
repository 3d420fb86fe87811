"""Faults of S3 and SNS under asynchronous inference: no request is lost, and none is told twice for nothing."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.async_world import AsyncWorld, asynchronous
from tests.simulator.world import World

BROKEN: dict[str, Any] = {"code": "InternalError", "message": "We encountered an internal error.", "status": 500}
DENIED: dict[str, Any] = {"code": "AccessDenied", "message": "Access Denied", "status": 403}


@pytest.fixture
def there(world: World) -> Iterator[AsyncWorld]:
    with asynchronous(world) as words:
        words.given_endpoint()
        yield words


def fired(there: AsyncWorld) -> list[int]:
    return [fault["fired"] for fault in there.world.do("GET", "/faults")["faults"]]


@pytest.mark.parametrize(
    "match",
    [
        {"service": "s3", "operation": "GetObject", "resource": "async/in"},
        {"service": "s3", "operation": "PutObject", "resource": "async/out/*"},
        {"service": "sns", "operation": "Publish", "resource": "done"},
    ],
)
@pytest.mark.parametrize("effect", [{"error": BROKEN}, {"error": {**BROKEN, "code": "Throttling", "status": 400}}])
def test_what_passes_is_tried_again(there: AsyncWorld, match: dict[str, str], effect: dict[str, Any]) -> None:
    there.world.fault(match=match, times=2, **effect)
    there.ask()
    [told] = there.told()
    assert told["invocationStatus"] == "Completed"
    assert fired(there) == [2]


def test_an_input_that_s3_does_not_give_is_a_failure_at_once(there: AsyncWorld) -> None:
    there.world.fault(match={"service": "s3", "operation": "GetObject", "resource": "async/in"}, error=DENIED)
    answer = there.ask()
    [told] = there.told()
    assert fired(there) == [1]
    assert told["failureReason"] == (
        "ClientError: Unable to download s3://async/in: s3 answered 403 AccessDenied to GetObject async/in."
    )
    assert there.object(answer["FailureLocation"]).decode() == told["failureReason"]


def test_an_output_that_s3_never_takes_is_a_failure(there: AsyncWorld) -> None:
    there.world.fault(match={"service": "s3", "operation": "PutObject", "resource": "async/out/*"}, error=BROKEN)
    there.ask()
    [told] = there.told()
    assert fired(there) == [3]
    assert "s3 answered 500 InternalError to PutObject async/out/" in told["failureReason"]
    assert there.keys("out/") == []


def test_an_sns_that_takes_nothing_loses_no_result(there: AsyncWorld, caplog: pytest.LogCaptureFixture) -> None:
    there.world.fault(match={"service": "sns", "operation": "Publish"}, error=BROKEN)
    assert there.object(there.ask(InferenceId="id-1")["OutputLocation"]) == b"(x)"
    there.world.until(lambda: "request id-1 could not be told" in caplog.text, "the warning")
    there.world.do("DELETE", "/faults")
    there.ask(InferenceId="id-2")
    assert [told["inferenceId"] for told in there.told()] == ["id-2"]


def test_a_message_whose_answer_is_lost_comes_again(there: AsyncWorld) -> None:
    there.world.fault(match={"service": "sns", "operation": "Publish"}, times=1, dropAnswer=True)
    there.ask(InferenceId="id-1")
    assert [told["inferenceId"] for told in there.told(2)] == ["id-1", "id-1"]
