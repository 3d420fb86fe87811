"""An endpoint that is already there under the wanted name: left alone, or adopted when the object says so."""

from typing import Any

from devworld.recipes import EXECUTION_ROLE
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import FAST_IMAGE, INSTANCE_TYPE, field

CLUSTER = "inference.endpoint-operator.dev/cluster"


def made_by_hand(world: Scene, *, tags: dict[str, str] | None = None) -> str:
    """An endpoint ml-churn with models and configs of somebody else's names."""
    sagemaker, name = world.boto3("sagemaker"), f"{world.namespace}-churn"
    by_hand = f"{world.namespace}-by-hand"
    sagemaker.create_model(ModelName=by_hand, ExecutionRoleArn=EXECUTION_ROLE, PrimaryContainer={"Image": FAST_IMAGE})
    variant: dict[str, Any] = {
        "VariantName": "AllTraffic",
        "ModelName": by_hand,
        "InstanceType": INSTANCE_TYPE,
        "InitialInstanceCount": 1,
    }
    sagemaker.create_endpoint_config(EndpointConfigName=by_hand, ProductionVariants=[variant])
    listed = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=by_hand, Tags=listed)
    world.until(
        lambda: (world.sagemaker.endpoint(name) or {}).get("EndpointStatus") == "InService", f"{name} in service"
    )
    world.operator_looks(2)  # the second list began after it was made
    return by_hand


def test_an_endpoint_made_by_hand_is_left_alone_and_the_sentence_says_how_to_adopt_it(world: Scene) -> None:
    made_by_hand(world)
    with world.records_calls() as calls:
        sentence = world.given().stalls("NameTaken")
    assert "adoptionPolicy: AdoptOrCreate" in sentence
    assert calls.that_change_anything() == []


def test_an_endpoint_made_by_hand_is_adopted_and_serves_all_the_while(world: Scene) -> None:
    by_hand = made_by_hand(world)
    endpoint = world.given(field(adoptionPolicy="AdoptOrCreate")).settles()
    live = world.sagemaker.endpoint(endpoint.sagemaker_name)
    assert live is not None
    assert live["EndpointConfigName"] != by_hand
    assert CLUSTER in world.sagemaker.tags(endpoint.sagemaker_name)
    assert by_hand in world.sagemaker.models(), "what others made is left alone"
    assert by_hand in world.sagemaker.configs()
    endpoint.delete().is_gone()
    assert world.sagemaker.endpoints() == []
    assert world.sagemaker.models() == [by_hand]


def test_an_endpoint_of_another_cluster_is_taken_over_only_when_the_object_says_so(world: Scene) -> None:
    prefix = "inference.endpoint-operator.dev"
    theirs = {f"{prefix}/managed-by": "endpoint-operator", f"{prefix}/cluster": "other", f"{prefix}/object": "ml/churn"}
    made_by_hand(world, tags=theirs)
    endpoint = world.given(field(adoptionPolicy="AdoptOrCreate"))
    assert "TakeOver" in endpoint.stalls("NameTaken")
    endpoint.edit(field(adoptionPolicy="TakeOver")).settles()
    assert world.sagemaker.tags(endpoint.sagemaker_name)[CLUSTER] != "other"
