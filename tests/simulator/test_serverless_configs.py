"""What CreateEndpointConfig takes of a serverless variant, and what it refuses."""

from typing import Any

import pytest

from tests.simulator.serverless_world import serverless
from tests.simulator.world import ECR, NULL_IMAGE, World, refused, variant

CAPTURE = {
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://b/c",
    "CaptureOptions": [{"CaptureMode": "Input"}],
}
VPC = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}


def test_a_config_is_given_back_as_it_was_asked_for(world: World) -> None:
    world.given_model()
    world.given_config(ProductionVariants=[serverless(memory=6144, most=200, ProvisionedConcurrency=200)])
    [shown] = world.sagemaker.describe_endpoint_config(EndpointConfigName="c1")["ProductionVariants"]
    assert shown["ServerlessConfig"] == {"MemorySizeInMB": 6144, "MaxConcurrency": 200, "ProvisionedConcurrency": 200}
    assert "InstanceType" not in shown


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (serverless(memory=3000), "MemorySizeInMB of variant AllTraffic must be one of 1024, 2048, 3072, 4096"),
        (serverless(memory=7168), "Member must have value less than or equal to 6144"),
        (serverless(most=201), "Member must have value less than or equal to 200"),
        (serverless(most=2, ProvisionedConcurrency=3), "ProvisionedConcurrency (3) of variant AllTraffic must be less"),
        ({**serverless(), "InstanceType": "ml.m5.large"}, "cannot be combined with InstanceType"),
        ({**serverless(), "InitialInstanceCount": 1}, "cannot be combined with InitialInstanceCount"),
    ],
)
def test_sizes_that_cannot_be_are_refused(world: World, asked: dict[str, Any], sentence: str) -> None:
    world.given_model()
    with refused("ValidationException", sentence):
        world.given_config(ProductionVariants=[asked])


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ({"ProductionVariants": [serverless(), variant("other")]}, "several production variants"),
        ({"ShadowProductionVariants": [variant("shadow")]}, "shadow variants"),
        (
            {
                "ProductionVariants": [variant()],
                "ShadowProductionVariants": [{**serverless(), "VariantName": "shadow"}],
            },
            "shadow variants",
        ),
        ({"DataCaptureConfig": CAPTURE}, "data capture (DataCaptureConfig)"),
        ({"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://b/o"}}}, "asynchronous inference"),
        ({"VpcConfig": VPC}, "a VPC (VpcConfig)"),
        ({"EnableNetworkIsolation": True}, "network isolation (EnableNetworkIsolation)"),
    ],
)
def test_what_serverless_excludes_in_a_config_is_refused_by_name(
    world: World, members: dict[str, Any], what: str
) -> None:
    world.given_model()
    with refused("ValidationException", f"Serverless endpoints do not support {what}"):
        world.given_config(**{"ProductionVariants": [serverless()], **members})


@pytest.mark.parametrize(
    ("model", "what"),
    [
        ({"VpcConfig": VPC}, "a VPC"),
        ({"EnableNetworkIsolation": True}, "network isolation"),
        (
            {"PrimaryContainer": {"Image": NULL_IMAGE, "Mode": "MultiModel", "ModelDataUrl": "s3://b/p/"}},
            "multi-model containers",
        ),
        (
            {"PrimaryContainer": {"Image": NULL_IMAGE, "ImageConfig": {"RepositoryAccessMode": "Vpc"}}},
            "images of private registries",
        ),
        (
            {
                "PrimaryContainer": {
                    "Image": f"{ECR}/contract:1",
                    "ModelDataSource": {
                        "S3DataSource": {
                            "S3Uri": "s3://b/p/",
                            "S3DataType": "S3Prefix",
                            "CompressionType": "None",
                        }
                    },
                }
            },
            "uncompressed model data",
        ),
    ],
)
def test_models_that_serverless_excludes_are_refused_with_the_config(
    world: World, model: dict[str, Any], what: str
) -> None:
    world.given_model(**model)
    with refused("ValidationException", f"Serverless endpoints do not support {what}"):
        world.given_config(ProductionVariants=[serverless()])


def test_a_model_of_several_containers_is_refused_with_the_config(world: World) -> None:
    role = world.given_role()
    containers: Any = [{"Image": NULL_IMAGE, "ContainerHostname": name} for name in ("a", "b")]
    world.sagemaker.create_model(ModelName="m1", ExecutionRoleArn=role, Containers=containers)
    with refused("ValidationException", "do not support models of several containers"):
        world.given_config(ProductionVariants=[serverless()])
