"""The table of conditions, row by row, as kstatus and people read it."""

from datetime import UTC, datetime

import pytest

from devworld.environment import ACCOUNT, REGION
from tests.integration.test_guarded_rollouts import CANARY, alarms, rolls_back
from tests.integration.test_variants import given_two, variant, variants
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.kstatus import CURRENT, FAILED, IN_PROGRESS, TERMINATING
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import Spec, count, field, image, instance_type, role, version

USERS_FAULT_NOTHING_SERVES = ("False", "False", "True", "False", FAILED)
USERS_FAULT_OLD_ONE_SERVES = ("False", "False", "True", "True", FAILED)
REGISTRY = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
# Faults that preflight finds before anything is made.
PREFLIGHT_FAULTS: dict[str, Spec] = {
    "ImageNotFound": image(f"{REGISTRY}/never-pushed:1"),
    "ExecutionRoleNotFound": role(f"arn:aws:iam::{ACCOUNT}:role/never-made"),
    "ArtifactNotFound": {
        "containers": [{"image": f"{REGISTRY}/sim-null:1", "modelData": {"s3Uri": "s3://ml-models/never/put.tar.gz"}}]
    },
    "SubnetNotFound": field(network={"subnetIds": ["subnet-0ff"], "securityGroupIds": ["sg-0ff"]}),
    "QuotaIsZero": instance_type("ml.p4d.24xlarge"),
}


def row(endpoint: Endpoint) -> tuple[str, ...]:
    """Ready, Reconciling, Stalled, Available, and what kstatus makes of them."""
    return (*endpoint.table_row(), endpoint.kstatus())


def test_the_latest_generation_serves(world: Scene) -> None:
    endpoint = world.given().settles()
    assert row(endpoint) == ("True", "False", "False", "True", CURRENT)
    thing = endpoint.object
    generation = thing["metadata"]["generation"]
    assert thing["status"]["observedGeneration"] == generation
    assert {row["observedGeneration"] for row in thing["status"]["conditions"]} == {generation}
    assert thing["status"]["phase"] == "Ready"


def test_creating(world: Scene) -> None:
    endpoint = world.given_held()
    endpoint.reconciles("Creating")
    assert row(endpoint) == ("False", "True", "False", "False", IN_PROGRESS)
    assert endpoint.status["phase"] == "Creating"
    world.ends_transition(endpoint)
    endpoint.settles()


