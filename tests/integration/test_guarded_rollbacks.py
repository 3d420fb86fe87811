"""Rollouts in steps that SageMaker turns back: why, what serves on, and when the revision is tried again."""

from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.predictions import model_of
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import FAST_IMAGE, INSTANCE_TYPE, XGBOOST_IMAGE, count, field, image, version

HOUR = 3600
CANARY = {"strategy": "Canary", "step": {"percent": 25}, "waitSeconds": HOUR}
NEVER_HEALTHY = image(XGBOOST_IMAGE)  # its real server ends at once when it finds no model
PING = "The primary container for production variant AllTraffic did not pass the ping health check."


def given_guarded(world: Scene, **rollout: Any) -> Endpoint:
    return world.given(count(4), field(rollout=CANARY | rollout)).settles()


def alarms(world: Scene) -> list[dict[str, Any]]:
    """All whose names begin as this test's endpoints do."""
    found: list[dict[str, Any]] = world.boto3("cloudwatch").describe_alarms(AlarmNamePrefix=world.namespace)[
        "MetricAlarms"
    ]
    return found


def given_own_alarm(world: Scene, name: str, *, rings: bool = False) -> None:
    """The user's, on a metric without data, which it takes for good or for bad; waits until it has judged that."""
    cloudwatch = world.boto3("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="Mine",
        MetricName=name,
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="breaching" if rings else "notBreaching",
    )

    def judged() -> bool:
        (found,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return bool(found["StateValue"] == ("ALARM" if rings else "OK"))

    world.until(judged, f"alarm {name} judged")


def assert_the_old_one_serves_and_is_kept(world: Scene, endpoint: Endpoint, old: str) -> None:
    assert endpoint.table_row() == ("False", "False", "True", "True")
    assert endpoint.revision == old
    assert endpoint.revisions()[old] == "Active"
    name = f"{endpoint.sagemaker_name}-{old}"
    assert name in world.sagemaker.configs()
    assert name in world.sagemaker.models()
    body = world.boto3("sagemaker-runtime").invoke_endpoint(EndpointName=endpoint.sagemaker_name, Body=b"?")["Body"]
    assert body.read() is not None


def assert_is_not_tried_again(world: Scene) -> None:
    with world.records_calls() as calls:
        world.operator_looks(3)
    assert calls.that_change_anything() == []


@pytest.mark.parametrize("strategy", ["Canary", "Linear", "Rolling"])
def test_a_new_container_that_is_never_healthy_is_rolled_back(world: Scene, strategy: str) -> None:
    endpoint = given_guarded(world, strategy=strategy, waitSeconds=60)
    old = endpoint.revision
    endpoint.edit(NEVER_HEALTHY)
    sentence = endpoint.stalls("ContainerUnhealthy")
    assert f"{old} serves" in sentence
    assert "spec.containers[0]" in sentence
    assert_the_old_one_serves_and_is_kept(world, endpoint, old)
    assert_is_not_tried_again(world)
    assert endpoint.tells("ContainerLog")


def test_a_rollout_that_takes_longer_than_its_maximum_is_rolled_back(world: Scene) -> None:
    endpoint = given_guarded(world, strategy="Linear", waitSeconds=400, maxExecutionSeconds=600)
    old = endpoint.revision
    endpoint.edit(version(2))
    sentence = endpoint.stalls("RolloutTimedOut")
    assert "spec.rollout.maxExecutionSeconds" in sentence
    assert_the_old_one_serves_and_is_kept(world, endpoint, old)
    assert_is_not_tried_again(world)
    endpoint.edit(field(rollout={"waitSeconds": 0})).settles()
    assert endpoint.revision != old


def test_an_alarm_of_the_users_that_rings_rolls_back_and_is_left_alone(world: Scene) -> None:
    name = f"{world.namespace}-own"
    given_own_alarm(world, name)
    endpoint = given_guarded(world, alarms=[{"name": name}])
    old = endpoint.revision
    with world.unhurried():
        endpoint.edit(version(2)).is_in("Updating")
        given_own_alarm(world, name, rings=True)
        assert name in endpoint.stalls("AlarmRolledBack")
    assert_the_old_one_serves_and_is_kept(world, endpoint, old)
    assert_is_not_tried_again(world)
    assert [alarm["AlarmName"] for alarm in alarms(world)] == [name]


def test_what_real_callers_get_of_the_new_fleet_rings_the_alarm_that_was_made(world: Scene) -> None:
    """The new server refuses what the old one takes."""
    errors = {"metric": "Invocation4XXErrors", "statistic": "Sum", "threshold": 0}
    uri = world.shared.put_artifact(f"{world.namespace}/model.tar.gz", model_of(3).as_artifact())
    endpoint = given_guarded(world, alarms=[errors], step={"percent": 50})
    old = endpoint.revision

    def turned_back() -> bool:
        _ask_what_only_the_old_one_takes(world, endpoint)
        return endpoint.condition("Stalled").get("status") == "True"

    with world.unhurried():  # callers have a minute until the new fleet would have passed
        endpoint.edit(field(containers=[{"image": XGBOOST_IMAGE, "modelData": {"s3Uri": uri}}]))
        world.until(turned_back, "callers make the alarm ring")
    assert endpoint.condition("Stalled")["reason"] == "AlarmRolledBack"
    assert_the_old_one_serves_and_is_kept(world, endpoint, old)
    world.until(lambda: alarms(world) == [], "the alarm that was made is removed")


def test_two_alarms_watch_both_variants_and_go_after_the_rollout(world: Scene) -> None:
    watched = [
        {"metric": "Invocation5XXErrors", "statistic": "Sum", "threshold": 5},
        {"metric": "ModelLatency", "statistic": "p95", "thresholdSeconds": 0.5},
    ]
    instance = {"type": INSTANCE_TYPE, "count": 2}
    variants = [
        {"name": name, "weight": 1, "containers": [{"image": FAST_IMAGE}], "instance": instance} for name in ("a", "b")
    ]
    rollout = CANARY | {"step": {"percent": 50}, "alarms": watched}
    endpoint = world.given_spec(field(mode="RealTime", variants=variants, rollout=rollout)).settles()
    with world.unhurried():
        live = endpoint.edit(field(redeploy="again")).is_in("Updating")
        made = alarms(world)
    assert sorted((alarm["MetricName"], _variant(alarm)) for alarm in made) == [
        ("Invocation5XXErrors", "a"),
        ("Invocation5XXErrors", "b"),
        ("ModelLatency", "a"),
        ("ModelLatency", "b"),
    ]
    assert {alarm["Threshold"] for alarm in made if alarm["MetricName"] == "ModelLatency"} == {500_000.0}
    watching = live["PendingDeploymentSummary"]["EndpointConfigName"]
    assert {_dimension(alarm, "EndpointConfigName") for alarm in made} == {watching}
    world.simulator.advance(seconds=HOUR)
    endpoint.settles()
    world.until(lambda: alarms(world) == [], "the alarms are removed")


def test_a_failed_revision_is_remembered_over_a_restart_and_tried_again_when_asked(world: Scene) -> None:
    endpoint = given_guarded(world, waitSeconds=60)
    world.next(endpoint, result="RolledBack", failureReason=PING)
    endpoint.edit(version(2)).stalls("ContainerUnhealthy")
    world.operator.restart()
    assert_is_not_tried_again(world)
    with world.records_calls() as calls:
        endpoint.ask_to_look("once more")
        endpoint.settles()
    _assert_only_updated(calls.that_change_anything())
    assert "RolledBack" not in endpoint.revisions().values()


def test_an_edit_away_and_back_tries_a_failed_revision_again(world: Scene) -> None:
    endpoint = given_guarded(world, waitSeconds=60)
    old = endpoint.revision
    world.next(endpoint, result="RolledBack", failureReason=PING)
    endpoint.edit(version(2)).stalls("ContainerUnhealthy")
    with world.records_calls() as calls:
        endpoint.edit(version(1)).settles()
        assert calls.that_change_anything() == []
        endpoint.edit(version(2)).settles()
    _assert_only_updated(calls.that_change_anything())
    assert endpoint.revision != old
    assert endpoint.revisions()[old] == "Superseded"


def _assert_only_updated(operations: Sequence[str]) -> None:
    """Model and config are there from before: asking for them again makes nothing."""
    assert operations.count("UpdateEndpoint") == 1
    assert {each for each in operations if not each.startswith("Create")} == {"UpdateEndpoint"}


def _ask_what_only_the_old_one_takes(world: Scene, endpoint: Endpoint) -> None:
    try:
        world.boto3("sagemaker-runtime").invoke_endpoint(
            EndpointName=endpoint.sagemaker_name, ContentType="image/png", Body=b"no customer"
        )
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ModelError"  # noqa: PT017 - whether it is raised is a matter of chance


def _variant(alarm: dict[str, Any]) -> str:
    return _dimension(alarm, "VariantName")


def _dimension(alarm: dict[str, Any], name: str) -> str:
    return next(str(each["Value"]) for each in alarm["Dimensions"] if each["Name"] == name)
