"""Faults over the life of an endpoint that sleeps: of the operator's calls about scaling, and of SageMaker's own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from devworld.environment import ACCOUNT, REGION
from tests.chaos.effects import doubled
from tests.chaos.lives import fired, patiently
from tests.integration.vocabulary.async_truth import AsyncTruth
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scaling_truth import ScalingTruth
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld
from tests.integration.vocabulary.specs import field, version

TRACKING, WAKE_UP = "endpoint-operator-backlog-per-instance", "endpoint-operator-wake-up"
THROTTLED = {"error": {"code": "ThrottlingException", "message": "Rate exceeded", "status": 400}}
CUT = {"dropAnswer": True}
DENIED = {"error": {"code": "AccessDenied", "message": "User: operator is not authorized to perform it", "status": 403}}
BROKEN = {"error": {"code": "InternalError", "message": "We encountered an internal error.", "status": 500}}
# Of one call; one more is met by another pass.
TRIES = 3
MAKING = ("RegisterScalableTarget", "PutScalingPolicy", "PutMetricAlarm")
REMOVING = ("DeleteAlarms", "DeregisterScalableTarget")


@pytest.fixture(scope="module", autouse=True)
def _fresh_rates(shared_world: SharedWorld) -> Iterator[None]:
    """What the operator learnt here about AWS's limits is none of the next test's business."""
    yield
    shared_world.make_whole()
    shared_world.operator.restart()


@pytest.fixture
def truth(world: Scene) -> AsyncTruth:
    """A bucket and topics of the test's own."""
    own = world.namespace
    return AsyncTruth(world, bucket=f"{own}-async", done=f"{own}-done", failed=f"{own}-failed")


def given_queue(world: Scene, truth: AsyncTruth) -> Endpoint:
    """An endpoint that may sleep."""
    output = {"outputS3Uri": f"s3://{truth.bucket}/out", "failureS3Uri": f"s3://{truth.bucket}/failed"}
    topics = {"successTopicArn": truth.done, "errorTopicArn": truth.failed}
    bounds = {"minCount": 0, "maxCount": 2, "backlogPerInstance": 5, "scaleInCooldownSeconds": 60}
    return world.given(field(mode="Async", autoscaling=bounds, **{"async": {**output, **topics}}))


def falls_asleep(world: Scene, endpoint: Endpoint) -> None:
    scaling = ScalingTruth(world, endpoint)
    patiently(world, lambda: is_asleep(world, endpoint), "asleep at no instance")
    assert (scaling.bounds(), sorted(scaling.policies())) == ((0, 2), [TRACKING, WAKE_UP])
    [alarm] = alarms_of(world)
    assert alarm["AlarmActions"] == [scaling.policies()[WAKE_UP]["PolicyARN"]]


def is_asleep(world: Scene, endpoint: Endpoint) -> bool:
    """With all that wakes it in place."""
    live = world.sagemaker.endpoint(endpoint.sagemaker_name) or {}
    ready = endpoint.condition("AutoscalingReady").get("status") == "True"
    return ready and live.get("EndpointStatus") == "InService" and ScalingTruth(world, endpoint).count() == 0


def ready_since(endpoint: Endpoint) -> tuple[str, str]:
    """Moves whenever Ready flips, there or back."""
    ready = endpoint.condition("Ready")
    return ready["status"], ready["lastTransitionTime"]


def alarms_of(world: Scene) -> list[dict[str, Any]]:
    """Those that wake an endpoint of this test's."""
    alarms = world.simulator.state()["cloudwatch"]["alarms"].get(f"{ACCOUNT}/{REGION}", {})
    return [alarm for name, alarm in alarms.items() if name.startswith(f"{WAKE_UP}-{world.namespace}")]


def leaves_nothing(world: Scene, endpoint: Endpoint) -> None:
    patiently(world, lambda: endpoint.find() is None, "deleted")
    scaling = ScalingTruth(world, endpoint)
    assert (world.sagemaker.everything(), alarms_of(world)) == ([], [])
    assert (scaling.bounds(), scaling.policies()) == (None, {})


