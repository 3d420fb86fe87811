"""The hourly list of what carries our tags: what passes make while it is on its way counts as nobody's deletion."""

import asyncio
from typing import Any

import pytest

from endpoint_operator.api.identity import MANAGED_BY, TAG_CLUSTER, TAG_MANAGED_BY, TAG_OBJECT
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.inventory import Inventory
from endpoint_operator.planning.facts import OwnedObject
from tests.simulator.world import ACCOUNT, REGION, World
from tests.unit.given import an_object, row, status

CLUSTER = "cluster-1"
SERVING = row()
OBJECT = an_object(status=status(SERVING))
(MODEL,) = SERVING.model_names
PARTS = {
    OwnedObject(kind="model", name=MODEL),
    OwnedObject(kind="endpoint-config", name=SERVING.config_name),
}


@pytest.fixture
def world(empty_world: World) -> World:
    """With an endpoint of the object's that serves from somebody else's config."""
    empty_world.given_endpoint("ml-churn")
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/ml-churn"
    empty_world.sagemaker.add_tags(ResourceArn=arn, Tags=tags())
    return empty_world


@pytest.fixture
def inventory(calls: Calls) -> Inventory:
    return Inventory(calls, cluster_id=CLUSTER)


def tags() -> list[Any]:
    ours = {TAG_MANAGED_BY: MANAGED_BY, TAG_CLUSTER: CLUSTER, TAG_OBJECT: OBJECT.object_name}
    return [{"Key": key, "Value": value} for key, value in ours.items()]


def make_parts(world: World) -> None:
    world.given_model(MODEL, Tags=tags())
    world.given_config(SERVING.config_name, model=MODEL, Tags=tags())


async def test_what_is_made_while_the_list_is_on_its_way_is_not_missed(inventory: Inventory, world: World) -> None:
    await inventory.take_stock()
    assert inventory.missing_parts(OBJECT) == PARTS, "so it looks when somebody deletes them"
    fault = world.fault(match={"operation": "GetResources"}, times=1, hold=True)
    listing = asyncio.create_task(inventory.take_stock())
    await asyncio.to_thread(world.until_held, fault, "the list on its way")
    make_parts(world)
    inventory.forget(OBJECT)  # as every pass does that made or removed something
    world.do("DELETE", f"/faults/{fault}")
    assert await listing == {OBJECT.object_name}
    assert inventory.missing_parts(OBJECT) == frozenset()


async def test_what_is_deleted_after_a_list_is_missed_by_the_next_one(inventory: Inventory, world: World) -> None:
    make_parts(world)
    inventory.forget(OBJECT)
    await inventory.take_stock()
    assert inventory.missing_parts(OBJECT) == frozenset()
    world.sagemaker.delete_model(ModelName=MODEL)
    await inventory.take_stock()
    assert inventory.missing_parts(OBJECT) == {OwnedObject(kind="model", name=MODEL)}
