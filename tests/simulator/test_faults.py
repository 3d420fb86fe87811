"""Faults, throttling and latency: what happens to calls when somebody asks for it."""

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from xml.etree import ElementTree

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from tests.simulator.world import World, refused

CUT = (ConnectionClosedError, NoConnection, HTTPClientError)


def test_an_error_is_answered_as_often_as_it_was_asked_for(world: World) -> None:
    fault = world.fault(
        match={"service": "sagemaker", "operation": "ListModels"},
        times=2,
        error={"code": "InternalFailure", "message": "no luck", "status": 500},
    )
    for _ in range(2):
        with refused("InternalFailure", "no luck", status=500):
            world.sagemaker.list_models()
    world.sagemaker.list_models()
    world.sagemaker.list_endpoints()
    [shown] = world.do("GET", "/faults")["faults"]
    assert (shown["id"], shown["fired"], shown["times"]) == (fault, 2, 2)


def test_a_fault_without_a_limit_lasts_until_it_is_deleted(world: World) -> None:
    fault = world.fault(match={"operation": "ListModels"}, error={"code": "ThrottlingException"})
    for _ in range(3):
        with refused("ThrottlingException", status=400):
            world.sagemaker.list_models()
    assert world.control("DELETE", f"/faults/{fault}") == (204, None)
    world.sagemaker.list_models()
    assert world.control("DELETE", f"/faults/{fault}")[0] == 404


def test_a_fault_for_some_seconds_ends_in_simulated_time(world: World) -> None:
    world.fault(match={"operation": "ListModels"}, forSeconds=100, error={"code": "Broken"})
    with refused("Broken"):
        world.sagemaker.list_models()
    world.advance(100)
    world.sagemaker.list_models()


def test_a_fault_by_probability_meets_some_calls(world: World) -> None:
    world.fault(match={"operation": "ListModels"}, probability=0.5, error={"code": "Broken"})
    broken = 0
    for _ in range(60):
        try:
            world.sagemaker.list_models()
        except world.sagemaker.exceptions.ClientError:
            broken += 1
    [shown] = world.do("GET", "/faults")["faults"]
    assert 10 < broken < 50
    assert shown["fired"] == broken


def test_the_resource_is_a_glob_and_the_first_fault_that_matches_wins(world: World) -> None:
    world.fault(match={"resource": "ml-*"}, error={"code": "First"})
    world.fault(match={"service": "sagemaker"}, error={"code": "Second"})
    with refused("First"):
        world.sagemaker.describe_endpoint(EndpointName="ml-churn")
    with refused("Second"):
        world.sagemaker.describe_endpoint(EndpointName="churn")
    with refused("Second"):
        world.sagemaker.list_endpoints()


def test_a_fault_keeps_to_its_account_and_region(world: World) -> None:
    world.fault(match={"region": "eu-west-1"}, error={"code": "Broken"})
    world.fault(match={"account": "222222222222"}, error={"code": "Broken"})
    world.sagemaker.list_models()
    elsewhere = world.client("sagemaker", region_name="eu-west-1")
    with refused("Broken"):
        elsewhere.list_models()
    elsewhere.close()


@pytest.mark.parametrize(
    ("service", "call"),
    [
        ("s3", lambda world: world.s3.list_objects_v2(Bucket="models")),
        ("iam", lambda world: world.iam.get_role(RoleName="execution")),
        ("sts", lambda world: world.sts.get_caller_identity()),
        ("sagemaker-runtime", lambda world: world.runtime.invoke_endpoint(EndpointName="e1", Body=b"1")),
        ("resourcegroupstaggingapi", lambda world: world.tagging.get_resources()),
    ],
)
def test_errors_come_in_the_words_of_each_services_protocol(
    world: World, service: str, call: Callable[[World], object]
) -> None:
    world.fault(match={"service": service}, error={"code": "AccessDenied", "message": "not you", "status": 403})
    with refused("AccessDenied", "not you", status=403):
        call(world)


def test_an_error_of_s3_is_the_root_of_its_document_as_in_aws(world: World) -> None:
    world.fault(match={"service": "s3"}, error={"code": "AccessDenied", "message": "a < b", "status": 403})
    with (
        pytest.raises(urllib.error.HTTPError) as caught,
        urllib.request.urlopen(f"{world.url}/models/key", timeout=10),  # noqa: S310
    ):
        pass
    with caught.value as refusal:
        root = ElementTree.fromstring(refusal.read())  # noqa: S314 - our own document
    assert (root.tag, root.findtext("Code"), root.findtext("Message")) == ("Error", "AccessDenied", "a < b")


def test_a_rate_limit_throttles_every_service_with_awss_words(world: World) -> None:
    world.s3.create_bucket(Bucket="models")
    world.settings(
        rateLimits={
            "sagemaker:ListModels": {"perSecond": 0.001, "burst": 2},
            "s3:ListObjectsV2": {"perSecond": 0.001, "burst": 1},
        }
    )
    world.sagemaker.list_models()
    world.sagemaker.list_models()
    with refused("ThrottlingException", "Rate exceeded", status=400):
        world.sagemaker.list_models()
    world.sagemaker.list_endpoints()
    world.s3.list_objects_v2(Bucket="models")
    with refused("ThrottlingException", "Rate exceeded", status=400):
        world.s3.list_objects_v2(Bucket="models")


