"""What somebody changes in AWS under a settled object: put right, said in an Event, and nothing else touched."""

from collections.abc import Iterator
from typing import Any

import pytest

from devworld.environment import ACCOUNT, REGION
from tests.integration.test_variants import given_two, weights
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import FAST_IMAGE, INSTANCE_TYPE, count, field, tags, version

VARIANT = "AllTraffic"


@pytest.fixture
def hourly_look(world: Scene) -> Iterator[None]:
    """The look at what ListEndpoints does not show comes every second."""
    with world.operator.started_with({"--inventory-seconds": "1"}):
        yield


def changed_by_hand(world: Scene, endpoint: Endpoint, **wanted: Any) -> None:
    """Another count or weight, straight in SageMaker."""
    world.boto3("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName=endpoint.sagemaker_name, DesiredWeightsAndCapacities=[wanted]
    )


def put_right(endpoint: Endpoint) -> str:
    """Waits for the Event; its sentence."""
    event = endpoint.tells("DriftPutRight")
    assert event.type == "Warning"
    return str(event.message)


def test_weights_changed_by_hand_are_put_right_and_said(world: Scene) -> None:
    endpoint = given_two(world, blue=0.9, green=0.1).settles()
    with world.records_calls() as calls:
        changed_by_hand(world, endpoint, VariantName="green", DesiredWeight=7.0)
        assert "green 7 → 0.1" in put_right(endpoint)
        endpoint.settles()
    assert weights(world, endpoint.sagemaker_name) == {"blue": pytest.approx(0.9), "green": pytest.approx(0.1)}
    assert calls.that_change_anything() == ["UpdateEndpointWeightsAndCapacities"]


def test_a_count_changed_by_hand_is_said_also_where_the_change_was_seen_under_way(world: Scene) -> None:
    endpoint = world.given(count(1)).settles()
    world.holds_transition(endpoint)
    changed_by_hand(world, endpoint, VariantName=VARIANT, DesiredInstanceCount=4)
    world.until(lambda: endpoint.status["endpoint"]["status"] == "Updating", "the change is seen")
    assert endpoint.table_row() == ("True", "False", "False", "True"), "the latest generation serves all the while"
    world.ends_transition(endpoint)
    assert "instance count 4 → 1" in put_right(endpoint)
    endpoint.settles()
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {VARIANT: 1}


def test_a_count_that_the_spec_asks_for_is_no_drift(world: Scene) -> None:
    endpoint = world.given(count(1)).settles()
    world.holds_transition(endpoint)
    endpoint.edit(count(2)).is_in("Updating")
    world.ends_transition(endpoint)
    endpoint.settles()
    assert "DriftPutRight" not in endpoint.story()


def test_another_config_put_by_hand_is_rolled_back_to_the_specs_own(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    ours = endpoint.is_in("InService")["EndpointConfigName"]
    theirs = config_by_hand(world, tag=9)
    with world.records_calls() as calls:
        world.boto3("sagemaker").update_endpoint(EndpointName=endpoint.sagemaker_name, EndpointConfigName=theirs)
        put_right(endpoint)
        endpoint.settles()
    assert endpoint.is_in("InService")["EndpointConfigName"] == ours
    assert [call for call in calls.that_change_anything() if call == "UpdateEndpoint"] == ["UpdateEndpoint"]
    assert theirs in world.sagemaker.configs(), "what somebody else made is his"
    world.until(lambda: list(endpoint.revisions().values()) == ["Active"], "one revision, and it serves")


def test_another_config_put_by_hand_is_said_also_where_its_rollout_was_seen(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    theirs = config_by_hand(world, tag=9)
    world.holds_transition(endpoint)
    world.boto3("sagemaker").update_endpoint(EndpointName=endpoint.sagemaker_name, EndpointConfigName=theirs)
    assert theirs in endpoint.reconciles("ChangedElsewhere")
    world.ends_transition(endpoint)
    put_right(endpoint)
    endpoint.settles()


def test_tags_changed_by_hand_are_put_right_and_said(world: Scene, hourly_look: None) -> None:
    endpoint = world.given(tags(team="growth")).settles()
    before = world.sagemaker.tags(endpoint.sagemaker_name)
    sagemaker = world.boto3("sagemaker")
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/{endpoint.sagemaker_name}"
    with world.records_calls() as calls:
        sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "theirs"}])
        assert "tags" in put_right(endpoint)
        world.until(lambda: world.sagemaker.tags(endpoint.sagemaker_name) == before, "the tags as they were")
    assert calls.that_change_anything() == ["AddTags"]
    endpoint.settles()


