"""Changes of mode: what SageMaker makes in place, and how an endpoint is deleted and made again for the rest."""

from dataclasses import replace
from typing import Any

import pytest

from endpoint_operator.planning.facts import LiveStatus
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.foresight import foresee
from endpoint_operator.planning.outcome import NOTHING_DONE, Outcome
from endpoint_operator.planning.pause import plan_of_pass
from endpoint_operator.planning.plan import Situation
from endpoint_operator.planning.status import status_of
from endpoint_operator.planning.stories import stories_of
from tests.unit.at_rest import reason_of_stalled
from tests.unit.edits import ASYNC, AUTOSCALING
from tests.unit.given import multi_model, spec
from tests.unit.operator_in_memory import OperatorInMemory
from tests.unit.sagemaker_in_memory import SageMakerInMemory
from tests.unit.settling import settle
from tests.unit.test_serverless_revisions import scaled, serverless

MODES: dict[str, dict[str, Any]] = {
    "RealTime": spec(),
    "MultiModel": multi_model(),
    "Async": {**spec(mode="Async"), "async": ASYNC},
    "Serverless": serverless(),
}
ON_INSTANCES = ("RealTime", "MultiModel")
IN_PLACE = {("Serverless", mode) for mode in ON_INSTANCES} | {ON_INSTANCES, ON_INSTANCES[::-1]}
CHANGES = [(before, after) for before in MODES for after in MODES if before != after]
RECREATED = [change for change in CHANGES if change not in IN_PLACE]
RECREATE = {"replacePolicy": "Recreate"}


def serving(wanted: dict[str, Any]) -> OperatorInMemory:
    operator = OperatorInMemory(sagemaker=SageMakerInMemory(), wanted=wanted)
    settle(operator)
    operator.calls.clear()
    return operator


def fleet_calls(operator: OperatorInMemory) -> list[str]:
    made = [type(call).__name__ for call in operator.calls]
    return [call for call in made if call.endswith(("Endpoint", "Target", "EndpointWeightsAndCapacities"))]


def goes_on_until(operator: OperatorInMemory, operation: str) -> None:
    """Passes up to and with the one that makes the call."""
    for _ in range(10):
        operator.one_pass()
        if operation in [type(call).__name__ for call in operator.calls]:
            return
    raise AssertionError(f"no {operation}")


@pytest.mark.parametrize(("before", "after"), RECREATED)
def test_without_leave_the_endpoint_stays_as_it_is_and_the_remedy_is_said(before: str, after: str) -> None:
    """The API server refuses most of these edits; it sees no more than one object before and after."""
    operator = serving(MODES[before])
    operator.edit(MODES[after])
    settle(operator)
    assert operator.calls == []
    status = operator.object.status
    assert reason_of_stalled(status) == "ModeChangeRefused"
    [message] = {each.message for each in status.conditions if each.type == "Stalled"}
    now = "RealTime or MultiModel" if before in ON_INSTANCES else before
    assert message.startswith(f"spec.mode: SageMaker cannot make {now} → {after} in place; set spec.replacePolicy")
    operator.edit(MODES[before])
    settle(operator)
    assert (operator.calls, reason_of_stalled(operator.object.status)) == ([], None)


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_with_leave_every_change_is_reached(before: str, after: str) -> None:
    operator = serving(MODES[before])
    operator.edit({**MODES[after], **RECREATE})
    settle(operator)
    in_place = (before, after) in IN_PLACE
    assert fleet_calls(operator) == (["UpdateEndpoint"] if in_place else ["DeleteEndpoint", "CreateEndpoint"])
    assert operator.sagemaker.violations == []
    assert operator.object.status.phase == "Ready"
    revisions = operator.object.status.revisions
    assert [row.state for row in revisions] == ["Superseded", "Active"], "the way back is kept"


def test_what_will_be_down_is_said_before_it_is_done() -> None:
    operator = serving(MODES["RealTime"])
    operator.edit({**MODES["Serverless"], **RECREATE})
    endpoint, facts = operator.object, operator.observe(operator.object)
    plan = plan_of_pass(endpoint, facts, operator.inputs)
    assert (plan.steps, plan.situation, plan.reason) == ((), Situation.UPDATING, "RecreatingEndpoint")
    assert "the endpoint ml-churn is deleted and made again" in plan.message
    assert "Nobody is answered from its deletion until the new one is InService, usually 2 to 5 minutes" in plan.message
    status = status_of(endpoint, facts=facts, plan=plan, outcome=NOTHING_DONE, inputs=operator.inputs)
    told = stories_of(endpoint, plan=plan, outcome=NOTHING_DONE, status=status)
    assert [(story.reason, story.message, story.warning) for story in told] == [
        ("RecreatingEndpoint", plan.message, True)
    ]
    assert {each.type: each.status for each in status.conditions} == {
        "Ready": "False",
        "Reconciling": "True",
        "Stalled": "False",
        "Available": "True",
    }