def test_a_rate_limit_fills_up_again_in_real_time(world: World) -> None:
    world.settings(rateLimits={"sagemaker:ListModels": {"perSecond": 20, "burst": 1}})
    world.sagemaker.list_models()

    def allowed() -> bool:
        try:
            world.sagemaker.list_models()
        except world.sagemaker.exceptions.ClientError:
            return False
        return True

    world.until(allowed, "a token")


def test_a_delay_and_a_latency_are_real(world: World) -> None:
    world.fault(match={"operation": "ListModels"}, times=1, delayMs=300)
    started = time.monotonic()
    world.sagemaker.list_models()
    assert time.monotonic() - started >= 0.3
    world.settings(latencyMs={"mean": 150, "spread": 0})
    started = time.monotonic()
    world.sagemaker.list_models()
    assert time.monotonic() - started >= 0.15


def test_a_dropped_answer_does_the_work_and_cuts_the_connection(world: World) -> None:
    world.given_role()
    world.fault(match={"operation": "CreateModel"}, times=1, dropAnswer=True)
    with pytest.raises(CUT):
        world.given_model()
    assert world.sagemaker.describe_model(ModelName="m1")["ModelName"] == "m1"
    [row] = [row for row in world.calls() if row["operation"] == "CreateModel"]
    assert (row["status"], row["error"]) == (200, "AnswerDropped")


def test_a_client_that_retries_a_dropped_create_learns_that_it_is_there(world: World) -> None:
    world.given_model()
    world.given_config()
    world.fault(match={"operation": "CreateEndpoint"}, times=1, dropAnswer=True)
    retrying = world.client("sagemaker", config=Config(retries={"total_max_attempts": 3, "mode": "standard"}))
    with refused("ValidationException", "Cannot create already existing endpoint"):
        retrying.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    retrying.close()
    rows = [row for row in world.calls() if row["operation"] == "CreateEndpoint"]
    assert [(row["status"], row["error"]) for row in rows] == [(200, "AnswerDropped"), (400, "ValidationException")]


def test_a_dropped_answer_of_s3_has_stored_the_object(world: World) -> None:
    world.s3.create_bucket(Bucket="models")
    world.fault(match={"service": "s3", "resource": "models/a*"}, times=1, dropAnswer=True)
    with pytest.raises(CUT):
        world.s3.put_object(Bucket="models", Key="artifact", Body=b"1")
    assert world.s3.get_object(Bucket="models", Key="artifact")["Body"].read() == b"1"


@contextmanager
def in_background(call: Callable[[], object]) -> Iterator[list[object]]:
    """Make the call in a thread; the list holds its answer or its error once there is one."""
    outcome: list[object] = []

    def run() -> None:
        try:
            outcome.append(call())
        except Exception as error:  # noqa: BLE001 - handed to the test
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    yield outcome
    thread.join(10)
    assert not thread.is_alive()


@pytest.mark.parametrize("dropped", [False, True])
def test_a_held_answer_has_done_its_work_and_comes_or_is_cut_when_the_fault_is_deleted(
    world: World, *, dropped: bool
) -> None:
    world.given_role()
    fault = world.fault(match={"operation": "CreateModel"}, hold=True, dropAnswer=dropped)
    with in_background(world.given_model) as outcome:
        world.until(lambda: world.do("GET", "/faults")["faults"][0]["held"] == 1, "the call to be held")
        assert world.sagemaker.describe_model(ModelName="m1")["ModelName"] == "m1"
        assert outcome == []
        world.do("DELETE", f"/faults/{fault}")
        world.until(lambda: outcome, "the answer")
    assert isinstance(outcome[0], CUT) if dropped else outcome == ["m1"]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({}, "needs an effect"),
        ({"error": {"message": "x"}}, "at least a code"),
        ({"error": {"code": "X", "status": 200}}, "from 400 to 599"),
        ({"error": {"code": "X"}, "dropAnswer": True}, "cannot be combined"),
        ({"delayMs": -1}, "delayMs must be a number above 0"),
        ({"dropAnswer": "yes"}, "true or false"),
        ({"hold": True, "times": 1, "probability": 0.5}, "only one of times"),
        ({"hold": True, "times": 0}, "times must be a whole number"),
        ({"hold": True, "probability": 1.5}, "at most 1"),
        ({"hold": True, "match": {"opration": "X"}}, "unknown member 'opration'"),
        ({"hold": True, "match": {"operation": 3}}, "match.operation must be a string"),
        ({"hold": True, "time": 1}, "unknown member 'time'"),
        ([], "must be a JSON object"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_with_a_sentence(world: World, document: object, sentence: str) -> None:
    status, answer = world.control("POST", "/faults", document)
    assert status == 400
    assert sentence in answer["error"]
    assert world.do("GET", "/faults") == {"faults": []}