def test_rolling_out_while_the_old_revision_answers(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    world.holds_transition(endpoint)
    endpoint.edit(version(2))
    endpoint.reconciles("Updating")
    endpoint.is_in("Updating")
    assert row(endpoint) == ("False", "True", "False", "True", IN_PROGRESS)
    assert endpoint.status["phase"] == "Updating"
    world.ends_transition(endpoint)
    endpoint.settles()


def test_rolled_back(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    world.next(endpoint, result="RolledBack", failureReason="the ping health check was not passed")
    endpoint.edit(version(2)).stalls("ContainerUnhealthy")
    assert row(endpoint) == ("False", "False", "True", "True", FAILED)
    assert endpoint.status["phase"] == "Stalled"


def test_the_users_fault_and_nothing_serves(world: Scene) -> None:
    endpoint = world.given(instance_type("ml.p4d.24xlarge"))
    endpoint.stalls("QuotaIsZero")
    assert row(endpoint) == ("False", "False", "True", "False", FAILED)


def test_the_users_fault_and_an_older_revision_serves(world: Scene) -> None:
    endpoint = world.given().settles()
    endpoint.edit(instance_type("ml.p4d.24xlarge")).stalls("QuotaIsZero")
    assert row(endpoint) == ("False", "False", "True", "True", FAILED)


@pytest.mark.parametrize("reason", PREFLIGHT_FAULTS)
def test_a_fault_that_preflight_finds(world: Scene, reason: str) -> None:
    endpoint = world.given(PREFLIGHT_FAULTS[reason])
    endpoint.stalls(reason)
    assert row(endpoint) == USERS_FAULT_NOTHING_SERVES
    assert world.sagemaker.everything() == []
    endpoint.delete().is_gone()


def test_a_fault_that_preflight_finds_in_an_edit(world: Scene) -> None:
    endpoint = world.given().settles()
    endpoint.edit(PREFLIGHT_FAULTS["ImageNotFound"]).stalls("ImageNotFound")
    assert row(endpoint) == USERS_FAULT_OLD_ONE_SERVES


def test_variants_that_a_guarded_rollout_cannot_change(world: Scene) -> None:
    endpoint = given_two(world).settles()
    other = variants(variant("blue", weight=1.0), variant("red", weight=1.0))
    endpoint.edit(field(rollout={"strategy": "Canary", "step": {"percent": 50}, "waitSeconds": 60}), other)
    endpoint.stalls("VariantsChanged")
    assert row(endpoint) == USERS_FAULT_OLD_ONE_SERVES


def test_rolled_back_by_an_alarm(world: Scene) -> None:
    endpoint = world.given(count(4), field(rollout={**CANARY, "waitSeconds": 3600})).settles()
    with world.unhurried():
        endpoint.edit(version(2)).is_in("Updating")
        (alarm,) = alarms(world)
        rolls_back(world, endpoint, by=alarm)
    assert row(endpoint) == USERS_FAULT_OLD_ONE_SERVES
    assert endpoint.status["phase"] == "Stalled"


def test_what_this_release_does_not_support(world: Scene) -> None:
    models = {"s3Prefix": "s3://models/all/"}
    package = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/churn/1"
    multi_model = {"mode": "MultiModel", "containers": [{"modelPackageArn": package}], "multiModel": models}
    with world.records_calls() as calls:
        endpoint = world.given_spec({**multi_model, "instance": {"type": "ml.m5.large"}})
        endpoint.stalls("NotYetSupported")
    assert row(endpoint) == USERS_FAULT_NOTHING_SERVES
    assert calls.that_change_anything() == []


def test_stopping_and_stopped(world: Scene) -> None:
    endpoint = world.given().settles()
    world.holds_transition(endpoint)
    endpoint.edit(version(2)).is_in("Updating")
    endpoint.edit(field(stopped=True))
    endpoint.reconciles("Stopping")
    assert row(endpoint) == ("False", "True", "False", "True", IN_PROGRESS)
    world.ends_transition(endpoint)
    endpoint.settles()
    assert endpoint.condition("Ready")["reason"] == "Stopped"
    assert row(endpoint) == ("True", "False", "False", "False", CURRENT)
    assert endpoint.status["phase"] == "Stopped"


def test_paused_and_in_step(world: Scene) -> None:
    endpoint = world.given().settles()
    endpoint.edit(field(paused=True)).settles()
    assert endpoint.condition("Ready")["reason"] == "Paused"
    assert row(endpoint) == ("True", "False", "False", "True", CURRENT)


def test_paused_and_behind(world: Scene) -> None:
    """Nothing is under way and nothing is wrong: kstatus waits, for Ready is False."""
    endpoint = world.given().settles()
    endpoint.edit(field(paused=True)).settles()
    endpoint.edit(version(2))
    world.until(lambda: endpoint.status.get("plannedCalls"), "the plan in status")
    assert row(endpoint) == ("False", "False", "False", "True", IN_PROGRESS)
    endpoint.edit(field(paused=False)).settles()


def test_paused_before_anything_was_made(world: Scene) -> None:
    endpoint = world.given(field(paused=True))
    world.until(lambda: endpoint.status.get("plannedCalls"), "the plan in status")
    assert row(endpoint) == ("False", "False", "False", "False", IN_PROGRESS)


def test_deleting(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    world.holds_transition(endpoint)
    endpoint.edit(version(2)).is_in("Updating")
    endpoint.delete()
    endpoint.reconciles("WaitingForSageMaker")
    assert row(endpoint) == ("False", "True", "False", "True", TERMINATING)
    assert endpoint.status["phase"] == "Deleting"
    world.ends_transition(endpoint)
    endpoint.is_gone()


def test_aws_cannot_be_asked_and_nothing_is_to_be_done(world: Scene) -> None:
    endpoint = world.given().settles()
    before, audit = endpoint.object, world.audit_from_now()
    fault = world.simulator.add_fault(
        match={}, error={"code": "ExpiredToken", "message": "The security token is expired", "status": 403}
    )
    world.until(lambda: world.operator.readiness()[0] == 503, "/readyz says it")
    with world.records_calls() as calls:
        endpoint.ask_to_look("now")
        world.until(lambda: calls.count("DescribeEndpoint") >= 4, "two looks that AWS refused")
    assert world.operator.metric("endpoint_operator_aws_reachable") == 0
    assert endpoint.status == before["status"]
    assert audit.writes_of_operator(namespace=world.namespace) == []
    world.simulator.end_faults(fault)
    world.until(lambda: world.operator.readiness()[0] == 200, "/readyz well again")


def test_the_worlds_fault(world: Scene) -> None:
    error = {"code": "InternalFailure", "message": "internal", "status": 500}
    fault = world.fault("CreateModel", error=error)
    endpoint = world.given()
    endpoint.reconciles("AWSUnreachable")
    assert row(endpoint) == ("False", "True", "False", "False", IN_PROGRESS)
    world.simulator.end_faults(fault)
    endpoint.settles()


def test_an_edit_that_nobody_has_seen_yet_is_in_progress_for_whoever_waits(world: Scene) -> None:
    endpoint = world.given().settles()
    world.operator.stop()
    endpoint.edit(count(2))
    assert endpoint.kstatus() == IN_PROGRESS
    world.operator.start()
    endpoint.settles()
    assert endpoint.kstatus() == CURRENT


def test_the_time_of_a_condition_moves_only_when_its_status_flips(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    stalled = endpoint.condition("Stalled")["lastTransitionTime"]
    available = endpoint.condition("Available")["lastTransitionTime"]
    ready = endpoint.condition("Ready")["lastTransitionTime"]
    world.until(lambda: _now() > ready, "the next second")
    endpoint.edit(version(2)).settles()
    assert endpoint.condition("Stalled")["lastTransitionTime"] == stalled
    assert endpoint.condition("Available")["lastTransitionTime"] == available
    assert endpoint.condition("Ready")["lastTransitionTime"] > ready


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
