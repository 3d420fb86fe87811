"""Instance pools and capacity: what there is none of at the moment is said by /_sim/settings."""

from typing import Any

import pytest

from tests.simulator.fleets_world import answers, given_servers
from tests.simulator.world import World, refused, variant

POOLS: Any = [{"InstanceType": "ml.m5.large", "Priority": 2}, {"InstanceType": "ml.c5.xlarge", "Priority": 1}]
NO_CAPACITY = "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error."


def pooled(*, model: str = "m1", pools: Any = POOLS, **members: Any) -> dict[str, Any]:
    asked = variant(model=model, count=2, InstancePools=pools, **members)
    del asked["InstanceType"]
    return asked


def create(world: World, asked: dict[str, Any]) -> None:
    world.given_config(ProductionVariants=[asked])
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")


def counts(world: World) -> dict[str, int]:
    [shown] = world.describe()["ProductionVariants"]
    return {pool["InstanceType"]: pool["CurrentInstanceCount"] for pool in shown["InstancePools"]}


def test_the_pool_of_the_first_priority_takes_the_variant(world: World) -> None:
    world.given_model()
    create(world, pooled())
    [pending] = world.describe()["PendingDeploymentSummary"]["ProductionVariants"]
    assert pending["InstanceType"] == "ml.c5.xlarge"
    world.finish("e1", "InService")
    assert counts(world) == {"ml.m5.large": 0, "ml.c5.xlarge": 2}


def test_the_next_pool_takes_it_when_the_first_has_no_capacity(world: World) -> None:
    world.given_model()
    world.settings(noCapacity=["ml.c5.xlarge"])
    create(world, pooled())
    world.finish("e1", "InService")
    assert counts(world) == {"ml.m5.large": 2, "ml.c5.xlarge": 0}


def test_a_pool_may_have_a_model_of_its_own(world: World) -> None:
    given_servers(world, "usual", "small")
    world.settings(noCapacity=["ml.c5.xlarge"])
    override = [{**POOLS[0], "ModelNameOverride": "small"}, POOLS[1]]
    create(world, pooled(model="usual", pools=override))
    world.finish("e1", "InService")
    assert answers(world, times=3) == {"small": 3}


def test_without_capacity_anywhere_the_endpoint_fails_late(world: World) -> None:
    world.given_model()
    world.settings(noCapacity=["ml.c5.xlarge", "ml.m5.large"])
    create(world, pooled())
    world.advance(500)
    assert world.status("e1") == "Creating"
    world.finish("e1", "Failed", seconds=221)
    assert world.describe()["FailureReason"].startswith(NO_CAPACITY)


def test_an_update_and_a_scale_out_without_capacity_go_back(world: World) -> None:
    world.given_endpoint()
    world.given_config("c2")
    world.settings(noCapacity=["ml.m5.large"])
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    world.finish("e1", "InService")
    assert world.describe()["EndpointConfigName"] == "c1"
    assert world.describe()["FailureReason"].startswith(NO_CAPACITY)
    wish: Any = [{"VariantName": "AllTraffic", "DesiredInstanceCount": 3}]
    world.sagemaker.update_endpoint_weights_and_capacities(EndpointName="e1", DesiredWeightsAndCapacities=wish)
    world.finish("e1", "RollingBack", seconds=121)
    world.finish("e1", "InService", seconds=121)
    [shown] = world.describe()["ProductionVariants"]
    assert (shown["CurrentInstanceCount"], shown["DesiredInstanceCount"]) == (1, 1)
    assert world.describe()["FailureReason"].startswith(NO_CAPACITY)
    world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="e1", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredWeight": 3}]
    )
    world.finish("e1", "InService")
    assert "FailureReason" not in world.describe()


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"InstanceType": "ml.m5.large"}, "InstanceType and InstancePools cannot both be specified"),
        ({"InstancePools": [POOLS[0], {**POOLS[1], "Priority": 2}]}, "Priority must be unique"),
        ({"InstancePools": [POOLS[0], {**POOLS[0], "Priority": 1}]}, "InstanceType must be unique"),
        ({"InstancePools": [{**POOLS[0], "ModelNameOverride": "nope"}]}, "Could not find model"),
    ],
)
def test_pools_that_cannot_be_are_refused(world: World, members: dict[str, Any], sentence: str) -> None:
    world.given_model()
    with refused("ValidationException", sentence):
        world.given_config(ProductionVariants=[{**pooled(), **members}])


def test_the_quota_is_that_of_the_type_it_runs_on(world: World) -> None:
    world.given_model()
    world.settings(quotas={"ml.c5.xlarge/endpoint": 1})
    with refused("ResourceLimitExceeded", "'ml.c5.xlarge for endpoint usage' is 1 Instances"):
        create(world, pooled())


def test_the_setting_takes_a_list_of_types_only(world: World) -> None:
    status, answer = world.control("PUT", "/settings", {"noCapacity": "ml.m5.large"})
    assert (status, "noCapacity: must be a list of instance types" in str(answer)) == (400, True)
