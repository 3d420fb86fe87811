"""Rollouts in steps: their stages in status, alarms made for them, and rolled back on an alarm."""

from typing import Any

import pytest

from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import count, field, version

ERRORS = {"metric": "Invocation5XXErrors", "statistic": "Sum", "threshold": 5}
CANARY = {"strategy": "Canary", "step": {"percent": 25}, "waitSeconds": 600, "alarms": [ERRORS]}
LINEAR = {"strategy": "Linear", "step": {"percent": 25}, "waitSeconds": 300, "terminationWaitSeconds": 60}
ROLLING = {"strategy": "Rolling", "step": {"percent": 25}, "waitSeconds": 60}
STRATEGIES = {"Canary": CANARY, "Linear": LINEAR, "Rolling": ROLLING}


def given_guarded(world: Scene, rollout: dict[str, Any]) -> Endpoint:
    return world.given(count(4), field(rollout=rollout)).settles()


def alarms(world: Scene) -> list[dict[str, Any]]:
    """All alarms about this test's endpoint."""
    answer = world.boto3("cloudwatch").describe_alarms(AlarmNamePrefix=world.namespace)
    return [alarm for alarm in answer["MetricAlarms"] if alarm["AlarmName"].startswith(world.namespace)]


def rolls_back(world: Scene, endpoint: Endpoint, *, by: dict[str, Any]) -> str:
    """Lets the alarm's metric go over its threshold until the rollout is turned back; the sentence.

    Again and again: one datapoint is in the minutes that an alarm looks at for moments only, and a state that is set by
    hand lasts until the alarm's next look.
    """
    dimensions = {each["Name"]: each["Value"] for each in by["Dimensions"]}
    metric = {"namespace": by["Namespace"], "metricName": by["MetricName"], "dimensions": dimensions}

    def turned_back() -> bool:
        world.simulator.put_metric(**metric, values=[by["Threshold"] + 1])
        return endpoint.condition("Stalled").get("status") == "True"

    world.until(turned_back, "the rollout is turned back")
    return endpoint.stalls("AlarmRolledBack")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_rollout_in_steps_ends_on_the_new_revision(world: Scene, strategy: str) -> None:
    endpoint = given_guarded(world, STRATEGIES[strategy])
    first = endpoint.revision
    with world.records_calls() as calls:
        endpoint.edit(version(2)).settles()
    assert endpoint.revision != first
    assert calls.count("UpdateEndpoint") == 1
    live = world.sagemaker.endpoint(endpoint.sagemaker_name)
    assert live is not None
    policy = live["LastDeploymentConfig"]
    assert ("RollingUpdatePolicy" in policy) == (strategy == "Rolling")
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 4}


def test_the_stage_of_a_rollout_is_in_status_and_in_the_condition(world: Scene) -> None:
    endpoint = given_guarded(world, {**CANARY, "waitSeconds": 3600})

    def baking() -> bool:
        rollout = endpoint.status.get("rollout", {})
        return any(variant["stage"] == "Baking" for variant in rollout.get("variants", []))

    with world.unhurried():  # the hour is a minute, in which a slow machine looks too
        endpoint.edit(version(2))
        world.until(baking, "the canary is baking, says status.rollout")
        assert endpoint.table_row() == ("False", "True", "False", "True")
        assert "aking" in endpoint.condition("Reconciling")["message"]
    world.simulator.advance(seconds=3600)
    endpoint.settles()
    assert "rollout" not in endpoint.status


def test_alarms_are_made_for_a_rollout_and_removed_after_it(world: Scene) -> None:
    endpoint = given_guarded(world, {**CANARY, "waitSeconds": 3600})
    assert alarms(world) == []
    with world.unhurried():
        endpoint.edit(version(2)).is_in("Updating")
        (alarm,) = alarms(world)
    dimensions = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
    assert dimensions["VariantName"] == "AllTraffic"
    assert dimensions["EndpointConfigName"].startswith(endpoint.sagemaker_name)
    assert alarm["TreatMissingData"] == "notBreaching"
    world.simulator.advance(seconds=3600)
    endpoint.settles()
    world.until(lambda: alarms(world) == [], "the alarm is removed")
    assert endpoint.condition("Ready")["status"] == "True"


def test_an_alarm_rolls_back_and_the_old_revision_serves_on(world: Scene) -> None:
    endpoint = given_guarded(world, {**CANARY, "waitSeconds": 3600})
    first = endpoint.revision
    with world.unhurried():
        endpoint.edit(version(2)).is_in("Updating")
        (alarm,) = alarms(world)
        sentence = rolls_back(world, endpoint, by=alarm)
    assert first in sentence
    assert alarm["AlarmName"] in sentence
    assert endpoint.table_row() == ("False", "False", "True", "True")
    world.until(lambda: alarms(world) == [], "the alarm is removed")
    with world.records_calls() as calls:
        world.operator_looks(3)
    assert calls.that_change_anything() == []


def test_editing_only_the_rollout_settings_starts_nothing(world: Scene) -> None:
    endpoint = given_guarded(world, CANARY)
    with world.records_calls() as calls:
        endpoint.edit(field(rollout={"waitSeconds": 120})).settles()
    assert calls.that_change_anything() == []


def test_an_edit_while_a_rollout_runs_is_queued_and_said(world: Scene) -> None:
    endpoint = given_guarded(world, {**CANARY, "waitSeconds": 3600})
    with world.unhurried():
        endpoint.edit(version(2)).is_in("Updating")
        endpoint.edit(version(3))
        world.until(
            lambda: "follows when that is done" in endpoint.condition("Reconciling").get("message", ""),
            "the third revision is queued",
        )
    world.simulator.advance(seconds=3600)
    world.until(lambda: len(endpoint.revisions()) == 3, "the third revision is being deployed")
    world.simulator.advance(seconds=3600)
    endpoint.settles()
    config = world.sagemaker.config(str(endpoint.status["endpoint"]["configName"]))
    image = world.sagemaker.model(config["ProductionVariants"][0]["ModelName"])["PrimaryContainer"]["Image"]
    assert image.endswith(":3")
