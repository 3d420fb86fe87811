"""Serverless endpoints as DescribeEndpoint shows them: made, changed in place, updated, rolled back; and the quotas."""

from collections.abc import Iterator
from typing import Any

import pytest

from sagemaker_simulator.settings import Settings
from tests.simulator.serverless_world import IMAGE, ServerlessWorld, serverless, serverless_world
from tests.simulator.world import World, refused

CANARY: Any = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {
            "Type": "CANARY",
            "WaitIntervalInSeconds": 600,
            "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
        },
        "TerminationWaitInSeconds": 600,
    }
}


@pytest.fixture
def there(world: World) -> Iterator[ServerlessWorld]:
    with serverless_world(world) as words:
        yield words


def change(there: ServerlessWorld, **update: int) -> None:
    wish: Any = {"VariantName": "AllTraffic", "ServerlessUpdateConfig": update}
    there.world.sagemaker.update_endpoint_weights_and_capacities(EndpointName="e1", DesiredWeightsAndCapacities=[wish])


def sentence(limit: int, used: int, delta: int) -> str:
    return (
        "The account-level service limit 'Maximum total concurrency that can be allocated across all serverless "
        f"endpoints' is {limit} Invocations, with current utilization of {used} Invocations and a request delta of "
        f"{delta} Invocations."
    )


def test_an_endpoint_shows_its_serverless_config_and_no_instances(there: ServerlessWorld) -> None:
    there.given_endpoint(memory=4096, most=7)
    shown = there.variant()
    assert shown["CurrentServerlessConfig"] == shown["DesiredServerlessConfig"]
    assert shown["CurrentServerlessConfig"] == {"MemorySizeInMB": 4096, "MaxConcurrency": 7}
    assert (shown["CurrentInstanceCount"], shown["CurrentWeight"]) == (0, 1.0)


def test_one_that_is_being_made_has_no_instance_type(there: ServerlessWorld) -> None:
    there.world.given_model()
    there.world.given_config(ProductionVariants=[serverless(ProvisionedConcurrency=2)])
    there.world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    [pending] = there.world.describe()["PendingDeploymentSummary"]["ProductionVariants"]
    assert pending["DesiredServerlessConfig"]["ProvisionedConcurrency"] == 2
    assert "InstanceType" not in pending


def test_a_container_that_never_gets_healthy_fails_the_endpoint(there: ServerlessWorld) -> None:
    there.world.settings(images=[IMAGE], servers={IMAGE: {"command": ["false"]}})
    there.world.given_model(PrimaryContainer={"Image": IMAGE})
    there.world.given_config(ProductionVariants=[serverless()])
    there.world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    there.world.finish("e1", "Failed")
    assert "did not pass the ping health check" in there.world.describe()["FailureReason"]


def test_concurrency_changes_in_place_and_is_current_when_the_endpoint_rests(there: ServerlessWorld) -> None:
    there.given_endpoint(most=5)
    change(there, MaxConcurrency=9, ProvisionedConcurrency=2)
    shown = there.variant()
    assert shown["CurrentServerlessConfig"] == {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    assert shown["DesiredServerlessConfig"] == {
        "MemorySizeInMB": 2048,
        "MaxConcurrency": 9,
        "ProvisionedConcurrency": 2,
    }
    assert there.world.status("e1") == "Updating"
    there.world.finish("e1", "InService")
    shown = there.variant()
    assert shown["CurrentServerlessConfig"] == shown["DesiredServerlessConfig"]
    assert there.world.describe()["EndpointConfigName"] == "c1"


def test_concurrency_provisioned_in_place_is_warm_before_the_first_request(there: ServerlessWorld) -> None:
    there.given_endpoint(most=5)
    change(there, ProvisionedConcurrency=1)
    there.world.finish("e1", "InService")
    there.world.advance(10)
    there.world.until(lambda: there.starts() == 2, "the provisioned container to start")
    assert there.ask() == b"one(x)"


def test_a_change_in_place_that_fails_leaves_the_concurrency_as_it_was(there: ServerlessWorld) -> None:
    there.given_endpoint(most=5)
    there.world.next("e1", "RolledBack", failureReason="no room")
    change(there, MaxConcurrency=9)
    there.world.finish("e1", "InService", seconds=2000)
    shown = there.variant()
    assert shown["CurrentServerlessConfig"]["MaxConcurrency"] == 5
    assert shown["DesiredServerlessConfig"]["MaxConcurrency"] == 5


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"ServerlessUpdateConfig": {"MaxConcurrency": 201}}, "less than or equal to 200"),
        ({"ServerlessUpdateConfig": {"ProvisionedConcurrency": 6}}, "ProvisionedConcurrency (6) of variant AllTraffic"),
        ({"DesiredInstanceCount": 2}, "DesiredInstanceCount cannot be set for serverless variant AllTraffic"),
    ],
)
def test_changes_in_place_that_cannot_be_are_refused(there: ServerlessWorld, wish: dict[str, Any], words: str) -> None:
    there.given_endpoint(most=5)
    wishes: Any = [{"VariantName": "AllTraffic", **wish}]
    with refused("ValidationException", words):
        there.world.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="e1", DesiredWeightsAndCapacities=wishes
        )


