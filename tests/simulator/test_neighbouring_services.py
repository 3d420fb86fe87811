"""The services behind moto, and both protocols of the tagging API, on the same port."""

import gzip
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config

from sagemaker_simulator.wire.cbor import decode_map, encode
from sagemaker_simulator.wire.virtual_hosts import bucket_in_host
from tests.simulator.world import ACCOUNT, REGION, World, refused


def test_s3_keeps_bytes_as_they_were_sent(world: World) -> None:
    world.s3.create_bucket(Bucket="models")
    packed = gzip.compress(b"model")
    world.s3.put_object(
        Bucket="models", Key="a b/ü+%.tar.gz", Body=packed, ContentEncoding="gzip", Metadata={"who": "me"}
    )
    got = world.s3.get_object(Bucket="models", Key="a b/ü+%.tar.gz")
    assert got["Body"].read() == packed
    assert (got["ContentEncoding"], got["Metadata"]) == ("gzip", {"who": "me"})
    head = world.s3.head_object(Bucket="models", Key="a b/ü+%.tar.gz")
    assert (head["ContentLength"], head["ETag"]) == (len(packed), got["ETag"])
    with refused("404", status=404):
        world.s3.head_object(Bucket="models", Key="nope")


def test_s3_takes_an_object_of_many_megabytes_in_parts(world: World) -> None:
    world.s3.create_bucket(Bucket="models")
    part = b"0123456789abcdef" * (5 * 65536)
    upload = world.s3.create_multipart_upload(Bucket="models", Key="big")["UploadId"]
    tags = [
        world.s3.upload_part(Bucket="models", Key="big", UploadId=upload, PartNumber=number, Body=part)["ETag"]
        for number in (1, 2)
    ]
    world.s3.complete_multipart_upload(
        Bucket="models",
        Key="big",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, start=1)]},
    )
    assert world.s3.get_object(Bucket="models", Key="big")["Body"].read() == part + part


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("models.localhost", "/key"),
        ("simulator.aws.svc", "/models/key"),
        ("simulator.aws.svc.cluster.local", "/models/key"),
        ("198.18.16.1", "/models/key"),
    ],
)
def test_s3_takes_the_bucket_from_the_host_only_where_that_names_one(world: World, host: str, path: str) -> None:
    port = world.url.rpartition(":")[2]
    world.s3.create_bucket(Bucket="models")
    request = urllib.request.Request(  # noqa: S310
        f"{world.url}{path}",
        data=b"1",
        method="PUT",
        headers={
            "Content-Type": "application/octet-stream",
            "Host": f"{host}:{port}",
            "Authorization": f"AWS4-HMAC-SHA256 Credential=key/20260101/{REGION}/s3/aws4_request",
        },
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        assert answer.status == 200
    assert world.s3.get_object(Bucket="models", Key="key")["Body"].read() == b"1"
    row = next(row for row in world.calls() if row["operation"] == "PutObject")
    assert row["resource"] == "models/key"


def test_a_bucket_in_the_host_is_told_from_the_simulators_own_name() -> None:
    assert bucket_in_host("127.0.0.1:8000") is None
    assert bucket_in_host("[::1]:8000") is None
    assert bucket_in_host("localhost:8000") is None
    assert bucket_in_host("simulator.aws.svc:8000") is None
    assert bucket_in_host("models.localhost:8000") == "models"
    assert bucket_in_host("my.models.s3.eu-west-1.amazonaws.com") == "my.models"
    assert bucket_in_host("s3.eu-west-1.amazonaws.com") is None


def test_a_presigned_url_is_a_call_of_s3(world: World) -> None:
    world.s3.create_bucket(Bucket="models")
    world.s3.put_object(Bucket="models", Key="k", Body=b"1")
    for version in ("s3v4", "s3"):
        client = world.client("s3", config=Config(signature_version=version))
        url = client.generate_presigned_url("get_object", Params={"Bucket": "models", "Key": "k"})
        client.close()
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310
            assert answer.read() == b"1"
        row = world.calls()[-1]
        assert (row["operation"], row["resource"], row["accessKey"]) == ("GetObject", "models/k", "test-key")


def test_sts_knows_the_account_and_assumes_roles_in_others(world: World) -> None:
    assert world.sts.get_caller_identity()["Account"] == ACCOUNT
    member = "arn:aws:iam::222222222222:role/OrganizationAccountAccessRole"
    keys = world.sts.assume_role(RoleArn=member, RoleSessionName="test")["Credentials"]
    other = world.client(
        "sts",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    assert other.get_caller_identity()["Account"] == "222222222222"
    other.close()


def test_a_web_identity_is_exchanged_without_a_signature(world: World) -> None:
    world.given_role()
    anonymous = world.client("sts")
    answer = anonymous.assume_role_with_web_identity(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/execution", RoleSessionName="pod", WebIdentityToken="token" * 5
    )
    anonymous.close()
    assert answer["Credentials"]["AccessKeyId"]
    row = world.calls()[-1]
    assert (row["service"], row["operation"], row["accessKey"]) == ("sts", "AssumeRoleWithWebIdentity", None)


def test_events_reach_a_queue_and_topics_too(world: World) -> None:
    sqs, sns, events = (world.client(service) for service in ("sqs", "sns", "events"))
    queue = sqs.create_queue(QueueName="changes")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:changes"
    events.put_rule(Name="all", EventPattern=json.dumps({"source": ["aws.sagemaker"]}))
    events.put_targets(Rule="all", Targets=[{"Id": "1", "Arn": arn}])
    events.put_events(Entries=[{"Source": "aws.sagemaker", "DetailType": "State Change", "Detail": "{}"}])
    topic = sns.create_topic(Name="news")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    sns.publish(TopicArn=topic, Message="hello")
    bodies = [
        json.loads(message["Body"])
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    ]
    for client in (sqs, sns, events):
        client.close()
    assert {body.get("detail-type") or body.get("Message") for body in bodies} == {"State Change", "hello"}
    assert [
        (row["service"], row["operation"], row["resource"])
        for row in world.calls()
        if row["operation"] in ("CreateQueue", "PutRule", "Publish")
    ] == [("sqs", "CreateQueue", "changes"), ("events", "PutRule", "all"), ("sns", "Publish", "news")]


def test_aws_endpoint_url_alone_is_enough_for_every_client(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": world.url,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": REGION,
    }.items():
        monkeypatch.setenv(name, value)
    session = boto3.Session()
    calls: dict[str, Callable[[Any], object]] = {
        "s3": lambda client: client.create_bucket(Bucket="models"),
        "sagemaker": lambda client: client.list_models(),
        "iam": lambda client: client.list_roles(),
    }
    for service, call in calls.items():
        client = session.client(service, config=Config(retries={"total_max_attempts": 1}))  # type: ignore[call-overload]
        call(client)
        client.close()
    assert [row["service"] for row in world.calls()] == ["s3", "sagemaker", "iam"]


def test_the_tagging_api_speaks_cbor_too(world: World) -> None:
    world.given_model(Tags=[{"Key": "team", "Value": "a"}])

    def ask(query: dict[str, object]) -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(  # noqa: S310
            f"{world.url}/service/ResourceGroupsTaggingAPI_20170126/operation/GetResources",
            data=encode(query),
            method="POST",
            headers={
                "smithy-protocol": "rpc-v2-cbor",
                "Content-Type": "application/cbor",
                "Authorization": f"AWS4-HMAC-SHA256 Credential=key/20260101/{REGION}/tagging/aws4_request",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return answer.status, decode_map(answer.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, decode_map(refusal.read())

    status, answer = ask({"ResourceTypeFilters": ["sagemaker:model"]})
    assert status == 200
    [found] = answer["ResourceTagMappingList"]
    assert found == {
        "ResourceARN": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model/m1",
        "Tags": [{"Key": "team", "Value": "a"}],
    }
    status, answer = ask({"ResourcesPerPage": 500})
    assert (status, answer["__type"]) == (400, "InvalidParameterException")
