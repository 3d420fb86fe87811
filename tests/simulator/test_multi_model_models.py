"""What CreateModel and CreateEndpointConfig take of containers in mode MultiModel."""

from typing import Any

import pytest

from tests.simulator.multi_model_world import PREFIX, ask, given_archive, given_null_endpoint, many_models
from tests.simulator.world import NULL_IMAGE, ROLE, World, refused, variant


def test_a_model_of_many_models_is_described_as_it_was_asked_for(world: World) -> None:
    container = many_models(NULL_IMAGE, cache="Disabled")
    world.given_role()
    world.sagemaker.create_model(ModelName="m1", ExecutionRoleArn=ROLE, PrimaryContainer=container)
    world.sagemaker.create_model(ModelName="m2", ExecutionRoleArn=ROLE, Containers=[container])
    shown = world.sagemaker.describe_model(ModelName="m1")["PrimaryContainer"]
    assert [shown] == world.sagemaker.describe_model(ModelName="m2")["Containers"]
    assert shown == {
        "Image": NULL_IMAGE,
        "Mode": "MultiModel",
        "ModelDataUrl": PREFIX,
        "Environment": {},
        "MultiModelConfig": {"ModelCacheSetting": "Disabled"},
    }


SOURCE = {"S3DataSource": {"S3Uri": PREFIX, "S3DataType": "S3Prefix", "CompressionType": "None"}}


@pytest.mark.parametrize(
    ("container", "why"),
    [
        ({"Image": NULL_IMAGE, "Mode": "MultiModel"}, "ModelDataUrl must be specified"),
        ({"Image": NULL_IMAGE, "Mode": "MultiModel", "ModelDataSource": SOURCE}, "ModelDataSource is not supported"),
        ({"Mode": "MultiModel", "ModelPackageName": "p", "ModelDataUrl": PREFIX}, "ModelPackageName is not supported"),
        ({"Image": NULL_IMAGE, "MultiModelConfig": {"ModelCacheSetting": "Enabled"}}, "MultiModelConfig can only"),
        (
            {
                "Image": NULL_IMAGE,
                "Mode": "MultiModel",
                "ModelDataUrl": PREFIX,
                "MultiModelConfig": {"ModelCacheSetting": "No"},
            },
            "Enabled",
        ),
    ],
)
def test_a_container_whose_mode_does_not_fit_its_models_is_refused(
    world: World, container: dict[str, Any], why: str
) -> None:
    with refused("ValidationException", why, status=400):
        world.given_model(PrimaryContainer=container)


CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://captured/",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}
POOL = {"VariantName": "AllTraffic", "ModelName": "m1", "InitialInstanceCount": 1}


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({"DataCaptureConfig": CAPTURE}, "Data capture is not supported"),
        ({"ShadowProductionVariants": [variant("shadow")]}, "A shadow variant is not supported"),
        (
            {"ProductionVariants": [{**POOL, "InstancePools": [{"InstanceType": "ml.m5.large", "Priority": 1}]}]},
            "Instance pools is not supported",
        ),
        (
            {"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://b/out"}}},
            "AsyncInferenceConfig cannot be combined with multi-model containers",
        ),
        (
            {
                "ProductionVariants": [
                    {
                        "VariantName": "AllTraffic",
                        "ModelName": "m1",
                        "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1},
                    }
                ]
            },
            "Serverless endpoints do not support multi-model containers",
        ),
    ],
)
def test_what_multi_model_endpoints_do_not_have_is_refused_with_the_config(
    world: World, config: dict[str, Any], why: str
) -> None:
    world.given_model(PrimaryContainer=many_models(NULL_IMAGE))
    with refused("ValidationException", why, status=400):
        world.given_config(**config)


def test_several_variants_may_have_a_prefix_each(world: World) -> None:
    given_null_endpoint(world, ProductionVariants=[variant("blue"), variant("green")])
    given_archive(world, "a.tar.gz")
    for name in ("blue", "green"):
        assert b"sim-null" in ask(world, "a.tar.gz", TargetVariant=name)