def test_an_instance_variant_takes_no_serverless_update(world: World) -> None:
    world.given_endpoint()
    with refused("ValidationException", "ServerlessUpdateConfig cannot be set for variant AllTraffic on instances"):
        world.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="e1",
            DesiredWeightsAndCapacities=[
                {"VariantName": "AllTraffic", "ServerlessUpdateConfig": {"MaxConcurrency": 2}}
            ],
        )


def test_an_update_answers_from_the_old_container_until_the_new_one_takes_over_at_once(there: ServerlessWorld) -> None:
    there.given_endpoint(ProvisionedConcurrency=1)
    there.world.given_model("m2", PrimaryContainer={"Image": IMAGE, "Environment": {"NAME": "two"}})
    there.world.given_config("c2", ProductionVariants=[serverless(model="m2", memory=3072, ProvisionedConcurrency=1)])
    there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2", DeploymentConfig=CANARY)
    assert there.ask() == b"one(x)"
    there.world.finish("e1", "InService", seconds=500)  # guardrails would bake for longer
    assert there.ask() == b"two(x)"
    assert there.variant()["CurrentServerlessConfig"]["MemorySizeInMB"] == 3072


def test_an_update_whose_container_is_not_healthy_goes_back_without_a_break(there: ServerlessWorld) -> None:
    there.given_endpoint(ProvisionedConcurrency=1)
    there.world.settings(images=[IMAGE, f"{IMAGE}0"], servers={f"{IMAGE}0": {"command": ["false"]}})
    there.world.given_model("m2", PrimaryContainer={"Image": f"{IMAGE}0"})
    there.world.given_config("c2", ProductionVariants=[serverless(model="m2", most=9)])
    there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    assert there.ask() == b"one(x)"
    there.world.finish("e1", "InService")
    shown = there.world.describe()
    assert shown["EndpointConfigName"] == "c1"
    assert "did not pass the ping health check" in shown["FailureReason"]
    assert there.variant()["CurrentServerlessConfig"]["MaxConcurrency"] == 5
    assert there.ask() == b"one(x)"


def test_instances_cannot_become_serverless(world: World) -> None:
    world.given_endpoint()
    world.given_config("c2", ProductionVariants=[serverless()])
    with refused("ValidationException", "One or more endpoint features are not supported using this configuration"):
        world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    assert world.status("e1") == "InService"


def test_serverless_becomes_instances_and_never_goes_back(there: ServerlessWorld) -> None:
    there.given_endpoint()
    there.world.given_config("c2", count=2)
    there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2", RetainAllVariantProperties=True)
    there.world.finish("e1", "InService")
    shown = there.variant()
    assert (shown["CurrentInstanceCount"], "CurrentServerlessConfig" in shown) == (2, False)
    assert there.ask() == b"one(x)"
    with refused("ValidationException", "cannot become serverless"):
        there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c1")


def test_all_serverless_endpoints_share_one_concurrency(world: World) -> None:
    world.settings(quotas={"serverless/concurrency": 10})
    world.given_model()
    world.given_config(ProductionVariants=[serverless(most=6)])
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    with refused("ResourceLimitExceeded", sentence(10, 6, 6), status=400):
        world.sagemaker.create_endpoint(EndpointName="e2", EndpointConfigName="c1")
    world.finish("e1", "InService")
    wish: Any = [{"VariantName": "AllTraffic", "ServerlessUpdateConfig": {"MaxConcurrency": 11}}]
    with refused("ResourceLimitExceeded", sentence(10, 6, 5)):
        world.sagemaker.update_endpoint_weights_and_capacities(EndpointName="e1", DesiredWeightsAndCapacities=wish)
    world.given_config("c2", ProductionVariants=[serverless(most=12)])
    with refused("ResourceLimitExceeded", sentence(10, 6, 6)):
        world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    world.given_config("c3", ProductionVariants=[serverless(most=10)])
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c3")


def test_there_are_only_so_many_serverless_endpoints(world: World) -> None:
    world.settings(quotas={"serverless/endpoints": 1})
    world.given_model()
    world.given_config(ProductionVariants=[serverless(most=1)])
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    with refused("ResourceLimitExceeded", "'Maximum number of serverless endpoints' is 1 Endpoints"):
        world.sagemaker.create_endpoint(EndpointName="e2", EndpointConfigName="c1")
    world.given_config("c2")
    world.sagemaker.create_endpoint(EndpointName="on-instances", EndpointConfigName="c2")


def test_service_quotas_answers_both(world: World) -> None:
    world.settings(quotas={"serverless/concurrency": 10})
    client = world.client("service-quotas")
    pages = client.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
    values = {quota["QuotaName"]: quota["Value"] for page in pages for quota in page["Quotas"]}
    client.close()
    assert values["Maximum total concurrency that can be allocated across all serverless endpoints"] == 10.0
    assert values["Maximum number of serverless endpoints"] == Settings().quota("serverless/endpoints") == 50
