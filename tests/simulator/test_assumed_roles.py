"""Roles in other accounts: who may assume them, what their credentials reach, and for how long."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.config import Config

from tests.simulator.world import ACCOUNT, REGION, World, refused

OTHER = "222222222222"
ROLE = f"arn:aws:iam::{OTHER}:role/operator"
MEMBER_ROLE = f"arn:aws:iam::{OTHER}:role/OrganizationAccountAccessRole"


def trusting(*principals: str, effect: str = "Allow", **condition: Any) -> dict[str, Any]:
    statement = {"Effect": effect, "Principal": {"AWS": list(principals)}, "Action": "sts:AssumeRole"}
    return statement | ({"Condition": condition} if condition else {})


def assume(client: Any, role: str = ROLE, **members: Any) -> dict[str, str]:
    keys: dict[str, str] = client.assume_role(RoleArn=role, RoleSessionName="s1", **members)["Credentials"]
    return keys


def with_keys(world: World, keys: dict[str, Any], service: str, call: Callable[[Any], Any], **settings: Any) -> Any:
    client = world.client(
        service,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        **settings,
    )
    try:
        return call(client)
    finally:
        client.close()


def given_role_there(world: World, *statements: dict[str, Any], **members: Any) -> None:
    trust = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    with_keys(
        world,
        assume(world.sts, MEMBER_ROLE),
        "iam",
        lambda iam: iam.create_role(RoleName="operator", AssumeRolePolicyDocument=trust, **members),
    )


def test_assumed_credentials_reach_the_other_account_in_every_service(world: World) -> None:
    given_role_there(world, trusting(ACCOUNT))
    keys = assume(world.sts)
    images = [f"{account}.dkr.ecr.{REGION}.amazonaws.com/mine:1" for account in (ACCOUNT, OTHER)]
    world.settings(images=images)
    world.s3.create_bucket(Bucket="ours")

    def there(service: str, call: Callable[[Any], Any]) -> Any:
        return with_keys(world, keys, service, call)

    identity = there("sts", lambda sts: sts.get_caller_identity())
    assert identity["Arn"] == f"arn:aws:sts::{OTHER}:assumed-role/operator/s1"
    model = there("sagemaker", lambda client: client.create_model(ModelName="m", PrimaryContainer={"Image": "i"}))
    assert model["ModelArn"] == f"arn:aws:sagemaker:{REGION}:{OTHER}:model/m"
    assert world.sagemaker.list_models()["Models"] == []
    there("s3", lambda s3: s3.create_bucket(Bucket="theirs"))
    assert [each["Name"] for each in world.s3.list_buckets()["Buckets"]] == ["ours"]
    image = there(
        "ecr", lambda ecr: ecr.batch_get_image(repositoryName="mine", imageIds=[{"imageTag": "1"}])["images"][0]
    )
    assert image["registryId"] == OTHER
    quotas = there("service-quotas", lambda client: client.list_service_quotas(ServiceCode="sagemaker"))["Quotas"]
    assert f":{OTHER}:" in quotas[0]["QuotaArn"]
    topic = there("sns", lambda sns: sns.create_topic(Name="t"))["TopicArn"]
    assert topic == f"arn:aws:sns:{REGION}:{OTHER}:t"
    assert there("logs", lambda logs: logs.describe_log_groups())["logGroups"] == []
    assert there("iam", lambda iam: iam.get_role(RoleName="operator"))["Role"]["Arn"] == ROLE
    with refused("NoSuchEntity"):
        world.iam.get_role(RoleName="operator")


def test_a_role_that_is_not_there_or_does_not_trust_the_caller_is_denied(world: World) -> None:
    denied = f"User: arn:aws:iam::{ACCOUNT}:user/test-key is not authorized to perform: sts:AssumeRole on resource: "
    assume(world.sts, MEMBER_ROLE)  # from now on somebody has set the account up
    with refused("AccessDenied", denied + ROLE, status=403):
        assume(world.sts)
    given_role_there(world, trusting("333333333333", f"arn:aws:iam::{OTHER}:root"))
    with refused("AccessDenied", denied + ROLE, status=403):
        assume(world.sts)


@pytest.mark.parametrize(
    ("statements", "sent", "allowed"),
    [
        ([trusting(f"arn:aws:iam::{ACCOUNT}:root")], {}, True),
        ([trusting("*")], {}, True),
        ([trusting(f"arn:aws:iam::{ACCOUNT}:user/test-key")], {}, True),
        ([trusting(f"arn:aws:iam::{ACCOUNT}:user/somebody-else")], {}, False),
        ([trusting(ACCOUNT), trusting(ACCOUNT, effect="Deny")], {}, False),
        ([trusting(ACCOUNT, StringEquals={"sts:ExternalId": "ours"})], {"ExternalId": "ours"}, True),
        ([trusting(ACCOUNT, StringEquals={"sts:ExternalId": "ours"})], {"ExternalId": "theirs"}, False),
        ([trusting(ACCOUNT, StringEquals={"sts:ExternalId": "ours"})], {}, False),
        ([trusting(ACCOUNT, ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/test-*"})], {}, True),
        ([trusting("*", StringEquals={"aws:PrincipalAccount": "333333333333"})], {}, False),
        ([{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "*"}], {}, False),
    ],
)
def test_the_trust_policy_decides(
    world: World,
    statements: list[dict[str, Any]],
    sent: dict[str, str],
    allowed: bool,  # noqa: FBT001
) -> None:
    given_role_there(world, *statements)
    if allowed:
        assert assume(world.sts, **sent)["AccessKeyId"].startswith("ASIA")
    else:
        with refused("AccessDenied", ROLE):
            assume(world.sts, **sent)


def test_a_condition_that_cannot_be_judged_is_refused_and_not_guessed(world: World) -> None:
    given_role_there(world, trusting(ACCOUNT, IpAddress={"aws:SourceIp": "10.0.0.0/8"}))
    with refused("NotImplemented", "cannot be judged: condition operator IpAddress", status=501):
        assume(world.sts)


def test_a_role_can_be_trusted_by_its_own_name(world: World) -> None:
    world.given_role("first", {"Statement": [trusting(ACCOUNT)]})
    given_role_there(world, trusting(f"arn:aws:iam::{ACCOUNT}:role/first"))
    with refused("AccessDenied"):
        assume(world.sts)
    first = assume(world.sts, f"arn:aws:iam::{ACCOUNT}:role/first")
    second = with_keys(world, first, "sts", assume)
    assert with_keys(world, second, "sts", lambda sts: sts.get_caller_identity())["Account"] == OTHER
    with refused("ValidationError", "1 hour session limit for roles assumed by role chaining"):
        with_keys(world, first, "sts", lambda sts: assume(sts, DurationSeconds=7200))


def test_credentials_end_in_simulated_time_and_each_service_says_so_in_its_way(world: World) -> None:
    world.advance(86_400)
    given_role_there(world, trusting(ACCOUNT))
    keys: Any = assume(world.sts, DurationSeconds=900)
    calls: dict[str, tuple[str, Callable[[Any], Any]]] = {
        "sagemaker": ("ExpiredTokenException", lambda client: client.list_models()),
        "ecr": ("ExpiredTokenException", lambda client: client.describe_repositories(repositoryNames=["ab"])),
        "s3": ("ExpiredToken", lambda client: client.list_buckets()),
        "sts": ("ExpiredToken", lambda client: client.get_caller_identity()),
        "sagemaker-runtime": (
            "ExpiredTokenException",
            lambda client: client.invoke_endpoint(EndpointName="e1", Body=b"x"),
        ),
    }
    world.advance(890)
    with_keys(world, keys, "sagemaker", lambda client: client.list_models())
    world.advance(11)
    for service, (code, call) in calls.items():
        with refused(code, "expired"):
            with_keys(world, keys, service, call)
    created = datetime.fromisoformat(world.calls()[-1]["time"])
    left = (keys["Expiration"] - created.astimezone(UTC)).total_seconds()
    assert -30 < left <= 0
    assert assume(world.sts)["AccessKeyId"] != keys["AccessKeyId"]


def test_a_session_may_last_as_long_as_its_role_says(world: World) -> None:
    given_role_there(world, trusting(ACCOUNT), MaxSessionDuration=7200)
    keys = assume(world.sts, DurationSeconds=7200)
    world.advance(7000)
    with_keys(world, keys, "sagemaker", lambda client: client.list_models())
    with refused("ValidationError", "exceeds the MaxSessionDuration set for this role"):
        assume(world.sts, DurationSeconds=7201)
    unchecked = world.client("sts", config=Config(parameter_validation=False, retries={"total_max_attempts": 1}))
    with refused("ValidationError", "greater than or equal to 900"):
        assume(unchecked, DurationSeconds=899)
    unchecked.close()


def test_only_the_management_account_may_use_the_member_role(world: World) -> None:
    given_role_there(world, trusting(ACCOUNT))
    there = assume(world.sts)
    with refused("AccessDenied", "333333333333"):
        with_keys(
            world,
            there,
            "sts",
            lambda sts: assume(sts, "arn:aws:iam::333333333333:role/OrganizationAccountAccessRole"),
        )


def test_session_tokens_that_belong_to_nobody_are_not_given_out(world: World) -> None:
    with refused("NotImplemented", "sts GetSessionToken is not modelled", status=501):
        world.sts.get_session_token()


def test_a_roles_policies_are_simulated_action_by_action(world: World) -> None:
    world.given_role()
    arn = f"arn:aws:iam::{ACCOUNT}:role/execution"
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::models/*"},
            {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::models/secret"},
        ],
    }
    world.iam.put_role_policy(RoleName="execution", PolicyName="p", PolicyDocument=json.dumps(document))
    ecr = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ecr:BatchGetImage", "Resource": "*"}}
    policy = world.iam.create_policy(PolicyName="ecr", PolicyDocument=json.dumps(ecr))["Policy"]["Arn"]
    world.iam.attach_role_policy(RoleName="execution", PolicyArn=policy)
    answer = world.iam.simulate_principal_policy(
        PolicySourceArn=arn,
        ActionNames=["s3:GetObject", "ecr:BatchGetImage"],
        ResourceArns=["arn:aws:s3:::models/a", "arn:aws:s3:::models/secret", "arn:aws:s3:::other/a"],
    )
    assert answer["IsTruncated"] is False
    decisions = [(each["EvalActionName"], each["EvalDecision"]) for each in answer["EvaluationResults"]]
    assert decisions == [
        ("s3:GetObject", "allowed"),
        ("s3:GetObject", "explicitDeny"),
        ("s3:GetObject", "implicitDeny"),
        *[("ecr:BatchGetImage", "allowed")] * 3,
    ]
    with refused("NoSuchEntity", "The role with name nope cannot be found.", status=404):
        world.iam.simulate_principal_policy(PolicySourceArn=arn.replace("execution", "nope"), ActionNames=["s3:Get"])
    with refused("NotImplemented", "PolicyInputList", status=501):
        world.iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["s3:Get"], PolicyInputList=["{}"])
