"""GetProducts as a cost report asks it."""

import json
from typing import Any

from tests.simulator.world import World, refused


def products(world: World, *, region: str = "us-east-1", **filters: str) -> list[dict[str, Any]]:
    pricing = world.client("pricing", region_name=region)
    pages = pricing.get_paginator("get_products").paginate(
        ServiceCode="AmazonSageMaker",
        FormatVersion="aws_v1",
        Filters=[{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in filters.items()],
    )
    found = [json.loads(product) for page in pages for product in page["PriceList"]]
    pricing.close()
    return found


def usd(product: dict[str, Any]) -> float:
    [term] = product["terms"]["OnDemand"].values()
    [dimension] = term["priceDimensions"].values()
    return float(dimension["pricePerUnit"]["USD"])


def test_an_instances_price_is_found_by_region_name_and_hosting(world: World) -> None:
    [found] = products(world, regionCode="us-east-1", instanceName="ml.m5.xlarge", platoinstancetype="Hosting")
    assert found["serviceCode"] == "AmazonSageMaker"
    assert found["product"]["productFamily"] == "ML Instance"
    attributes = found["product"]["attributes"]
    assert (attributes["usagetype"], attributes["instanceType"]) == ("USE1-Host:ml.m5.xlarge", "ml.m5.xlarge-Hosting")
    assert attributes["location"] == "US East (N. Virginia)"
    [(term_key, term)] = found["terms"]["OnDemand"].items()
    assert term_key == f"{found['product']['sku']}.{term['offerTermCode']}"
    [dimension] = term["priceDimensions"].values()
    assert (dimension["unit"], usd(found)) == ("Hrs", 0.23)


def test_serverless_is_priced_by_memory_and_second(world: World) -> None:
    [found] = products(world, usagetype="USE1-ServerlessInf:Mem-2GB")
    assert (found["product"]["productFamily"], usd(found)) == ("ML Serverless", 0.00004)


def test_a_region_without_known_prices_has_no_products(world: World) -> None:
    assert products(world, regionCode="eu-west-1") == []


def test_the_setting_prices_adds_to_the_table_and_overrides_it(world: World) -> None:
    world.settings(prices={"eu-west-1/ml.m5.large": 0.128, "us-east-1/ml.m5.large": 9})
    [irish] = products(world, regionCode="eu-west-1")
    assert (usd(irish), irish["product"]["attributes"]["usagetype"]) == (0.128, "EU-Host:ml.m5.large")
    [american] = products(world, regionCode="us-east-1", instanceName="ml.m5.large")
    assert usd(american) == 9
    world.settings(prices={"us-east-1/ml.m5.large": None})
    assert [usd(each) for each in products(world, regionCode="us-east-1", instanceName="ml.m5.large")] == [0.115]


def test_prices_of_regions_that_nobody_knows_are_refused_with_a_sentence(world: World) -> None:
    status, answer = world.control("PUT", "/settings", {"prices": {"mars-1/ml.m5.large": 1}})
    assert (status, "no price region 'mars-1'" in answer["error"]) == (400, True)
    status, answer = world.control("PUT", "/settings", {"prices": {"ml.m5.large": 1}})
    assert (status, "REGION/INSTANCE_TYPE" in answer["error"]) == (400, True)


def test_pages_together_hold_everything_once(world: World) -> None:
    pricing = world.client("pricing")
    first = pricing.get_products(ServiceCode="AmazonSageMaker", MaxResults=100)
    every = products(world)
    assert len(first["PriceList"]) == 100
    assert len({each["product"]["sku"] for each in every}) == len(every) > 200
    with refused("InvalidNextTokenException"):
        pricing.get_products(ServiceCode="AmazonSageMaker", NextToken="nonsense")
    pricing.close()


def test_the_other_kinds_of_filters_count_too(world: World) -> None:
    pricing = world.client("pricing")

    def names(kind: str, value: str) -> set[str]:
        answer = pricing.get_products(
            ServiceCode="AmazonSageMaker", Filters=[{"Type": kind, "Field": "instanceName", "Value": value}]
        )
        return {json.loads(each)["product"]["attributes"].get("instanceName") for each in answer["PriceList"]}

    assert names("EQUALS", "ml.m5.large") == {"ml.m5.large"}
    assert names("ANY_OF", "ml.m5.large,ml.c5.large") == {"ml.m5.large", "ml.c5.large"}
    assert "ml.g5.xlarge" in names("CONTAINS", "ml.g5.") <= {f"ml.g5.{n}xlarge" for n in ("", 2, 4, 8, 12, 16, 24, 48)}
    assert "ml.m5.large" not in names("NONE_OF", "ml.m5.large")
    pricing.close()


def test_other_services_and_regions_without_a_price_list_are_refused_by_name(world: World) -> None:
    pricing = world.client("pricing")
    with refused("NotImplemented", "prices of AmazonEC2 are not modelled", status=501):
        pricing.get_products(ServiceCode="AmazonEC2")
    with refused("NotImplemented", "DescribeServices is not modelled", status=501):
        pricing.describe_services()
    pricing.close()
    with refused("NotImplemented", "no Price List endpoint in us-west-2", status=501):
        products(world, region="us-west-2")
