"""Reads that answer from the past, as SageMaker's eventually consistent store does, while writes act on the truth."""

from tests.simulator.world import World, refused


def test_a_stale_describe_says_not_found_while_create_says_already_existing(world: World) -> None:
    world.given_model()
    world.given_config()
    world.settings(staleSeconds=60)
    world.advance(61)
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    with refused("ValidationException", "Could not find endpoint"):
        world.sagemaker.describe_endpoint(EndpointName="e1")
    assert world.sagemaker.list_endpoints()["Endpoints"] == []
    with refused("ValidationException", "Could not find endpoint"):
        world.sagemaker.list_tags(ResourceArn="arn:aws:sagemaker:us-east-1:123456789012:endpoint/e1")
    with refused("ValidationException", "Cannot create already existing endpoint"):
        world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.advance(61)
    assert world.status("e1") == "Creating"
    assert len(world.sagemaker.list_endpoints()["Endpoints"]) == 1


def test_create_endpoint_reads_its_config_from_the_past(world: World) -> None:
    world.given_model()
    world.settings(staleSeconds=60)
    world.given_config()
    with refused("ValidationException", "Could not find endpoint configuration"):
        world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.advance(61)
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")


def test_what_was_changed_or_deleted_is_still_seen_as_it_was(world: World) -> None:
    world.given_endpoint()
    world.advance(700)
    world.settings(staleSeconds=600)
    world.sagemaker.delete_endpoint(EndpointName="e1")
    assert world.status("e1") == "InService"
    with refused("ValidationException", "Cannot update in-progress endpoint"):
        world.sagemaker.delete_endpoint(EndpointName="e1")
    world.advance(570)
    assert world.status("e1") == "InService"
    world.settings(staleSeconds=0)
    assert world.status("e1") is None
    world.settings(staleSeconds=560)
    assert world.status("e1") == "Deleting"


def test_tags_are_listed_as_they_were(world: World) -> None:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model/m1"
    world.given_model(Tags=[{"Key": "team", "Value": "a"}])
    world.advance(100)
    world.settings(staleSeconds=60)
    answer = world.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "b"}])
    assert answer["Tags"] == [{"Key": "team", "Value": "b"}]
    assert world.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "a"}]
    assert world.do("GET", "/state")["sagemaker"]["123456789012/us-east-1"]["tags"][arn] == {"team": "b"}


def test_what_was_deleted_is_seen_for_a_while_and_then_no_more(world: World) -> None:
    world.given_model()
    world.advance(100)
    world.settings(staleSeconds=60)
    world.sagemaker.delete_model(ModelName="m1")
    assert world.sagemaker.describe_model(ModelName="m1")["ModelName"] == "m1"
    assert len(world.sagemaker.list_models()["Models"]) == 1
    with refused("ValidationException", "Could not find model"):
        world.sagemaker.delete_model(ModelName="m1")
    world.advance(61)
    with refused("ValidationException", "Could not find model"):
        world.sagemaker.describe_model(ModelName="m1")
    assert world.sagemaker.list_models()["Models"] == []
