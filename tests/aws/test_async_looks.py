"""Preflight of an asynchronous endpoint, over HTTP with boto3: buckets, topics, and what its role may write."""

import json
from typing import Any

import pytest

from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.identity import Account
from endpoint_operator.aws.preflight import Preflight
from endpoint_operator.planning.facts import Looks
from tests.simulator.world import ACCOUNT, NULL_IMAGE, REGION, World
from tests.unit.given import desired

HERE = Account(account=ACCOUNT, partition="aws", region=REGION)
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:done"
OUTPUT = {"outputS3Uri": "s3://answers/churn/"}


@pytest.fixture
def world(empty_world: World) -> World:
    """With the operator's default role and a bucket for answers."""
    empty_world.given_role("operators-default")
    empty_world.client("s3").create_bucket(Bucket="answers")
    return empty_world


def allow(world: World, action: str, *resources: str) -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": list(resources)}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    name = action.replace(":", "-")
    world.client("iam").put_role_policy(RoleName="operators-default", PolicyName=name, PolicyDocument=document)


async def looks(calls: Calls, **fields: Any) -> Looks:
    container, instance = {"image": NULL_IMAGE}, {"type": "ml.m5.large"}
    settings = {**OUTPUT, **fields}
    wanted = {"mode": "Async", "containers": [container], "instance": instance, "async": settings}
    return await Preflight(calls).look(desired(wanted), HERE, live=None)


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        ({"outputS3Uri": "s3://nowhere/x"}, "BucketNotFound", "spec.async.outputS3Uri"),
        ({"failureS3Uri": "s3://nowhere/x"}, "BucketNotFound", "spec.async.failureS3Uri"),
        ({"successTopicArn": TOPIC}, "TopicNotFound", "spec.async.successTopicArn"),
        ({"errorTopicArn": TOPIC}, "TopicNotFound", "spec.async.errorTopicArn"),
    ],
)
async def test_what_is_not_there_is_said_with_its_field_until_it_is(
    calls: Calls, world: World, fields: dict[str, Any], reason: str, field: str
) -> None:
    fault = (await looks(calls, **fields)).fault
    assert fault is not None
    assert (fault.reason, fault.message.partition(":")[0]) == (reason, field)
    world.client("s3").create_bucket(Bucket="nowhere")
    world.client("sns").create_topic(Name="done")
    assert (await looks(calls, **fields)).fault is None


async def test_a_role_that_may_not_write_is_a_doubt_that_names_what_it_lacks(calls: Calls, world: World) -> None:
    world.client("sns").create_topic(Name="done")
    found = await looks(calls, successTopicArn=TOPIC)
    assert found.fault is None, "the policy of the bucket may allow it"
    answers, topic = sorted(found.doubts)[-2:]
    assert "may not call s3:PutObject on arn:aws:s3:::answers/churn/*" in answers
    assert f"may not call sns:Publish on {TOPIC}" in topic
    allow(world, "s3:PutObject", "arn:aws:s3:::answers/*")
    allow(world, "sns:Publish", TOPIC)
    assert (await looks(calls, successTopicArn=TOPIC)).doubts == []


async def test_what_the_operator_may_not_look_at_is_skipped_and_said(calls: Calls, world: World) -> None:
    denied = {"code": "AuthorizationError", "message": "User: u is not authorized to perform: it", "status": 403}
    world.fault(match={"service": "sns"}, error=denied)
    elsewhere = TOPIC.replace(REGION, "eu-central-1")
    found = await looks(calls, successTopicArn=TOPIC, errorTopicArn=elsewhere)
    assert found.fault is None
    assert "spec.async.successTopicArn: the operator may not call sns:GetTopicAttributes" in found.skipped
    assert "spec.async.errorTopicArn: topics of eu-central-1 are not looked at from here" in found.skipped
