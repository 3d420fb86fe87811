"""Whose is it: nothing that the operator did not make is touched, and what it made it knows again."""

from typing import Any

from tests.integration.vocabulary.endpoint import FINALIZER
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import FAST_IMAGE, INSTANCE_TYPE, field, tags, version


def test_an_endpoint_of_that_name_made_by_somebody_else_is_refused_and_left_alone(world: Scene) -> None:
    name = f"{world.namespace}-churn"
    _made_by_hand(world, name)
    world.operator_looks(2)
    before = world.sagemaker.endpoint(name)
    with world.records_calls() as calls:
        endpoint = world.given()
        sentence = endpoint.stalls("NameTaken")
        endpoint.edit(version(2))
        endpoint.stalls("NameTaken")
        endpoint.delete().is_gone()
        world.operator_looks(1)
    assert sentence.startswith("spec.endpointName: ")
    assert "choose another name" in sentence
    assert calls.that_change_anything() == []
    assert world.sagemaker.endpoint(name) == before


def test_a_taken_name_that_becomes_free_is_used(world: Scene) -> None:
    """Taken so lately that the operator may learn of it only from the answer to its own CreateEndpoint."""
    name = f"{world.namespace}-churn"
    _made_by_hand(world, name)
    endpoint = world.given()
    endpoint.stalls("NameTaken")
    world.boto3("sagemaker").delete_endpoint(EndpointName=name)
    endpoint.settles()
    assert "EndpointDeleted" not in endpoint.story()


def test_an_endpoint_that_another_object_made_is_not_shared(world: Scene) -> None:
    first = world.given(name="first").settles()
    second = world.given(field(endpointName=first.sagemaker_name), name="second")
    assert f"belongs to the object {first.object_name}" in second.stalls("NameTaken")
    second.delete().is_gone()
    assert world.sagemaker.endpoint(first.sagemaker_name) is not None


def test_rule_05_an_object_restored_under_another_uid_finds_its_endpoint_again(world: Scene) -> None:
    """As after a restore from a backup: same cluster, namespace and name, no status, another uid."""
    endpoint = world.given(version(1), tags(team="growth")).settles()
    created = _created(world, endpoint.sagemaker_name)
    old_uid = endpoint.uid
    world.operator.stop()
    endpoint.delete()
    endpoint.take_finalizer_off()
    endpoint.is_gone()
    restored = world.given(version(1), tags(team="growth"))
    with world.records_calls() as calls:
        world.operator.start()
        restored.settles()
    assert restored.uid != old_uid
    assert FINALIZER in restored.object["metadata"]["finalizers"]
    assert _created(world, endpoint.sagemaker_name) == created
    assert [name for name in calls.that_change_anything() if name not in ("AddTags", "DeleteTags")] == []
    restored.edit(version(2)).settles()
    restored.delete().is_gone()
    assert world.sagemaker.everything() == []


def test_a_restored_object_with_another_spec_rolls_out_and_leaves_nothing_behind(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    created = _created(world, endpoint.sagemaker_name)
    world.operator.stop()
    endpoint.delete()
    endpoint.take_finalizer_off()
    endpoint.is_gone()
    restored = world.given(version(2))
    world.operator.start()
    restored.settles()
    assert _created(world, endpoint.sagemaker_name) == created
    restored.delete().is_gone()
    assert world.sagemaker.everything() == []


def test_rule_05_models_and_configs_of_others_are_never_deleted(world: Scene) -> None:
    """Even one whose name is just what the operator would have chosen."""
    endpoint = world.given(version(1)).settles()
    first = endpoint.revision
    name = f"{endpoint.sagemaker_name}-{first}"
    arn = f"arn:aws:sagemaker:us-east-1:123456789012:model/{name}"
    keys = list(world.sagemaker.tags(name, kind="model"))
    world.boto3("sagemaker").delete_tags(ResourceArn=arn, TagKeys=keys)
    endpoint.delete().is_gone()
    assert world.sagemaker.everything() == [name]


def _made_by_hand(world: Scene, name: str) -> None:
    sagemaker = world.boto3("sagemaker")
    role = "arn:aws:iam::123456789012:role/sagemaker-execution"
    sagemaker.create_model(ModelName=name, PrimaryContainer={"Image": FAST_IMAGE}, ExecutionRoleArn=role)
    variant = {"VariantName": "mine", "ModelName": name, "InitialInstanceCount": 1, "InstanceType": INSTANCE_TYPE}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)

    def serves() -> bool:
        live: dict[str, Any] = world.sagemaker.endpoint(name) or {}
        return live.get("EndpointStatus") == "InService"

    world.until(serves, f"{name} InService")


def _created(world: Scene, name: str) -> str:
    live = world.sagemaker.endpoint(name)
    assert live is not None
    return str(live["CreationTime"])