def answers_all(truth: AsyncTruth, endpoint: Endpoint, *, requests: int) -> None:
    """Each with one object in S3, and one word about it."""
    for asked in [truth.ask(endpoint, b"x", key=f"request-{number}") for number in range(requests)]:
        assert truth.answer(asked)
        assert [told["topic"] for told in truth.told_of(asked)] == [truth.done]


@pytest.mark.parametrize("fault", [THROTTLED, CUT], ids=["throttled", "cut"])
def test_calls_about_scaling_that_fail_for_a_while_delay_its_life_and_double_nothing(
    world: Scene, truth: AsyncTruth, fault: dict[str, Any]
) -> None:
    def fails(operation: str) -> str:
        return world.fault(operation, resource=f"*{world.namespace}*", times=TRIES + 1, **fault)

    calls, faults = world.calls_from_now(), [fails(operation) for operation in MAKING]
    endpoint = given_queue(world, truth)
    falls_asleep(world, endpoint)
    answers_all(truth, endpoint, requests=2)
    faults += [fails(operation) for operation in REMOVING]
    endpoint.delete()
    leaves_nothing(world, endpoint)
    # What was done though its answer was cut is found done by the next pass.
    assert all(fired(world, each) >= TRIES for each in faults), [fired(world, each) for each in faults]
    assert doubled(calls.all(), updates_wanted={}) == []


def test_a_right_about_alarms_that_is_missing_is_said_and_what_wakes_it_comes_with_the_right(
    world: Scene, truth: AsyncTruth
) -> None:
    denial = world.fault("PutMetricAlarm", resource=f"{WAKE_UP}-{world.namespace}*", **DENIED)
    endpoint = given_queue(world, truth).settles()
    world.until(says_so(endpoint, "OperatorNotAllowed"), "the missing right said")
    assert "cloudwatch:PutMetricAlarm" in endpoint.condition("AutoscalingReady")["message"]
    assert endpoint.table_row() == ("True", "False", "False", "True"), "it serves meanwhile"
    assert alarms_of(world) == []
    world.simulator.end_faults(denial)
    endpoint.ask_to_look("allowed now")
    falls_asleep(world, endpoint)
    answers_all(truth, endpoint, requests=1)
    endpoint.delete()
    leaves_nothing(world, endpoint)


def says_so(endpoint: Endpoint, reason: str) -> Callable[[], bool]:
    def told() -> bool:
        row = endpoint.condition("AutoscalingReady")
        return (row.get("status"), row.get("reason")) == ("False", reason)

    return told


def test_sagemakers_own_calls_that_fail_end_in_an_answer_or_a_failure_and_it_sleeps_again(
    world: Scene, truth: AsyncTruth
) -> None:
    endpoint = given_queue(world, truth)
    falls_asleep(world, endpoint)
    ready = ready_since(endpoint)
    passing = [
        world.fault("GetObject", resource=f"{truth.bucket}/in/request-0", times=2, **BROKEN),
        world.fault("PutObject", resource=f"{truth.bucket}/out/*", times=2, **CUT),
        world.fault("Publish", resource=f"{world.namespace}-done", times=2, **BROKEN),
    ]
    denial = world.fault("GetObject", resource=f"{truth.bucket}/in/secret", **DENIED)
    with world.records_calls() as calls:
        refused = truth.ask(endpoint, b"x", key="secret")
        answers_all(truth, endpoint, requests=3)
        [told] = truth.told_of(refused)
        falls_asleep(world, endpoint)
        world.operator_looks(2)
    assert (told["topic"], told["invocationStatus"]) == (truth.failed, "Failed")
    assert "403 AccessDenied" in told["failureReason"]
    assert [fired(world, fault) for fault in (*passing, denial)] == [2, 2, 2, 1]
    assert calls.that_change_anything() == []
    assert ready_since(endpoint) == ready
    endpoint.edit(version(2)).settles()
    assert len(world.sagemaker.endpoints()) == 1
