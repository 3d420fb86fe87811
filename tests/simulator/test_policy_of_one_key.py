"""--enforce-policy-on and --record-actions: one key held to a policy in every service, and what each call needs."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sagemaker_simulator.access.policy import policy_of
from sagemaker_simulator.command_line import main
from tests.simulator.running import RunningSimulator
from tests.simulator.world import ACCOUNT, NULL_IMAGE, REGION, ROLE, World, refused

HELD = {"aws_access_key_id": "held", "aws_secret_access_key": "secret"}
MINE: Any = [{"Key": "owner", "Value": "me"}]
YOURS: Any = [{"Key": "owner", "Value": "you"}]
ALARM: Any = {
    "MetricName": "Errors", "Namespace": "Mine", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1,
    "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
}  # fmt: skip


def allow(actions: str | list[str], resource: str = "*", **conditions: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return {**statement, "Condition": {"StringEquals": conditions}} if conditions else statement


@contextmanager
def holding(*statements: dict[str, Any]) -> Iterator[tuple[World, Any]]:
    """A world whose own key may do everything, and a maker of clients with the key that is held."""
    simulator = RunningSimulator(settings={}, policy=policy_of({"Statement": list(statements)}), policy_key="held")
    simulator.start()
    world, clients = World(simulator.url), []

    def client(service: str) -> Any:
        clients.append(world.client(service, **HELD))
        return clients[-1]

    try:
        yield world, client
    finally:
        for each in clients:
            each.close()
        world.close()
        simulator.stop()


def test_a_copy_in_s3_needs_its_source_to_be_read_and_its_target_to_be_written() -> None:
    read = allow("s3:GetObject", "arn:aws:s3:::models/from/*")
    with holding(read, allow("s3:PutObject", "arn:aws:s3:::models/to/*")) as (world, client):
        world.s3.create_bucket(Bucket="models")
        for key in ("from/a b", "secret/a"):
            world.s3.put_object(Bucket="models", Key=key, Body=b"1")
        s3 = client("s3")
        s3.copy_object(Bucket="models", Key="to/a", CopySource={"Bucket": "models", "Key": "from/a b"})
        with refused("AccessDenied", "s3:GetObject on resource: arn:aws:s3:::models/secret/a", status=403):
            s3.copy_object(Bucket="models", Key="to/b", CopySource={"Bucket": "models", "Key": "secret/a"})
        with refused("AccessDenied", "s3:PutObject on resource: arn:aws:s3:::models/from/b", status=403):
            s3.copy_object(Bucket="models", Key="from/b", CopySource={"Bucket": "models", "Key": "from/a b"})
        assert s3.head_object(Bucket="models", Key="from/a b")["ContentLength"] == 1
        refused_too: list[Callable[[], object]] = [
            lambda: s3.head_object(Bucket="models", Key="to/a"),
            lambda: s3.head_bucket(Bucket="models"),
            lambda: s3.list_objects_v2(Bucket="models"),
            lambda: s3.delete_objects(Bucket="models", Delete={"Objects": [{"Key": "to/a"}]}),
        ]
        for denied in refused_too:
            with pytest.raises(s3.exceptions.ClientError, match=r"403|AccessDenied"):
                denied()


def test_other_keys_are_free_and_everybody_may_ask_who_he_is() -> None:
    with holding(allow("iam:GetRole", ROLE)) as (world, client):
        world.given_role()
        world.sagemaker.list_models()
        assert client("sts").get_caller_identity()["Account"] == ACCOUNT
        assert client("iam").get_role(RoleName=ROLE.rpartition("/")[2])["Role"]["Arn"] == ROLE
        with refused("AccessDenied", "iam:GetRole on resource: arn:aws:iam::123456789012:role/other", status=403):
            client("iam").get_role(RoleName="other")
        with refused("AccessDenied", "sts:AssumeRole on resource: arn:aws:iam::123456789012:role", status=403):
            client("sts").assume_role(RoleArn=ROLE, RoleSessionName="session")
        with refused("UnauthorizedOperation", "ec2:DescribeSubnets", status=403):
            client("ec2").describe_subnets()
        with refused("AuthorizationError", "sns:GetTopicAttributes on resource: arn:aws:sns:us-east-1:", status=403):
            client("sns").get_topic_attributes(TopicArn=f"arn:aws:sns:{REGION}:{ACCOUNT}:t")
        with refused("AccessDeniedException", "sagemaker:ListModels"):
            client("sagemaker").list_models()


def test_alarms_are_held_to_the_tags_they_get_and_have() -> None:
    with holding(
        allow(["cloudwatch:PutMetricAlarm", "cloudwatch:TagResource"], **{"aws:RequestTag/owner": "me"}),
        allow("cloudwatch:DeleteAlarms", **{"aws:ResourceTag/owner": "me"}),
    ) as (world, client):
        cloudwatch, mine = world.client("cloudwatch"), client("cloudwatch")
        cloudwatch.put_metric_alarm(AlarmName="yours", **ALARM, Tags=YOURS)
        mine.put_metric_alarm(AlarmName="mine", **ALARM, Tags=MINE)
        for tags in ({}, {"Tags": YOURS}):
            with refused("AccessDeniedException", "cloudwatch:PutMetricAlarm"):
                mine.put_metric_alarm(AlarmName="another", **ALARM, **tags)
        with refused("AccessDeniedException", "cloudwatch:DeleteAlarms"):
            mine.delete_alarms(AlarmNames=["mine", "yours"])
        mine.delete_alarms(AlarmNames=["mine"])
        cloudwatch.close()


def test_an_alarm_that_is_made_with_tags_needs_the_right_to_tag() -> None:
    with holding(allow("cloudwatch:PutMetricAlarm")) as (_, client):
        client("cloudwatch").put_metric_alarm(AlarmName="plain", **ALARM)
        with refused("AccessDeniedException", "cloudwatch:TagResource"):
            client("cloudwatch").put_metric_alarm(AlarmName="mine", **ALARM, Tags=MINE)


def test_tags_that_come_with_a_creation_are_told_from_tags_that_are_added() -> None:
    at_creation = allow("sagemaker:AddTags", **{"sagemaker:TaggingAction": "CreateModel"})
    with holding(allow("sagemaker:CreateModel"), at_creation) as (world, client):
        ours, container = client("sagemaker"), {"Image": NULL_IMAGE}
        arn = ours.create_model(ModelName="m", PrimaryContainer=container, Tags=MINE)["ModelArn"]
        with refused("AccessDeniedException", "sagemaker:AddTags"):
            ours.add_tags(ResourceArn=arn, Tags=MINE)
        assert world.sagemaker.list_tags(ResourceArn=arn)["Tags"] == MINE


def test_scaling_is_held_to_the_service_and_the_dimension_that_are_scaled() -> None:
    key = "application-autoscaling:scalable-dimension"
    one = allow("application-autoscaling:DeregisterScalableTarget", **{key: "sagemaker:variant:DesiredInstanceCount"})
    with holding(one, allow("application-autoscaling:DescribeScalableTargets")) as (_, client):
        scaling, target = (
            client("application-autoscaling"),
            {"ServiceNamespace": "sagemaker", "ResourceId": "endpoint/e/variant/v"},
        )
        assert scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []
        with refused("ObjectNotFoundException"):  # past the policy
            scaling.deregister_scalable_target(**target, ScalableDimension="sagemaker:variant:DesiredInstanceCount")
        with refused("AccessDeniedException", "application-autoscaling:DeregisterScalableTarget"):
            scaling.deregister_scalable_target(
                **target, ScalableDimension="sagemaker:variant:DesiredProvisionedConcurrency"
            )


def test_every_action_that_calls_need_is_written_down_once(tmp_path: Path) -> None:
    file = tmp_path / "actions.jsonl"
    simulator = RunningSimulator(settings={}, record_actions=file)
    simulator.start()
    world = World(simulator.url)
    world.given_role()
    for name in ("a", "b"):
        world.sagemaker.create_model(
            ModelName=name, PrimaryContainer={"Image": NULL_IMAGE}, ExecutionRoleArn=ROLE, Tags=MINE
        )
    world.s3.create_bucket(Bucket="models")
    for key in ("x", "deep/y"):
        world.s3.put_object(Bucket="models", Key=key, Body=b"1")
    with refused("404"):
        world.s3.head_object(Bucket="models", Key="z")
    world.close()
    simulator.stop()
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert {row["accessKey"] for row in rows} == {"test-key"}
    seen = [
        (row["action"], row["resource"].rpartition(":")[2]) for row in rows if not row["action"].startswith("iam:C")
    ]
    assert seen == [
        ("sagemaker:CreateModel", "model/a"),
        ("sagemaker:AddTags", "model/a"),
        ("iam:PassRole", "role/execution"),
        ("s3:CreateBucket", "models"),
        ("s3:PutObject", "models/x"),
        ("s3:GetObject", "models/z"),
    ]
    created = rows[[row["action"] for row in rows].index("sagemaker:AddTags")]
    assert created["conditions"] == {"aws:requesttag/owner": "me", "sagemaker:taggingaction": "CreateModel"}
    assert "Boto3" in created["userAgent"]


def test_who_is_held_is_told_together_with_the_policy() -> None:
    with pytest.raises(SystemExit, match="--enforce-policy-on names who is held to a policy"):
        main(["--enforce-policy-on", "held"])
