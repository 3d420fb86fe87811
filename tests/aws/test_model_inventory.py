"""The hourly list of a prefix, over HTTP with boto3."""

import pytest

from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.models.inventory import ModelInventory, PublishedModels
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.planning.place import Place
from tests.aws.model_world import DENIED, put, with_buckets
from tests.simulator.world import REGION, World

PREFIX = "s3://models/pre fix/"
MODELS = 1010


def key(number: int) -> ObjectKey:
    return ObjectKey("ml", f"tenant-{number}")


def uri(number: int) -> str:
    return f"{PREFIX}tenant-{number}/0123456789.tar.gz"


@pytest.fixture
def world(empty_world: World) -> World:
    return with_buckets(empty_world)


@pytest.fixture
def woken() -> list[ObjectKey]:
    return []


@pytest.fixture
def inventory(calls: Calls, woken: list[ObjectKey]) -> ModelInventory:
    models = PublishedModels(
        place=Place(region=REGION), s3_prefix=PREFIX, s3_uris={key(number): uri(number) for number in range(MODELS)}
    )
    return ModelInventory(published=lambda: [models], calls_of=lambda _: calls, wake=woken.append)


async def test_a_thousand_models_are_one_call_and_those_that_are_gone_are_woken(
    inventory: ModelInventory, world: World, woken: list[ObjectKey]
) -> None:
    for number in range(MODELS):
        if number != 7:
            put(world, uri(number), b"")
    await inventory.take_stock()
    assert woken == [key(7)]
    assert [number for number in range(MODELS) if inventory.is_missing(key(number), uri(number))] == [7]
    assert not inventory.is_missing(key(7), f"{PREFIX}other"), "it was published anew under another key meanwhile"
    assert [row["operation"] for row in world.calls()].count("ListObjectsV2") == 2
    put(world, uri(7), b"")
    await inventory.take_stock()
    assert not inventory.is_missing(key(7), uri(7))


async def test_a_prefix_that_cannot_be_listed_says_nothing_of_its_models(
    inventory: ModelInventory, world: World, woken: list[ObjectKey]
) -> None:
    world.fault(match={"service": "s3", "operation": "ListObjectsV2"}, error=DENIED)
    await inventory.take_stock()
    assert woken == []
    assert not inventory.is_missing(key(7), uri(7))
