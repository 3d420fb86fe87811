"""EC2's networks and KMS's keys, as preflight looks at them, and SNS topics."""

import pytest

from tests.simulator.world import ACCOUNT, REGION, World, refused


def test_subnets_and_security_groups_are_found_by_id_and_unknown_ids_are_refused(world: World) -> None:
    ec2 = world.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", AvailabilityZone=f"{REGION}b")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="models", Description="models")["GroupId"]
    [found] = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"]
    assert (found["VpcId"], found["AvailabilityZone"], found["OwnerId"]) == (vpc, f"{REGION}b", ACCOUNT)
    [described] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert (described["VpcId"], described["GroupName"]) == (vpc, "models")
    with refused("InvalidSubnetID.NotFound", "subnet-0123456789abcdef0", status=400):
        ec2.describe_subnets(SubnetIds=[subnet, "subnet-0123456789abcdef0"])
    with refused("InvalidGroup.NotFound", "sg-0123456789abcdef0", status=400):
        ec2.describe_security_groups(GroupIds=["sg-0123456789abcdef0"])
    ec2.close()


def test_networks_of_another_region_are_not_seen_and_a_reset_takes_all(world: World) -> None:
    ec2 = world.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    elsewhere = world.client("ec2", region_name="eu-west-1")
    with refused("InvalidSubnetID.NotFound"):
        elsewhere.describe_subnets(SubnetIds=[subnet])
    elsewhere.close()
    world.do("POST", "/reset")
    with refused("InvalidSubnetID.NotFound"):
        ec2.describe_subnets(SubnetIds=[subnet])
    ec2.close()


def test_the_log_of_calls_names_the_operation(world: World) -> None:
    ec2 = world.client("ec2")
    ec2.describe_subnets()
    ec2.close()
    row = world.calls()[-1]
    assert (row["service"], row["operation"], row["status"]) == ("ec2", "DescribeSubnets", 200)


def test_keys_are_described_by_id_arn_and_alias(world: World) -> None:
    kms = world.client("kms")
    metadata = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/models", TargetKeyId=metadata["KeyId"])
    for name in (metadata["KeyId"], metadata["Arn"], "alias/models"):
        assert kms.describe_key(KeyId=name)["KeyMetadata"]["Arn"] == metadata["Arn"]
    with refused("NotFoundException"):
        kms.describe_key(KeyId="alias/nope")
    kms.close()


def test_topics_are_there_or_not(world: World) -> None:
    sns = world.client("sns")
    topic = sns.create_topic(Name="news")["TopicArn"]
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["TopicArn"] == topic
    with refused("NotFound", status=404):
        sns.get_topic_attributes(TopicArn=f"{topic}-gone")
    sns.close()


@pytest.mark.parametrize(
    ("service", "call", "members"),
    [
        ("ec2", "describe_capacity_blocks", {}),
        ("iam", "simulate_custom_policy", {"PolicyInputList": ["{}"], "ActionNames": ["s3:GetObject"]}),
        ("kms", "describe_custom_key_stores", {}),
    ],
)
def test_what_moto_does_not_do_is_a_501_that_names_it(
    world: World, service: str, call: str, members: dict[str, object]
) -> None:
    client = world.client(service)
    operation = "".join(word.title() for word in call.split("_"))
    with refused("NotImplemented", f"simulator: {service} {operation} is not modelled", status=501):
        getattr(client, call)(**members)
    client.close()
