"""--verify-signatures and --enforce-policy, as a client sees them."""

import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config

from sagemaker_simulator.access.policy import BadPolicy, policy_of
from tests.simulator.running import RunningSimulator
from tests.simulator.world import ROLE, World, refused

ROOT = {"aws_access_key_id": "ROOTKEY", "aws_secret_access_key": "root/secret"}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["sagemaker:Describe*", "sagemaker:List*", "tag:GetResources"], "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": ["sagemaker:CreateModel", "sagemaker:AddTags"],
            "Resource": "arn:aws:sagemaker:*:*:model/ml-*",
            "Condition": {"StringEquals": {"aws:RequestTag/managed-by": "operator"}},
        },
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE,
         "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}},
        {"Effect": "Allow", "Action": "sagemaker:DeleteModel", "Resource": "*",
         "Condition": {"StringLike": {"aws:ResourceTag/managed-by": "op*"}}},
        {"Effect": "Deny", "Action": "sagemaker:*", "Resource": "arn:aws:sagemaker:*:*:model/ml-secret"},
    ],
}  # fmt: skip
MANAGED = [{"Key": "managed-by", "Value": "operator"}]


@pytest.fixture
def signed_world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ROOT["aws_access_key_id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ROOT["aws_secret_access_key"])
    yield from started(RunningSimulator(settings={}, verify_signatures=True))


@pytest.fixture
def policed_world() -> Iterator[World]:
    yield from started(RunningSimulator(settings={}, policy=policy_of(POLICY)))


def started(simulator: RunningSimulator) -> Iterator[World]:
    simulator.start()
    world = World(simulator.url)
    yield world
    world.close()
    simulator.stop()


def test_only_keys_that_iam_gave_out_are_taken_and_only_with_their_secret(signed_world: World) -> None:
    with refused("UnrecognizedClientException", status=403):
        signed_world.sagemaker.list_models()
    with refused("InvalidAccessKeyId", status=403):
        signed_world.s3.list_buckets()
    with refused("InvalidClientTokenId", status=403):
        signed_world.iam.list_users()
    iam = signed_world.client("iam", **ROOT)
    iam.create_user(UserName="operator")
    key = iam.create_access_key(UserName="operator")["AccessKey"]
    iam.close()
    good = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    wrong = {**good, "aws_secret_access_key": "wrong"}
    expected = {
        "sagemaker": ("InvalidSignatureException", lambda client: client.list_models(NameContains="a")),
        "s3": ("SignatureDoesNotMatch", lambda client: client.create_bucket(Bucket="models")),
        "sts": ("SignatureDoesNotMatch", lambda client: client.get_caller_identity()),
        "sqs": ("InvalidSignatureException", lambda client: client.create_queue(QueueName="q")),
        "resourcegroupstaggingapi": ("InvalidSignatureException", lambda client: client.get_resources()),
    }
    for service, (code, call) in expected.items():
        with_key(signed_world, service, good, call)
        with refused(code, "The request signature we calculated does not match", status=403):
            with_key(signed_world, service, wrong, call)


def test_paths_bodies_and_presigned_urls_are_verified_too(signed_world: World) -> None:
    s3 = signed_world.client("s3", **ROOT)
    s3.create_bucket(Bucket="models")
    s3.put_object(Bucket="models", Key="a b/ü+%=", Body=b"1")
    assert s3.list_objects_v2(Bucket="models", Prefix="a b/ü+")["KeyCount"] == 1
    modern = signed_world.client("s3", **ROOT, config=Config(signature_version="s3v4"))
    url = modern.generate_presigned_url("get_object", Params={"Bucket": "models", "Key": "a b/ü+%="})
    modern.close()
    old = s3.generate_presigned_url("get_object", Params={"Bucket": "models", "Key": "a b/ü+%="})
    s3.close()
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310
        assert answer.read() == b"1"
    for address, status in ((url.replace("models", "nodels"), 403), (old, 400)):
        with pytest.raises(urllib.error.HTTPError) as caught, urllib.request.urlopen(address, timeout=10):  # noqa: S310
            pass
        with caught.value as refusal:
            assert refusal.code == status
    runtime = signed_world.client("sagemaker-runtime", **ROOT)
    with refused("ValidationError", "Endpoint e-1 of account"):
        runtime.invoke_endpoint(EndpointName="e-1", Body=b"x", CustomAttributes="a  b")
    runtime.close()


def test_a_body_that_was_changed_on_its_way_is_refused(signed_world: World) -> None:
    def tamper(request: Any, **_: object) -> None:
        request.body = b"2"

    s3 = signed_world.client("s3", **ROOT)
    s3.create_bucket(Bucket="models")
    s3.meta.events.register("before-send.s3.PutObject", tamper)
    with refused("SignatureDoesNotMatch", status=403):
        s3.put_object(Bucket="models", Key="k", Body=b"1")
    s3.close()


def test_assumed_roles_sign_with_their_own_keys(signed_world: World) -> None:
    def assume(client: Any) -> Any:
        return client.assume_role(
            RoleArn="arn:aws:iam::222222222222:role/OrganizationAccountAccessRole", RoleSessionName="test"
        )["Credentials"]

    keys = with_key(signed_world, "sts", ROOT, assume)
    session = {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }
    assert with_key(signed_world, "sagemaker", session, lambda client: client.list_models())["Models"] == []


def with_key(world: World, service: str, key: dict[str, str], call: Any) -> Any:
    client = world.client(service, **key)
    try:
        return call(client)
    finally:
        client.close()


def test_what_the_policy_does_not_allow_is_refused_in_awss_words(policed_world: World) -> None:
    policed_world.given_role()
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model"
    container: Any = {"Image": "a"}
    create: Any = policed_world.sagemaker.create_model
    create(ModelName="ml-a", PrimaryContainer=container, Tags=MANAGED, ExecutionRoleArn=ROLE)
    policed_world.sagemaker.describe_model(ModelName="ml-a")
    with refused(
        "AccessDeniedException",
        f"is not authorized to perform: sagemaker:CreateModel on resource: {arn}/ml-b "
        "because no identity-based policy allows the sagemaker:CreateModel action",
        status=400,
    ):
        create(ModelName="ml-b", PrimaryContainer=container)
    with refused("AccessDeniedException", f"{arn}/other"):
        create(ModelName="other", PrimaryContainer=container, Tags=MANAGED)
    with refused("AccessDeniedException", "iam:PassRole on resource: arn:aws:iam::123456789012:role/other"):
        create(
            ModelName="ml-b",
            PrimaryContainer=container,
            Tags=MANAGED,
            ExecutionRoleArn="arn:aws:iam::123456789012:role/other",
        )
    with refused("AccessDeniedException", "sagemaker:DescribeModel", "with an explicit deny"):
        policed_world.sagemaker.describe_model(ModelName="ml-secret")
    with refused("AccessDeniedException", "sagemaker:InvokeEndpoint"):
        policed_world.runtime.invoke_endpoint(EndpointName="e1", Body=b"1")
    policed_world.tagging.get_resources()
    policed_world.sagemaker.delete_model(ModelName="ml-a")
    with refused("AccessDeniedException", "sagemaker:DeleteModel"):
        policed_world.sagemaker.delete_model(ModelName="ml-a")


def test_the_policy_holds_for_the_services_beside_sagemaker_too() -> None:
    document = {
        "Statement": [
            {"Effect": "Allow", "Action": "ecr:BatchGetImage", "Resource": "arn:aws:ecr:*:*:repository/ours"},
            {"Effect": "Allow", "Action": "servicequotas:List*", "Resource": "*"},
        ]
    }
    tag: list[Any] = [{"imageTag": "1"}]
    for world in started(RunningSimulator(settings={"images": ["*"]}, policy=policy_of(document))):
        calls: dict[str, tuple[Any, Any]] = {
            "ecr": (
                lambda ecr: ecr.batch_get_image(repositoryName="ours", imageIds=tag),
                lambda ecr: ecr.batch_get_image(repositoryName="theirs", imageIds=tag),
            ),
            "service-quotas": (
                lambda quotas: quotas.list_service_quotas(ServiceCode="sagemaker"),
                lambda quotas: quotas.get_service_quota(ServiceCode="sagemaker", QuotaCode="L-00000000"),
            ),
            "pricing": (None, lambda pricing: pricing.get_products(ServiceCode="AmazonSageMaker")),
            "logs": (None, lambda logs: logs.describe_log_streams(logGroupName="g")),
        }
        for service, (allowed, denied) in calls.items():
            if allowed is not None:
                with_key(world, service, {}, allowed)
            with refused("AccessDeniedException", "because no identity-based policy allows"):
                with_key(world, service, {}, denied)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "a JSON object with a Statement"),
        ({"Statement": [{"Effect": "Maybe", "Action": "*", "Resource": "*"}]}, "Effect must be Allow or Deny"),
        ({"Statement": [{"Effect": "Allow", "Action": "*"}]}, "exactly one of Resource and NotResource"),
        ({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}]}, "Principal"),
        (
            {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"IpAddress": {}}}]},
            "condition operator IpAddress is not supported",
        ),
    ],
)
def test_a_policy_that_cannot_be_enforced_is_refused_with_a_sentence(document: object, sentence: str) -> None:
    with pytest.raises(BadPolicy, match=sentence):
        policy_of(document)
