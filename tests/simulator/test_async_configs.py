"""AsyncInferenceConfig in endpoint configs: kept, described, and refused where SageMaker takes none."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config

from tests.simulator.async_world import AsyncWorld, asynchronous
from tests.simulator.test_data_capture import CAPTURE
from tests.simulator.world import NULL_IMAGE, World, refused, variant


@pytest.fixture
def there(world: World) -> Iterator[AsyncWorld]:
    with asynchronous(world) as words:
        words.world.given_model()
        yield words


def create(there: AsyncWorld, **members: Any) -> None:
    """Ask for a config c1; the client itself refuses nothing."""
    asked = {"ProductionVariants": [variant()], "AsyncInferenceConfig": there.config()} | members
    unchecked = there.world.client("sagemaker", config=Config(parameter_validation=False))
    unchecked.create_endpoint_config(EndpointConfigName="c1", **asked)
    unchecked.close()


def test_the_config_is_given_back_whole_and_an_endpoint_shows_it(there: AsyncWorld) -> None:
    create(there)
    config = there.world.sagemaker.describe_endpoint_config(EndpointConfigName="c1")
    assert config["AsyncInferenceConfig"] == there.config()
    there.world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    assert "AsyncInferenceConfig" not in there.world.describe()
    there.world.finish("e1", "InService")
    assert there.world.describe()["AsyncInferenceConfig"] == there.config()


@pytest.mark.parametrize(
    ("members", "fragment"),
    [
        ({"ProductionVariants": [variant("a"), variant("b")]}, "more than one production variant"),
        ({"ShadowProductionVariants": [variant("shadow")]}, "shadow variants"),
        ({"DataCaptureConfig": CAPTURE}, "data capture"),
    ],
)
def test_what_excludes_asynchronous_inference_is_refused(
    there: AsyncWorld, members: dict[str, Any], fragment: str
) -> None:
    with refused("ValidationException", "AsyncInferenceConfig cannot be combined with", fragment):
        create(there, **members)


def test_models_of_several_containers_and_of_many_models_are_refused(there: AsyncWorld) -> None:
    there.world.sagemaker.create_model(
        ModelName="several", Containers=[{"Image": NULL_IMAGE}, {"Image": NULL_IMAGE}], ExecutionRoleArn=there.role
    )
    with refused("ValidationException", "models of several containers (several)"):
        create(there, ProductionVariants=[variant(model="several")])
    multi: Any = {"Image": NULL_IMAGE, "Mode": "MultiModel", "ModelDataUrl": "s3://b/models/"}
    there.world.sagemaker.create_model(ModelName="multi", PrimaryContainer=multi, ExecutionRoleArn=there.role)
    with refused("ValidationException", "multi-model containers (multi)"):
        create(there, ProductionVariants=[variant(model="multi")])


@pytest.mark.parametrize(
    ("config", "fragment"),
    [
        ({"concurrency": 0}, "greater than or equal to 1"),
        ({"concurrency": 1001}, "less than or equal to 1000"),
        ({"S3OutputPath": "s3://" + "b" * 508}, "less than or equal to 512"),
        ({"NotificationConfig": {"SuccessTopic": "done"}}, "successTopic"),
        ({"included": ("EVERYWHERE",)}, "SUCCESS_NOTIFICATION_TOPIC"),
    ],
)
def test_bounds_are_sagemakers(there: AsyncWorld, config: dict[str, Any], fragment: str) -> None:
    with refused("ValidationException", fragment):
        create(there, AsyncInferenceConfig=there.config(**config))


@pytest.mark.parametrize("output", [{"S3OutputPath": None}, {"S3OutputPath": "https://b.s3.amazonaws.com/x"}])
def test_an_endpoint_whose_output_goes_elsewhere_is_not_modelled(there: AsyncWorld, output: dict[str, Any]) -> None:
    create(there, AsyncInferenceConfig=there.config(**output))
    with refused("NotImplemented", "S3OutputPath", status=501):
        there.world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")


def test_an_update_cannot_take_the_config_away_and_may_change_it(there: AsyncWorld) -> None:
    create(there)
    there.world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    there.world.finish("e1", "InService")
    there.world.given_config("plain")
    with refused("ValidationException", "The AsyncInferenceConfig parameter cannot be removed from this endpoint"):
        there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="plain")
    there.given_config("c2", concurrency=7)
    there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    there.world.finish("e1", "InService")
    assert there.world.describe()["AsyncInferenceConfig"] == there.config(concurrency=7)


def test_an_update_that_makes_an_endpoint_asynchronous_is_not_modelled(there: AsyncWorld) -> None:
    there.world.given_config("plain")
    there.world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="plain")
    there.world.finish("e1", "InService")
    create(there)
    with refused("NotImplemented", "makes an endpoint asynchronous", status=501):
        there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c1")


def test_only_an_asynchronous_endpoint_goes_down_to_no_instance(there: AsyncWorld) -> None:
    there.world.given_config("plain")
    there.world.sagemaker.create_endpoint(EndpointName="plain", EndpointConfigName="plain")
    there.world.finish("plain", "InService")
    nothing: Any = [{"VariantName": "AllTraffic", "DesiredInstanceCount": 0}]
    with refused("ValidationException", "must be at least 1"):
        there.world.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="plain", DesiredWeightsAndCapacities=nothing
        )
    with refused("ValidationException", "initialInstanceCount", "greater than or equal to 1"):
        create(there, ProductionVariants=[variant(count=0)])
