"""What UpdateEndpoint refuses of a DeploymentConfig, and what it says."""

from typing import Any

import pytest

from tests.simulator.fleets_world import blue_green, rolling, update
from tests.simulator.world import World, refused, variant


def given_null_fleet(world: World, *, count: int = 4) -> None:
    world.given_model()
    for name in ("c-old", "c-new"):
        world.given_config(name, count=count)
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c-old")
    world.finish("e1", "InService")


@pytest.mark.parametrize(
    ("deployment", "sentence"),
    [
        (
            blue_green("CANARY", size=51),
            "CanarySize must be 1-50 % of the total instance count of variant AllTraffic, got 51 %.",
        ),
        (blue_green("CANARY", size=3, type="INSTANCE_COUNT"), "CanarySize must be 1-50 %"),
        (blue_green("LINEAR", size=9), "LinearStepSize must be 10-50 %"),
        (blue_green("LINEAR", size=3, type="INSTANCE_COUNT"), "got 3 of 4 instance(s)."),
        (rolling(batch=4), "MaximumBatchSize must be 5-50 %"),
        (rolling(batch=75), "MaximumBatchSize must be 5-50 %"),
        (
            {**blue_green("ALL_AT_ONCE"), **rolling(batch=50)},
            "Only one of BlueGreenUpdatePolicy and RollingUpdatePolicy can be specified.",
        ),
        (blue_green("CANARY"), "CanarySize must be specified when the traffic routing type is CANARY."),
        (blue_green("LINEAR"), "LinearStepSize must be specified when the traffic routing type is LINEAR."),
        (
            blue_green("CANARY", size=25, wait=600, termination=600, maximum=1200),
            "MaximumExecutionTimeoutInSeconds (1200) must be larger than the total of WaitIntervalInSeconds and "
            "TerminationWaitInSeconds (1200).",
        ),
    ],
)
def test_a_deployment_that_sagemaker_cannot_do_is_refused_in_a_sentence(
    world: World, deployment: Any, sentence: str
) -> None:
    given_null_fleet(world)
    with refused("ValidationException", sentence, status=400):
        update(world, deployment)
    assert world.status("e1") == "InService"


@pytest.mark.parametrize(
    "deployment", [blue_green("CANARY", size=50, wait=60), blue_green("ALL_AT_ONCE", termination=60), rolling(batch=50)]
)
def test_a_guarded_deployment_keeps_the_names_of_its_variants(world: World, deployment: Any) -> None:
    given_null_fleet(world)
    world.given_config("c-renamed", ProductionVariants=[variant("Other", count=4)])
    with refused("ValidationException", "Variant names must stay the same", "AllTraffic", "Other"):
        update(world, deployment, config="c-renamed")
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c-renamed")
    world.finish("e1", "InService")


def test_rolling_is_for_one_variant_without_a_shadow(world: World) -> None:
    world.given_model()
    for name in ("a1", "a2"):
        world.given_config(name, ProductionVariants=[variant("blue", count=2), variant("green", count=2)])
    for name in ("s1", "s2"):
        world.given_config(
            name, ProductionVariants=[variant(count=2)], ShadowProductionVariants=[variant("shadow", count=1)]
        )
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="a1")
    world.finish("e1", "InService")
    with refused("ValidationException", "not supported for endpoints with multiple variants"):
        update(world, rolling(batch=50), config="a2")
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="s1")
    world.finish("e1", "InService")
    with refused("ValidationException", "not supported for endpoints with shadow variants"):
        update(world, rolling(batch=50), config="s2")


def test_sizes_are_measured_by_the_count_that_the_update_will_have(world: World) -> None:
    given_null_fleet(world, count=1)
    one = blue_green("CANARY", size=1, type="INSTANCE_COUNT", wait=60)
    with refused("ValidationException", "got 1 of 1 instance(s)."):
        update(world, one)
    world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="e1", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 2}]
    )
    world.finish("e1", "InService")
    update(world, one, RetainAllVariantProperties=True)


@pytest.mark.parametrize(
    ("deployment", "delta"),
    [
        (blue_green("CANARY", size=25, wait=60), 4),
        (blue_green("ALL_AT_ONCE"), 4),
        (rolling(batch=25, wait=60), 1),
        (rolling(batch=30, wait=60), 2),
    ],
)
def test_blue_green_needs_a_second_fleet_and_rolling_one_batch(world: World, deployment: Any, delta: int) -> None:
    given_null_fleet(world)
    world.settings(quotas={"ml.m5.large/endpoint": 4 + delta - 1})
    with refused(
        "ResourceLimitExceeded",
        f"The account-level service limit 'ml.m5.large for endpoint usage' is {3 + delta} Instances, with current "
        f"utilization of 4 Instances and a request delta of {delta} Instances.",
    ):
        update(world, deployment)
    world.settings(quotas={"ml.m5.large/endpoint": 4 + delta})
    update(world, deployment)
    with refused("ResourceLimitExceeded", f"current utilization of {4 + delta} Instances"):
        world.sagemaker.create_endpoint(EndpointName="e2", EndpointConfigName="c-old")


def test_what_an_update_needed_is_free_again_when_it_is_over(world: World) -> None:
    given_null_fleet(world)
    world.settings(quotas={"ml.m5.large/endpoint": 8})
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c-new")
    with refused("ResourceLimitExceeded", "current utilization of 8 Instances"):
        world.sagemaker.create_endpoint(EndpointName="e2", EndpointConfigName="c-old")
    world.finish("e1", "InService")
    world.sagemaker.create_endpoint(EndpointName="e2", EndpointConfigName="c-old")
