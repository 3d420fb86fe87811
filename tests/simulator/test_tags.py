"""Tags on SageMaker's resources, and finding resources by them."""

import pytest

from tests.simulator.world import World, refused

ARN = "arn:aws:sagemaker:us-east-1:123456789012"
MODEL = f"{ARN}:model/m1"


def tags_of(world: World, arn: str = MODEL) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in world.sagemaker.list_tags(ResourceArn=arn)["Tags"]}


def found(world: World, **query: object) -> list[str]:
    pages = world.tagging.get_paginator("get_resources").paginate(**query)  # type: ignore[arg-type]
    return [row["ResourceARN"] for page in pages for row in page["ResourceTagMappingList"]]


def test_tags_are_added_overwritten_and_deleted(world: World) -> None:
    world.given_model(Tags=[{"Key": "team", "Value": "a"}])
    answer = world.sagemaker.add_tags(
        ResourceArn=MODEL, Tags=[{"Key": "team", "Value": "b"}, {"Key": "stage", "Value": "test"}]
    )
    assert {tag["Key"] for tag in answer["Tags"]} == {"team", "stage"}
    assert tags_of(world) == {"team": "b", "stage": "test"}
    world.sagemaker.delete_tags(ResourceArn=MODEL, TagKeys=["team", "unknown"])
    assert tags_of(world) == {"stage": "test"}


def test_tags_go_with_their_resource(world: World) -> None:
    world.given_model(Tags=[{"Key": "team", "Value": "a"}])
    world.sagemaker.delete_model(ModelName="m1")
    with refused("ValidationException", f'Could not find model "{MODEL}".'):
        tags_of(world)
    with refused("ValidationException", f'Could not find model "{MODEL}".'):
        world.sagemaker.add_tags(ResourceArn=MODEL, Tags=[{"Key": "a", "Value": "b"}])
    assert found(world) == []


def test_a_resource_has_at_most_fifty_tags_and_none_of_awss_own(world: World) -> None:
    world.given_model(Tags=[{"Key": f"k{number}", "Value": ""} for number in range(50)])
    with refused("ValidationException", "50"):
        world.sagemaker.add_tags(ResourceArn=MODEL, Tags=[{"Key": "one-more", "Value": ""}])
    with refused("ValidationException", "aws:cloudformation:stack"):
        world.given_model("m2", Tags=[{"Key": "aws:cloudformation:stack", "Value": ""}])
    with refused("ValidationException", "Duplicate"):
        world.given_model("m2", Tags=[{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}])


def test_resources_are_found_by_type_and_by_tags(world: World) -> None:
    world.given_model(Tags=[{"Key": "team", "Value": "a"}, {"Key": "stage", "Value": "test"}])
    world.given_config(Tags=[{"Key": "team", "Value": "a"}])
    world.given_config("c2", Tags=[{"Key": "team", "Value": "b"}])
    world.given_config("untagged")
    world.sagemaker.create_endpoint(EndpointName="E1", EndpointConfigName="c1", Tags=[{"Key": "team", "Value": "a"}])
    model, first, second, endpoint = (
        MODEL,
        f"{ARN}:endpoint-config/c1",
        f"{ARN}:endpoint-config/c2",
        f"{ARN}:endpoint/e1",
    )
    assert sorted(found(world)) == sorted([model, first, second, endpoint])
    assert found(world, ResourceTypeFilters=["sagemaker:endpoint"]) == [endpoint]
    assert found(world, ResourceTypeFilters=["sagemaker:endpoint-config"]) == [first, second]
    assert sorted(found(world, ResourceTypeFilters=["sagemaker:model", "sagemaker:endpoint"])) == [endpoint, model]
    assert found(world, TagFilters=[{"Key": "team", "Values": ["b"]}]) == [second]
    assert len(found(world, TagFilters=[{"Key": "team", "Values": ["a", "b"]}])) == 4
    both = [{"Key": "team", "Values": ["a"]}, {"Key": "stage"}]
    assert found(world, TagFilters=both) == [model]


def test_resources_come_in_pages(world: World) -> None:
    for number in range(5):
        world.given_model(f"m{number}", Tags=[{"Key": "a", "Value": "b"}])
    first = world.tagging.get_resources(ResourcesPerPage=2)
    assert len(first["ResourceTagMappingList"]) == 2
    assert first["PaginationToken"]
    assert len(found(world, PaginationConfig={"PageSize": 2})) == 5
    assert world.tagging.get_resources(ResourcesPerPage=5)["PaginationToken"] == ""
    with refused("InvalidParameterException", "from 1 to 100"):
        world.tagging.get_resources(ResourcesPerPage=101)


@pytest.mark.parametrize("query", [{"ResourceTypeFilters": ["s3"]}, {"IncludeComplianceDetails": True}])
def test_what_get_resources_cannot_answer_is_a_501(world: World, query: dict[str, object]) -> None:
    with refused("NotImplemented", "simulator:", status=501):
        world.tagging.get_resources(**query)  # type: ignore[arg-type]
