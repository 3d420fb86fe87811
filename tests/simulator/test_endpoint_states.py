"""The states of an endpoint, as DescribeEndpoint shows them to a client of AWS."""

from typing import Any

import pytest
from botocore.exceptions import WaiterError

from tests.simulator.world import ECR, NULL_IMAGE, World, refused, variant

ARN = "arn:aws:sagemaker:us-east-1:123456789012"


def test_a_new_endpoint_is_creating_until_its_simulated_time_is_over_then_in_service(world: World) -> None:
    world.given_model()
    world.given_config()
    created = world.sagemaker.create_endpoint(EndpointName="E1", EndpointConfigName="c1")
    assert created["EndpointArn"] == f"{ARN}:endpoint/e1"

    described = world.describe("E1")
    assert (described["EndpointStatus"], described["EndpointName"]) == ("Creating", "E1")
    assert "ProductionVariants" not in described
    pending = described["PendingDeploymentSummary"]
    assert pending["EndpointConfigName"] == "c1"
    assert pending["ProductionVariants"][0]["DesiredInstanceCount"] == 1

    world.advance(170)
    assert world.status("E1") == "Creating"
    world.finish("E1", "InService", seconds=131)
    described = world.describe("E1")
    assert "PendingDeploymentSummary" not in described
    assert "FailureReason" not in described
    assert described["LastModifiedTime"] > described["CreationTime"]
    [shown] = described["ProductionVariants"]
    assert (shown["CurrentInstanceCount"], shown["CurrentWeight"]) == (1, 1.0)
    [image] = shown["DeployedImages"]
    assert image["SpecifiedImage"] == NULL_IMAGE
    assert image["ResolvedImage"].startswith(f"{ECR}/sim-null@sha256:")


def test_boto3s_waiters_see_an_endpoint_come_and_go(world: World) -> None:
    world.given_model()
    world.given_config()
    world.do("POST", "/clock", {"scale": 2000})
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.sagemaker.get_waiter("endpoint_in_service").wait(
        EndpointName="e1", WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )
    world.sagemaker.delete_endpoint(EndpointName="e1")
    world.sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="e1", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    with refused("ValidationException", f'Could not find endpoint "{ARN}:endpoint/e1".'):
        world.sagemaker.describe_endpoint(EndpointName="e1")


def test_an_image_that_ecr_lacks_makes_the_endpoint_fail_late_and_only_deletion_is_left(world: World) -> None:
    world.given_model(image=f"{ECR}/absent:1")
    world.given_config()
    world.given_config("c2")
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.advance(500)
    assert world.status("e1") == "Creating"
    world.finish("e1", "Failed", seconds=221)
    assert world.describe()["FailureReason"].startswith(
        "Please make sure all images included in the model for the production variant AllTraffic exist"
    )
    with pytest.raises(WaiterError):
        world.sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="e1", WaiterConfig={"Delay": 1})
    with refused("ValidationException", f'"{ARN}:endpoint/e1"'):
        world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    world.sagemaker.delete_endpoint(EndpointName="e1")
    world.finish_deletion("e1")


def test_an_artifact_that_is_not_in_s3_makes_the_endpoint_fail(world: World) -> None:
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
    world.given_model(PrimaryContainer={"Image": image, "ModelDataUrl": "s3://nobody/model.tar.gz"})
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "Failed")
    reason = world.describe()["FailureReason"]
    assert "Failed to download model data" in reason
    assert "s3://nobody/model.tar.gz" in reason


@pytest.mark.parametrize("state", ["Creating", "Updating", "Deleting"])
def test_nothing_may_be_changed_while_a_transition_is_under_way(world: World, state: str) -> None:
    world.given_endpoint()
    world.given_config("c2")
    if state == "Creating":
        world.sagemaker.create_endpoint(EndpointName="e2", EndpointConfigName="c1")
    elif state == "Updating":
        world.sagemaker.create_endpoint(EndpointName="e2", EndpointConfigName="c1")
        world.finish("e2", "InService")
        world.sagemaker.update_endpoint(EndpointName="e2", EndpointConfigName="c2")
    else:
        world.sagemaker.create_endpoint(EndpointName="e2", EndpointConfigName="c1")
        world.finish("e2", "InService")
        world.sagemaker.delete_endpoint(EndpointName="e2")
    assert world.status("e2") == state
    sentence = f'Cannot update in-progress endpoint "{ARN}:endpoint/e2".'
    with refused("ValidationException", sentence, status=400):
        world.sagemaker.update_endpoint(EndpointName="e2", EndpointConfigName="c2")
    with refused("ValidationException", sentence):
        world.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="e2", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredWeight": 2}]
        )
    with refused("ValidationException", sentence):
        world.sagemaker.delete_endpoint(EndpointName="e2")


def test_an_update_keeps_the_old_config_until_the_new_one_serves(world: World) -> None:
    world.given_endpoint()
    world.given_config("c2", count=3)
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    during = world.describe()
    assert (during["EndpointStatus"], during["EndpointConfigName"]) == ("Updating", "c1")
    assert during["PendingDeploymentSummary"]["EndpointConfigName"] == "c2"
    assert world.runtime.invoke_endpoint(EndpointName="e1", Body=b"1")["InvokedProductionVariant"] == "AllTraffic"
    world.finish("e1", "InService")
    after = world.describe()
    assert after["EndpointConfigName"] == "c2"
    assert after["ProductionVariants"][0]["CurrentInstanceCount"] == 3
    assert "PendingDeploymentSummary" not in after


