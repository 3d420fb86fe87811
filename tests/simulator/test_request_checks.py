"""Requests held to SageMaker's own model: what botocore lets pass, SageMaker refuses."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.simulator.world import ECR, ROLE, World, refused, variant


@pytest.mark.parametrize(
    ("name", "constraint"),
    [
        ("bad_name", "Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"),
        ("x" * 64, "Member must have length less than or equal to 63"),
    ],
)
def test_a_bad_name_is_refused_in_awss_words(world: World, name: str, constraint: str) -> None:
    with refused(
        "ValidationException",
        "validation error",
        f"Value '{name}' at 'endpointName' failed to satisfy constraint: {constraint}",
        status=400,
    ):
        world.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName="c1")


def test_every_failed_constraint_is_named_with_its_place(world: World) -> None:
    bad = variant(instance="ml.nope.large", VolumeSizeInGB=513)
    with refused(
        "ValidationException",
        "2 validation errors detected: ",
        "Value 'ml.nope.large' at 'productionVariants.1.member.instanceType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [",
        "Value '513' at 'productionVariants.1.member.volumeSizeInGB' failed to satisfy constraint: "
        "Member must have value less than or equal to 512",
    ):
        world.given_config(ProductionVariants=[bad])


def test_a_missing_member_is_refused(world: World) -> None:
    status, answer = raw_sagemaker_call(world, "CreateEndpoint", b'{"EndpointName": "e1"}')
    assert status == 400
    assert answer["__type"] == "ValidationException"
    assert "Value null at 'endpointConfigName' failed to satisfy constraint: Member must not be null" in str(answer)


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"EndpointName": 5, "EndpointConfigName": "c"}'])
def test_a_body_of_another_shape_is_a_serialization_exception(world: World, body: bytes) -> None:
    status, answer = raw_sagemaker_call(world, "CreateEndpoint", body)
    assert (status, answer["__type"]) == (400, "SerializationException")


def test_an_unsigned_call_is_refused(world: World) -> None:
    status, answer = raw_sagemaker_call(world, "ListModels", b"{}", signed=False)
    assert (status, answer["__type"]) == (403, "MissingAuthenticationTokenException")


def test_an_operation_that_is_not_modelled_is_a_501_that_names_it_and_is_not_retried(world: World) -> None:
    client = world.client("sagemaker", config=None)
    before = len(world.calls())
    with refused("NotImplemented", "simulator: sagemaker ListInferenceComponents is not modelled", status=501):
        client.list_inference_components()
    client.close()
    assert len(world.calls()) == before + 1


def test_a_service_that_is_not_modelled_is_a_501_that_names_it(world: World) -> None:
    kinesis = world.client("kinesis")
    with refused("NotImplemented", "simulator: kinesis ListStreams is not modelled", status=501):
        kinesis.list_streams()
    kinesis.close()


@pytest.mark.parametrize(
    ("config", "what"),
    [
        ({"VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}}, "endpoint configs in a VPC"),
        ({"EnableNetworkIsolation": True}, "network isolation"),
    ],
)  # fmt: skip
def test_a_config_is_given_back_whole_and_what_nothing_acts_on_is_refused_at_create_endpoint(
    world: World, config: dict[str, Any], what: str
) -> None:
    world.given_model()
    world.given_config(**config)
    described: dict[str, Any] = dict(world.sagemaker.describe_endpoint_config(EndpointConfigName="c1"))
    for member, value in config.items():
        if isinstance(value, list):
            assert [{**shown, **asked} for shown, asked in zip(described[member], value, strict=True)] == described[
                member
            ]
        else:
            assert described[member] == value
    with refused("NotImplemented", f"simulator: {what}", "not modelled yet", status=501):
        world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    assert world.status("e1") is None


@pytest.mark.parametrize(
    ("model", "what"),
    [
        (
            {
                "Containers": [
                    {"Image": "a", "Mode": "MultiModel", "ModelDataUrl": "s3://b/p/"},
                    {"Image": "a"},
                ]
            },
            "multi-model containers in inference pipelines",
        ),
        (
            {"PrimaryContainer": {"Image": "a", "Mode": "MultiModel", "ModelDataUrl": "https://b/p/"}},
            "no s3:// URL",
        ),
    ],
)
def test_a_model_that_nothing_can_run_yet_is_refused_at_create_endpoint(
    world: World, model: dict[str, object], what: str
) -> None:
    world.given_role()
    world.sagemaker.create_model(ModelName="m1", ExecutionRoleArn=ROLE, **model)  # type: ignore[arg-type]
    world.given_config()
    with refused("NotImplemented", what, "not modelled", status=501):
        world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")


@pytest.mark.parametrize(
    ("trust", "role"),
    [
        ({"Statement": []}, "arn:aws:iam::123456789012:role/untrusting"),
        (None, "arn:aws:iam::123456789012:role/absent"),
        (
            {"Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ]},
            "arn:aws:iam::123456789012:role/untrusting",
        ),
    ],
)  # fmt: skip
def test_a_role_that_sagemaker_cannot_assume_is_refused(world: World, trust: object, role: str) -> None:
    if trust is not None:
        world.given_role("untrusting", {"Version": "2012-10-17", **trust})  # type: ignore[dict-item]
    with refused(
        "ValidationException",
        f"Could not assume role {role}. Please ensure that the role exists and allows principal "
        "'sagemaker.amazonaws.com' to assume the role.",
    ):
        world.sagemaker.create_model(ModelName="m1", PrimaryContainer={"Image": "a"}, ExecutionRoleArn=role)


def test_an_environment_above_32_kilobytes_is_refused(world: World) -> None:
    environment = {f"K{number:02}": "v" * 1021 for number in range(32)}
    world.given_model(PrimaryContainer={"Image": "a", "Environment": environment})
    with refused("ValidationException", "Environment"):
        world.given_model("m2", PrimaryContainer={"Image": "a", "Environment": {**environment, "ONE_MORE": ""}})


def test_a_model_is_given_back_whole_with_the_defaults_that_sagemaker_shows(world: World) -> None:
    container = {
        "Image": f"{ECR}/churn:1",
        "ContainerHostname": "main",
        "ModelDataUrl": "s3://models/churn.tar.gz",
        "Environment": {"A": "1"},
    }
    vpc = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
    world.given_model(PrimaryContainer=container, VpcConfig=vpc)
    described = world.sagemaker.describe_model(ModelName="m1")
    assert described["PrimaryContainer"] == {"Mode": "SingleModel", **container}
    assert described["VpcConfig"] == vpc
    assert described["EnableNetworkIsolation"] is False
    assert "Containers" not in described
    world.given_config(ProductionVariants=[variant(VolumeSizeInGB=10)])
    [shown] = world.sagemaker.describe_endpoint_config(EndpointConfigName="c1")["ProductionVariants"]
    assert shown == {**variant(VolumeSizeInGB=10), "InitialVariantWeight": 1.0}


def raw_sagemaker_call(
    world: World, operation: str, body: bytes, *, signed: bool = True
) -> tuple[int, dict[str, object]]:
    """Send what botocore would refuse to send."""
    headers = {"X-Amz-Target": f"SageMaker.{operation}", "Content-Type": "application/x-amz-json-1.1"}
    if signed:
        headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/sagemaker/aws4_request"
    request = urllib.request.Request(f"{world.url}/", data=body, headers=headers, method="POST")  # noqa: S310
    with pytest.raises(urllib.error.HTTPError) as caught, urllib.request.urlopen(request, timeout=10):  # noqa: S310
        pass
    with caught.value as answer:
        return answer.code, json.loads(answer.read())
