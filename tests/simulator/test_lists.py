"""Lists: defaults, pages, order, filters."""

from datetime import timedelta

import pytest

from tests.simulator.world import World, refused


def names(answer: object) -> list[str]:
    assert isinstance(answer, dict)
    rows = answer.get("Models") or answer.get("EndpointConfigs") or answer.get("Endpoints") or []
    return [row.get("ModelName") or row.get("EndpointConfigName") or row["EndpointName"] for row in rows]


def test_a_list_has_ten_of_the_newest_first_and_a_token_for_the_rest(world: World) -> None:
    for number in range(12):
        world.given_model(f"m{number:02}")
        world.advance(1)
    first = world.sagemaker.list_models()
    assert names(first) == [f"m{number:02}" for number in range(11, 1, -1)]
    second = world.sagemaker.list_models(NextToken=first["NextToken"])
    assert names(second) == ["m01", "m00"]
    assert "NextToken" not in second


def test_a_page_neither_repeats_nor_hides_when_something_is_made_and_deleted_between(world: World) -> None:
    for number in range(6):
        world.given_model(f"m{number}")
        world.advance(1)
    first = world.sagemaker.list_models(MaxResults=3)
    assert names(first) == ["m5", "m4", "m3"]
    world.given_model("m6")
    world.sagemaker.delete_model(ModelName="m3")
    assert names(world.sagemaker.list_models(MaxResults=3, NextToken=first["NextToken"])) == ["m2", "m1", "m0"]


def test_a_token_that_is_not_ours_is_refused(world: World) -> None:
    for number in range(2):
        world.given_model(f"m{number}")
    with refused("ValidationException", "NextToken"):
        world.sagemaker.list_models(NextToken="nonsense")
    by_name = world.sagemaker.list_models(MaxResults=1, SortBy="Name")["NextToken"]
    with refused("ValidationException", "NextToken"):
        world.sagemaker.list_models(NextToken=by_name, SortBy="CreationTime")


def test_more_than_a_hundred_a_page_is_refused(world: World) -> None:
    with refused("ValidationException", "at 'maxResults'", "less than or equal to 100"):
        world.sagemaker.list_endpoints(MaxResults=101)


def test_configs_are_found_by_name_and_sorted_both_ways(world: World) -> None:
    world.given_model()
    for name in ("b-red", "a-red", "c-blue"):
        world.given_config(name)
        world.advance(1)
    by_name = world.sagemaker.list_endpoint_configs(SortBy="Name", SortOrder="Ascending", NameContains="RED")
    assert names(by_name) == ["a-red", "b-red"]
    assert names(world.sagemaker.list_endpoint_configs(SortOrder="Ascending")) == ["b-red", "a-red", "c-blue"]


def test_endpoints_are_found_by_status_and_by_time(world: World) -> None:
    world.given_endpoint("old")
    world.sagemaker.create_endpoint(EndpointName="new", EndpointConfigName="c1")
    assert names(world.sagemaker.list_endpoints(StatusEquals="InService")) == ["old"]
    assert names(world.sagemaker.list_endpoints(StatusEquals="Creating")) == ["new"]
    assert names(world.sagemaker.list_endpoints(SortBy="Status", SortOrder="Ascending")) == ["new", "old"]
    born = world.describe("new")["CreationTime"]
    assert names(world.sagemaker.list_endpoints(CreationTimeAfter=born)) == ["new"]
    assert names(world.sagemaker.list_endpoints(CreationTimeBefore=born)) == ["old"]
    later = born + timedelta(seconds=5)
    world.advance(10)
    world.sagemaker.delete_endpoint(EndpointName="old")
    assert names(world.sagemaker.list_endpoints(LastModifiedTimeAfter=later)) == ["old"]
    assert names(world.sagemaker.list_endpoints(LastModifiedTimeBefore=later)) == ["new"]


@pytest.mark.parametrize("kind", ["models", "endpoint_configs", "endpoints"])
def test_boto3s_paginators_walk_through_everything(world: World, kind: str) -> None:
    world.given_model()
    world.given_config()
    for number in range(5):
        match kind:
            case "models":
                world.given_model(f"x{number}")
            case "endpoint_configs":
                world.given_config(f"x{number}")
            case _:
                world.sagemaker.create_endpoint(EndpointName=f"x{number}", EndpointConfigName="c1")
    paginator = world.sagemaker.get_paginator(f"list_{kind}")  # type: ignore[call-overload]
    pages = paginator.paginate(NameContains="x", PaginationConfig={"PageSize": 2})
    found = [name for page in pages for name in names(page)]
    assert sorted(found) == [f"x{number}" for number in range(5)]


def test_accounts_and_regions_do_not_see_each_other(world: World) -> None:
    world.given_model()
    elsewhere = world.client("sagemaker", region_name="eu-west-1")
    assert names(elsewhere.list_models()) == []
    elsewhere.close()
    member = "arn:aws:iam::222222222222:role/OrganizationAccountAccessRole"
    assumed = world.sts.assume_role(RoleArn=member, RoleSessionName="test")
    key = assumed["Credentials"]
    other = world.client(
        "sagemaker",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key["SessionToken"],
    )
    assert names(other.list_models()) == []
    created = other.create_model(ModelName="m1", PrimaryContainer={"Image": "image"})
    other.close()
    assert created["ModelArn"] == "arn:aws:sagemaker:us-east-1:222222222222:model/m1"
