"""What Application Auto Scaling refuses: what passes is waited out, the rest is said and stops nothing else."""

import time

import pytest

from tests.integration.vocabulary.back_off import tries
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scaling_truth import ScalingTruth, autoscaling
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import field, tags, version

DENIED = {
    "code": "AccessDeniedException",
    "message": "User: operator is not authorized to perform: application-autoscaling:RegisterScalableTarget",
    "status": 400,
}
CONCURRENT = {"code": "ConcurrentUpdateException", "message": "You already have a pending update", "status": 400}
THROTTLED = {"code": "ThrottlingException", "message": "Rate exceeded", "status": 400}
REFUSED = {"code": "ValidationException", "message": "The metric is not one of ours", "status": 400}


def fault(world: Scene, operation: str, **how: object) -> str:
    return world.fault(operation, resource=f"endpoint/{world.namespace}*", **how)


def says(world: Scene, endpoint: Endpoint, reason: str) -> str:
    """Waits until AutoscalingReady is False for the reason; its sentence."""

    def told() -> str | None:
        row = endpoint.condition("AutoscalingReady")
        return str(row["message"]) if (row.get("status"), row.get("reason")) == ("False", reason) else None

    found = world.until(told, f"AutoscalingReady False because {reason}")
    assert found is not None
    return found


@pytest.mark.parametrize("operation", ["RegisterScalableTarget", "PutScalingPolicy"])
@pytest.mark.parametrize("error", [CONCURRENT, THROTTLED], ids=["concurrent", "throttled"])
def test_what_passes_by_itself_is_waited_out(world: Scene, operation: str, error: dict[str, object]) -> None:
    fault(world, operation, error=error, times=4)
    endpoint = world.given(autoscaling(1, 4))
    endpoint.settles()
    endpoint.comes_to("AutoscalingReady")
    scaling = ScalingTruth(world, endpoint)
    assert (scaling.bounds(), len(scaling.policies())) == ((1, 4), 1)


def test_without_the_right_to_autoscale_the_endpoint_is_ready_and_everything_else_goes_on(world: Scene) -> None:
    """It serves the latest generation, so Ready is True; that nothing scales is a condition and an Event of its own."""
    denial = fault(world, "RegisterScalableTarget", error=DENIED)
    endpoint = world.given(autoscaling(1, 4), tags(team="growth")).settles()
    sentence = says(world, endpoint, "OperatorNotAllowed")
    assert "application-autoscaling:RegisterScalableTarget" in sentence
    assert "IAM policy" in sentence
    assert endpoint.table_row() == ("True", "False", "False", "True")
    assert endpoint.tells("OperatorNotAllowed").type == "Warning"
    endpoint.edit(version(2), tags(team="core")).settles()
    assert says(world, endpoint, "OperatorNotAllowed")
    world.simulator.end_faults(denial)
    endpoint.ask_to_look("allowed now")
    endpoint.comes_to("AutoscalingReady")
    assert ScalingTruth(world, endpoint).bounds() == (1, 4)


def test_a_right_that_is_missing_is_not_asked_for_in_a_loop(world: Scene) -> None:
    denial = fault(world, "RegisterScalableTarget", error=DENIED)
    began = time.monotonic()
    with world.records_calls() as calls:
        endpoint = world.given(autoscaling(1, 4)).settles()
        says(world, endpoint, "OperatorNotAllowed")
        world.operator_looks(10)
    at_most = tries(since=began)
    world.simulator.end_faults(denial)
    assert calls.count("RegisterScalableTarget") <= at_most, "slower with each try"


@pytest.mark.parametrize("operation", ["DescribeScalableTargets", "DescribeScalingPolicies"])
def test_without_the_right_to_look_the_endpoint_is_ready_and_the_condition_says_so(
    world: Scene, operation: str
) -> None:
    denial = world.simulator.add_fault(match={"operation": operation}, error=DENIED)
    endpoint = world.given(autoscaling(1, 4)).settles()
    assert operation in says(world, endpoint, "OperatorNotAllowed")
    endpoint.edit(version(2)).settles()
    world.simulator.end_faults(denial)
    endpoint.ask_to_look("allowed now")
    endpoint.comes_to("AutoscalingReady")


def test_a_schedule_that_nobody_understands_is_stalled_and_never_sent(world: Scene) -> None:
    bad = {"name": "morning", "schedule": "cron(0 25 ? * MON-FRI *)", "minCount": 1, "maxCount": 4}
    with world.records_calls() as calls:
        endpoint = world.given(autoscaling(1, 4, schedules=[bad]))
        sentence = endpoint.stalls("AutoscalingInvalid")
        world.operator_looks(3)
    assert "spec.autoscaling.schedules[0] (morning)" in sentence
    assert "25" in sentence
    assert calls.that_change_anything() == []


def test_what_application_auto_scaling_refuses_is_stalled_and_not_tried_in_a_loop(world: Scene) -> None:
    refusal = fault(world, "PutScalingPolicy", error=REFUSED)
    with world.records_calls() as calls:
        endpoint = world.given(autoscaling(1, 4))
        sentence = endpoint.stalls("AutoscalingRefused")
        world.operator_looks(5)
    assert "spec.autoscaling" in sentence
    assert str(REFUSED["message"]) in sentence
    assert calls.count("PutScalingPolicy") == 1
    assert endpoint.table_row() == ("False", "False", "True", "True")
    world.simulator.end_faults(refusal)
    endpoint.edit(autoscaling(1, 4, invocationsPerInstance=80)).settles()
    endpoint.comes_to("AutoscalingReady")


def test_an_update_that_is_refused_leaves_no_fleet_without_autoscaling(world: Scene) -> None:
    endpoint = world.given(autoscaling(1, 4)).settles()
    endpoint.comes_to("AutoscalingReady")
    scaling = ScalingTruth(world, endpoint)
    refused = {"code": "ValidationException", "message": "The config is not to SageMaker's taste", "status": 400}
    refusal = world.fault("UpdateEndpoint", error=refused)
    with world.records_calls() as calls:
        endpoint.edit(field(instance={"type": "ml.m5.xlarge"}))
        endpoint.comes_to("Stalled")
        scaling.comes_to(1, 4)
        world.until(lambda: len(scaling.policies()) == 1, "the policy again")
    world.simulator.end_faults(refusal)
    assert calls.count("DeregisterScalableTarget") == 1