def test_everything_new_is_there_before_the_endpoint_goes() -> None:
    operator = serving(spec(autoscaling=AUTOSCALING))
    operator.edit({**serverless(provisioned=2, **scaled(1, 4)), **RECREATE})
    foreseen = [type(call).__name__ for call in _foreseen(operator)]
    settle(operator)
    assert [type(call).__name__ for call in operator.calls if type(call).__name__ != "UpdateEndpoint"][:4] == [
        "CreateModel",
        "CreateEndpointConfig",
        "DeregisterScalableTarget",
        "DeleteEndpoint",
    ]
    assert foreseen == [
        "CreateModel",
        "CreateEndpointConfig",
        "DeregisterScalableTarget",
        "DeleteEndpoint",
        "CreateEndpoint",
        "RegisterScalableTarget",
        "PutScalingPolicy",
    ], "what paused and `kubectl inference plan` show"
    [resource] = operator.sagemaker.autoscaling.scaling
    assert resource.dimension == "sagemaker:variant:DesiredProvisionedConcurrency"
    assert [row.dimension for row in operator.object.status.autoscaling] == [resource.dimension]
    assert operator.sagemaker.violations == []


def test_instances_scale_again_after_serverless_became_real_time_in_place() -> None:
    operator = serving(serverless(provisioned=2, **scaled(1, 4)))
    operator.edit(spec(autoscaling=AUTOSCALING))
    settle(operator)
    [resource] = operator.sagemaker.autoscaling.scaling
    assert resource.dimension == "sagemaker:variant:DesiredInstanceCount"
    assert [row.dimension for row in operator.object.status.autoscaling] == [resource.dimension]
    assert operator.sagemaker.violations == []


def test_an_artifact_that_is_missing_takes_nothing_down() -> None:
    operator = serving(MODES["RealTime"])
    operator.sagemaker.artifact = None
    operator.edit({**MODES["Serverless"], **RECREATE})
    settle(operator)
    assert operator.calls == []
    assert reason_of_stalled(operator.object.status) == "ArtifactNotFound"
    operator.sagemaker.artifact = "etag-1"
    operator.retry, operator.awake = "again", True
    settle(operator)
    assert fleet_calls(operator) == ["DeleteEndpoint", "CreateEndpoint"]


def test_what_sagemaker_refuses_to_make_takes_nothing_down_and_is_not_tried_in_a_loop() -> None:
    operator = serving(MODES["RealTime"])
    operator.edit({**MODES["Serverless"], **RECREATE})
    operator.one_pass()
    endpoint, facts = operator.object, operator.observe(operator.object)
    plan = plan_of_pass(endpoint, facts, operator.inputs)
    assert type(plan.steps[0]).__name__ == "CreateModel"
    refused = Outcome(fault=Fault(blame=Blame.USER, reason="SpecRefused", message="spec.containers[0]: no"))
    status = status_of(endpoint, facts=facts, plan=plan, outcome=refused, inputs=operator.inputs)
    assert reason_of_stalled(status) == "SpecRefused"
    again = plan_of_pass(replace(endpoint, status=status), facts, operator.inputs)
    assert (again.steps, again.reason, again.message) == ((), "SpecRefused", "spec.containers[0]: no")


def test_a_revision_that_failed_is_given_up_for_the_mode_that_served() -> None:
    operator = serving(MODES["RealTime"])
    bad = {**serverless(containers=[{"image": "repo/bad:1"}]), **RECREATE}
    operator.edit(bad)
    settle(operator)
    assert reason_of_stalled(operator.object.status) == "ContainerUnhealthy"
    operator.edit({**MODES["RealTime"], **RECREATE})
    settle(operator)
    assert operator.object.status.phase == "Ready"
    calls = list(operator.calls)
    operator.sweep()
    settle(operator)
    assert operator.calls == calls


def test_an_edit_back_before_the_deletion_stops_it() -> None:
    operator = serving(MODES["RealTime"])
    operator.edit({**MODES["Serverless"], **RECREATE})
    operator.one_pass()
    rollout = operator.object.status.rollout
    assert rollout is not None
    assert rollout.stage == "Recreating"
    operator.edit({**MODES["RealTime"], **RECREATE})
    settle(operator)
    assert fleet_calls(operator) == []
    assert operator.object.status.phase == "Ready"


@pytest.mark.parametrize("steps", range(5))
def test_a_process_that_dies_between_any_two_calls_loses_nothing(steps: int) -> None:
    operator = serving(spec(autoscaling=AUTOSCALING))
    operator.edit({**serverless(provisioned=2, **scaled(1, 4)), **RECREATE})
    operator.one_pass()
    operator.one_pass(dies_after=steps)
    settle(operator)
    assert operator.sagemaker.violations == []
    assert operator.object.status.phase == "Ready"
    live = operator.sagemaker.endpoint
    assert live is not None
    assert live.status == LiveStatus.IN_SERVICE
    assert all(variant.is_serverless for variant in live.variants)


def test_while_it_is_down_the_status_says_that_it_comes_back() -> None:
    operator = serving(MODES["RealTime"])
    operator.edit({**MODES["Async"], **RECREATE})
    goes_on_until(operator, "DeleteEndpoint")
    operator.one_pass()
    conditions = {each.type: each for each in operator.object.status.conditions}
    assert (conditions["Available"].status, conditions["Reconciling"].status) == ("False", "True")
    assert "it is made again when that is done" in conditions["Ready"].message
    assert operator.object.status.phase == "Creating"


def _foreseen(operator: OperatorInMemory) -> Any:
    return foresee(operator.object, operator.observe(operator.object), operator.inputs).plan.steps