def test_the_waits_of_a_deployment_make_the_update_longer(world: World) -> None:
    world.given_endpoint()
    world.given_config("c2")
    policy: Any = {
        "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 600},
        "TerminationWaitInSeconds": 300,
    }
    world.sagemaker.update_endpoint(
        EndpointName="e1",
        EndpointConfigName="c2",
        DeploymentConfig={"BlueGreenUpdatePolicy": policy},
    )
    world.advance(1130)
    assert world.status("e1") == "Updating"
    world.finish("e1", "InService", seconds=131)


def test_an_update_whose_container_never_serves_rolls_back_silently(world: World) -> None:
    world.given_endpoint()
    world.given_model("m2", image=f"{ECR}/absent:1")
    world.given_config("c2", model="m2")
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    world.finish("e1", "InService")
    after = world.describe()
    assert after["EndpointConfigName"] == "c1"
    assert "Please make sure all images" in after["FailureReason"]
    world.given_config("c3")
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c3")
    world.finish("e1", "InService")
    assert "FailureReason" not in world.describe()


def test_an_update_is_refused_when_the_current_config_was_deleted(world: World) -> None:
    world.given_endpoint()
    world.given_config("c2")
    world.sagemaker.delete_endpoint_config(EndpointConfigName="c1")
    with refused("ValidationException", f'Could not find endpoint configuration "{ARN}:endpoint-config/c1".'):
        world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")


def test_an_update_to_the_config_that_is_there_is_refused(world: World) -> None:
    world.given_endpoint()
    with refused("ValidationException", f"{ARN}:endpoint-config/c1"):
        world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c1")


def test_an_update_puts_counts_and_weights_back_unless_they_are_retained(world: World) -> None:
    world.given_endpoint()
    for number in (2, 3, 4):
        world.given_config(f"c{number}")
    world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="e1",
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 4, "DesiredWeight": 0.5}],
    )
    world.finish("e1", "InService")

    def after_update(config: str, **flags: object) -> tuple[int, float]:
        world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName=config, **flags)  # type: ignore[arg-type]
        world.finish("e1", "InService")
        [shown] = world.describe()["ProductionVariants"]
        return shown["CurrentInstanceCount"], shown["CurrentWeight"]

    assert after_update("c2", RetainAllVariantProperties=True) == (4, 0.5)
    excluded = [{"VariantPropertyType": "DesiredWeight"}]
    assert after_update("c3", RetainAllVariantProperties=True, ExcludeRetainedVariantProperties=excluded) == (4, 1.0)
    assert after_update("c4") == (1, 1.0)


def test_new_weights_and_counts_are_desired_at_once_and_current_later(world: World) -> None:
    world.given_model()
    world.given_config(ProductionVariants=[variant("blue"), variant("green", InitialVariantWeight=0.1)])
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "InService")
    world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="e1",
        DesiredWeightsAndCapacities=[
            {"VariantName": "blue", "DesiredInstanceCount": 2},
            {"VariantName": "green", "DesiredWeight": 0.7},
        ],
    )
    during = world.describe()
    assert during["EndpointStatus"] == "Updating"
    assert "PendingDeploymentSummary" not in during
    blue, green = during["ProductionVariants"]
    assert (blue["CurrentInstanceCount"], blue["DesiredInstanceCount"], blue["DesiredWeight"]) == (1, 2, 1.0)
    # Single precision, as SageMaker stores weights.
    assert (green["CurrentWeight"], green["DesiredWeight"]) == (0.10000000149011612, 0.699999988079071)
    world.finish("e1", "InService", seconds=121)
    blue, green = world.describe()["ProductionVariants"]
    assert (blue["CurrentInstanceCount"], green["CurrentWeight"]) == (2, 0.699999988079071)


def test_weights_of_unknown_or_repeated_variants_are_refused(world: World) -> None:
    world.given_endpoint()
    for names, fragment in ((["x"], 'name(s) "x" is/are not present'), (["AllTraffic"] * 2, "non-unique")):
        with refused("ValidationException", fragment):
            world.sagemaker.update_endpoint_weights_and_capacities(
                EndpointName="e1",
                DesiredWeightsAndCapacities=[{"VariantName": name, "DesiredWeight": 1} for name in names],
            )


def test_create_again_is_refused_whatever_the_case_of_the_name(world: World) -> None:
    world.given_endpoint("Churn")
    with refused("ValidationException", f'Cannot create already existing endpoint "{ARN}:endpoint/churn".', status=400):
        world.sagemaker.create_endpoint(EndpointName="chURN", EndpointConfigName="c1")
    with refused("ValidationException", f'Cannot create already existing model "{ARN}:model/m1".'):
        world.given_model()
    with refused(
        "ValidationException", f'Cannot create already existing endpoint configuration "{ARN}:endpoint-config/c1".'
    ):
        world.given_config()


def test_models_and_configs_may_be_deleted_while_in_use(world: World) -> None:
    world.given_endpoint()
    world.sagemaker.delete_endpoint_config(EndpointConfigName="c1")
    world.sagemaker.delete_model(ModelName="m1")
    assert world.status("e1") == "InService"
    with refused("ValidationException", f'Could not find model "{ARN}:model/m1".'):
        world.sagemaker.delete_model(ModelName="m1")
    with refused("ValidationException", f'Could not find endpoint configuration "{ARN}:endpoint-config/c1".'):
        world.sagemaker.delete_endpoint_config(EndpointConfigName="c1")


def test_what_an_endpoint_needs_must_be_there(world: World) -> None:
    world.given_model()
    with refused("ValidationException", f'Could not find endpoint configuration "{ARN}:endpoint-config/nope".'):
        world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="nope")
    with refused("ValidationException", f'Could not find model "{ARN}:model/nope".'):
        world.given_config(model="nope")
    world.given_config()
    world.sagemaker.delete_model(ModelName="m1")
    with refused("ValidationException", f'Could not find model "{ARN}:model/m1".'):
        world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