def test_a_model_deleted_under_a_live_endpoint_is_made_again(world: Scene, hourly_look: None) -> None:
    endpoint = world.given().settles()
    (model,) = world.sagemaker.models()
    before = without_time(world.sagemaker.model(model))
    with world.records_calls() as calls:
        world.boto3("sagemaker").delete_model(ModelName=model)
        assert f"model {model} was deleted in SageMaker and is made again" in put_right(endpoint)
        world.until(lambda: world.sagemaker.models() == [model], "the model is there again")
        endpoint.settles()
    assert without_time(world.sagemaker.model(model)) == before
    assert calls.that_change_anything() == ["CreateModel"]


def test_an_endpoint_config_deleted_under_a_live_endpoint_is_made_again(world: Scene, hourly_look: None) -> None:
    """With the counts that it had, for its content is its name; the fleet keeps those that it has."""
    endpoint = world.given(count(1)).settles()
    endpoint.edit(count(2)).settles()
    (config,) = world.sagemaker.configs()
    before = without_time(world.sagemaker.config(config))
    with world.records_calls() as calls:
        world.boto3("sagemaker").delete_endpoint_config(EndpointConfigName=config)
        assert f"endpoint config {config} was deleted in SageMaker and is made again" in put_right(endpoint)
        world.until(lambda: world.sagemaker.configs() == [config], "the config is there again")
        endpoint.settles()
    assert without_time(world.sagemaker.config(config)) == before
    assert calls.that_change_anything() == ["CreateEndpointConfig"]
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {VARIANT: 2}


def test_a_model_and_its_config_deleted_together_are_made_again_after_a_restart(world: Scene) -> None:
    endpoint = world.given().settles()
    (name,) = world.sagemaker.models()
    world.operator.stop()
    world.boto3("sagemaker").delete_endpoint_config(EndpointConfigName=name)
    world.boto3("sagemaker").delete_model(ModelName=name)
    with world.operator.started_with({"--inventory-seconds": "1"}):
        world.until(lambda: len(world.sagemaker.everything()) == 3, "endpoint, config and model")
        endpoint.settles()
    assert endpoint.condition("Stalled")["status"] == "False"


def test_a_drift_of_a_stalled_object_is_put_right_too(world: Scene) -> None:
    """A rolled back spec stands; the old revision serves on, and keeps the count that the spec asks for."""
    endpoint = world.given(version(1)).settles()
    world.next(endpoint, result="RolledBack", failureReason="the ping health check was not passed")
    endpoint.edit(version(2)).stalls("ContainerUnhealthy")
    changed_by_hand(world, endpoint, VariantName=VARIANT, DesiredInstanceCount=3)
    world.until(lambda: world.sagemaker.counts(endpoint.sagemaker_name) == {VARIANT: 1}, "one instance again")
    endpoint.stalls("ContainerUnhealthy")
    assert list(endpoint.revisions().values()) == ["Active", "RolledBack"]


def config_by_hand(world: Scene, *, tag: int) -> str:
    """A model and a config that nobody told the operator of."""
    sagemaker, name = world.boto3("sagemaker"), f"{world.namespace}-by-hand"
    image = FAST_IMAGE.rpartition(":")[0] + f":{tag}"
    role = f"arn:aws:iam::{ACCOUNT}:role/sagemaker-execution"
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer={"Image": image})
    variant: dict[str, Any] = {
        "VariantName": VARIANT,
        "ModelName": name,
        "InstanceType": INSTANCE_TYPE,
        "InitialInstanceCount": 1,
    }
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    return name


def without_time(described: dict[str, Any]) -> dict[str, Any]:
    return {member: value for member, value in described.items() if member != "CreationTime"}


def test_paused_drift_is_planned_and_not_put_right(world: Scene, hourly_look: None) -> None:
    endpoint = world.given(field(paused=False)).settles()
    endpoint.edit(field(paused=True)).settles()
    (model,) = world.sagemaker.models()
    world.boto3("sagemaker").delete_model(ModelName=model)
    world.until(lambda: endpoint.status.get("plannedCalls"), "the plan in status")
    assert [call["operation"] for call in endpoint.status["plannedCalls"]] == ["CreateModel"]
    assert world.sagemaker.models() == []
    endpoint.edit(field(paused=False)).settles()
    world.until(lambda: world.sagemaker.models() == [model], "the model is there again")
