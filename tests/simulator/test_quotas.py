"""The account's quota of instances by type."""

import pytest

from sagemaker_simulator.settings import Settings
from tests.simulator.world import World, refused, variant


def sentence(instance: str, *, limit: int, used: int, delta: int) -> str:
    return (
        f"The account-level service limit '{instance} for endpoint usage' is {limit} Instances, with current "
        f"utilization of {used} Instances and a request delta of {delta} Instances. Please use AWS Service Quotas"
    )


def test_a_type_without_a_quota_cannot_be_had(world: World) -> None:
    world.given_model()
    world.given_config(ProductionVariants=[variant(instance="ml.p4d.24xlarge")])
    with refused("ResourceLimitExceeded", sentence("ml.p4d.24xlarge", limit=0, used=0, delta=1), status=400):
        world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    assert world.status("e1") is None


def test_what_is_in_use_counts_for_creation_update_and_capacity(world: World) -> None:
    world.settings(quotas={"ml.m5.large/endpoint": 4})
    world.given_endpoint()
    world.given_config("c2", count=5)
    with refused("ResourceLimitExceeded", sentence("ml.m5.large", limit=4, used=1, delta=5)):
        world.sagemaker.create_endpoint(EndpointName="e2", EndpointConfigName="c2")
    with refused("ResourceLimitExceeded", sentence("ml.m5.large", limit=4, used=1, delta=5)):
        world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    with refused("ResourceLimitExceeded", sentence("ml.m5.large", limit=4, used=1, delta=5)):
        world.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="e1", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 6}]
        )
    world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="e1", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 4}]
    )


def test_what_was_deleted_is_free_again(world: World) -> None:
    world.settings(quotas={"ml.m5.large/endpoint": 1})
    world.given_endpoint()
    with refused("ResourceLimitExceeded"):
        world.sagemaker.create_endpoint(EndpointName="e2", EndpointConfigName="c1")
    world.sagemaker.delete_endpoint(EndpointName="e1")
    world.finish_deletion("e1")
    world.sagemaker.create_endpoint(EndpointName="e2", EndpointConfigName="c1")


@pytest.mark.parametrize(
    "instance", ["ml.t2.medium", "ml.m5.large", "ml.m5.xlarge", "ml.c5.xlarge", "ml.g4dn.xlarge", "ml.g4dn.2xlarge"]
)
def test_the_instance_types_of_the_acceptance_manifests_have_a_quota_from_the_start(instance: str) -> None:
    assert Settings().quota(instance) == 100
