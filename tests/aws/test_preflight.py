"""Preflight's looks, over HTTP with boto3: what is missing is said with its field, and no longer once it is there."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.preflight import Preflight
from tests.aws.looker import (
    AWS_IMAGE,
    CANARY,
    CAPTURE,
    DENIED,
    Looker,
    mend_nothing,
    model,
    one,
    put_object,
    raise_quota,
)
from tests.simulator.world import ACCOUNT, ECR, NULL_IMAGE, REGION, World, variant
from tests.unit.given import multi_model, spec


@pytest.fixture
def world(empty_world: World) -> World:
    """A simulator with the operator's default role and nothing else."""
    empty_world.given_role("operators-default")
    return empty_world


@pytest.mark.parametrize(
    ("given", "wanted", "reason", "sentence", "mend"),
    [
        (
            lambda world: world.s3.create_bucket(Bucket="models"),
            model("s3://models/churn/model.tar.gz"),
            "ArtifactNotFound",
            "spec.containers[0].modelData.s3Uri: no object s3://models/churn/model.tar.gz (the bucket models exists); ",
            put_object,
        ),
        (
            lambda world: world.s3.create_bucket(Bucket="models"),
            model("s3://models/churn/", compression="None"),
            "ArtifactNotFound",
            "spec.containers[0].modelData.s3Uri: no object below s3://models/churn/ ",
            put_object,
        ),
        (
            lambda world: world.settings(images=[f"{ECR}/churn:1"]),
            one({"image": f"{ECR}/churn:2"}),
            "ImageNotFound",
            f"spec.containers[0].image: no image {ECR}/churn:2 in ECR; push it or correct the tag",
            lambda world: world.settings(images=[f"{ECR}/churn:1", f"{ECR}/churn:2"]),
        ),
        (
            mend_nothing,
            one({"image": f"{ECR}/nowhere:1"}),
            "ImageNotFound",
            f"spec.containers[0].image: no image {ECR}/nowhere:1 in ECR; ",
            lambda world: world.settings(images=[f"{ECR}/nowhere:*"]),
        ),
        (
            mend_nothing,
            one(executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/later"),
            "ExecutionRoleNotFound",
            f"spec.executionRoleArn: there is no role arn:aws:iam::{ACCOUNT}:role/later; ",
            lambda world: world.given_role("later"),
        ),
        (
            mend_nothing,
            one(dataCapture={**CAPTURE, "s3Uri": "s3://captured/here"}),
            "BucketNotFound",
            "spec.dataCapture.s3Uri: there is no bucket captured; make it or correct the URI",
            lambda world: world.s3.create_bucket(Bucket="captured"),
        ),
        (
            mend_nothing,
            multi_model(image=NULL_IMAGE, multiModel={"s3Prefix": "s3://fleet/all/"}),
            "BucketNotFound",
            "spec.multiModel.s3Prefix: there is no bucket fleet; make it or correct the URI",
            lambda world: world.s3.create_bucket(Bucket="fleet"),
        ),
        (
            lambda world: world.settings(quotas={"ml.r5.large/endpoint": 2}),
            one(instance="ml.r5.large", count=3),
            "QuotaTooSmall",
            "spec.instance.type: the quota 'ml.r5.large for endpoint usage' is 2 and the endpoint needs 3; ask for 3 "
            "in AWS Service Quotas",
            raise_quota,
        ),
        (
            lambda world: world.settings(quotas={"ml.r5.large/endpoint": 0}),
            one(instance="ml.r5.large"),
            "QuotaIsZero",
            "spec.instance.type: the quota 'ml.r5.large for endpoint usage' is 0; ",
            raise_quota,
        ),
    ],
)
async def test_what_is_missing_is_said_with_its_field_until_it_is_there(
    world: World,
    operator: Looker,
    given: Callable[[World], object],
    wanted: dict[str, Any],
    reason: str,
    sentence: str,
    mend: Callable[[World], object],
) -> None:
    given(world)
    found = await operator.complaint(wanted)
    assert found is not None
    assert found[0] == reason
    assert found[1].startswith(sentence)
    before = (await operator.looks(wanted)).trace
    mend(world)
    after = await operator.looks(wanted)
    assert (after.fault, after.skipped) == (None, ())
    assert after.trace != before, "a revision that failed because of it is tried again"


@pytest.mark.parametrize(
    ("wanted", "reason", "fragment"),
    [
        (
            one({"image": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/churn:1"}),
            "ImageInOtherRegion",
            "is in eu-west-1 and the endpoint in us-east-1",
        ),
        (one(instance="ml.q9.large"), "InstanceTypeUnknown", "spec.instance.type: there is no quota 'ml.q9.large for"),
    ],
)
async def test_what_only_an_edit_mends_is_said(
    operator: Looker, wanted: dict[str, Any], reason: str, fragment: str
) -> None:
    found = await operator.complaint(wanted)
    assert found is not None
    assert found[0] == reason
    assert fragment in found[1]


async def test_the_shadow_and_every_variant_are_looked_at_each_by_its_own_path(operator: Looker) -> None:
    lost, kept = {"image": f"{ECR}/lost:1"}, {"image": NULL_IMAGE}
    on = {"instance": {"type": "ml.m5.large"}}
    several = {
        "mode": "RealTime",
        "variants": [{"name": "b", "containers": [lost], **on}, {"name": "a", "containers": [kept], **on}],
    }
    shadowed = one(shadow={"name": "new", "containers": [lost], **on, "samplingPercent": 10})
    first, second = await asyncio.gather(operator.complaint(several), operator.complaint(shadowed))
    assert first is not None
    assert first[1].startswith("spec.variants[0].containers[0].image: ")
    assert second is not None
    assert second[1].startswith("spec.shadow.containers[0].image: ")


async def test_the_digest_of_an_image_is_seen_in_the_own_account_and_in_awss(world: World, operator: Looker) -> None:
    looks = await operator.looks(one(shadow={**_variant({"image": AWS_IMAGE}), "samplingPercent": 10}))
    assert looks.fault is None
    assert [(image.container, image.image) for image in looks.images] == [
        ("spec.containers[0]", NULL_IMAGE),
        ("spec.shadow.containers[0]", AWS_IMAGE),
    ]
    assert all(image.digest.startswith("sha256:") for image in looks.images)
    asked = [row["operation"] for row in world.calls() if row["service"] == "ecr"]
    assert sorted(asked) == ["BatchGetImage", "DescribeImages"]


def _variant(container: dict[str, Any]) -> dict[str, Any]:
    return {"name": "new", "containers": [container], "instance": {"type": "ml.m5.large"}}


@pytest.mark.parametrize(
    ("service", "operation", "wanted", "skipped"),
    [
        ("ecr", "DescribeImages", one(), "spec.containers[0].image: the operator may not call ecr:DescribeImages"),
        ("iam", "GetRole", one(), "spec.executionRoleArn: the operator may not call iam:GetRole"),
        (
            "service-quotas",
            "ListServiceQuotas",
            one(instance="ml.p4d.24xlarge"),
            "spec.instance.type: the operator may not call service-quotas:ListServiceQuotas",
        ),
        (
            "s3",
            "HeadBucket",
            model("s3://nobody/model.tar.gz"),
            "spec.containers[0].modelData.s3Uri: the operator may not call s3:HeadBucket",
        ),
        (
            "ec2",
            "DescribeSubnets",
            one(network={"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]}),
            "spec.network: the operator may not call ec2:DescribeSubnets",
        ),
    ],
)
async def test_a_look_that_the_operator_may_not_take_is_skipped_and_said(
    world: World, operator: Looker, service: str, operation: str, wanted: dict[str, Any], skipped: str
) -> None:
    world.fault(match={"service": service, "operation": operation}, error={**DENIED, "status": 403})
    looks = await operator.looks(wanted)
    assert looks.fault is None
    assert looks.skipped == (skipped,)
    assert "not-allowed" in {look.trace for look in looks.looks}


async def test_a_model_package_must_be_there_and_approved(world: World, operator: Looker) -> None:
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/churn/1"
    wanted = one({"modelPackageArn": arn})
    reason, sentence = await operator.complaint(wanted) or ("", "")
    assert reason == "ModelPackageNotFound"
    assert sentence.startswith(f"spec.containers[0].modelPackageArn: there is no model package {arn}")
    world.sagemaker.create_model_package_group(ModelPackageGroupName="churn", ModelPackageGroupDescription="a test")
    world.sagemaker.create_model_package(
        ModelPackageGroupName="churn",
        InferenceSpecification={"Containers": [{"Image": NULL_IMAGE}], "SupportedContentTypes": ["text/csv"]},
    )
    assert (await operator.complaint(wanted) or ("",))[0] == "ModelPackageNotApproved"
    world.sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Rejected")
    assert (await operator.complaint(wanted) or ("",))[0] == "ModelPackageRejected"
    world.sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    assert await operator.complaint(wanted) is None


async def test_a_call_that_aws_does_not_have_here_is_a_look_not_taken(world: World, operator: Looker) -> None:
    gone = {"code": "UnknownOperationException", "message": "", "status": 400}
    world.fault(match={"operation": "DescribeImages"}, error=gone)
    assert (await operator.looks(one())).skipped == ("spec.containers[0].image: there is no ecr:DescribeImages here",)


async def test_an_image_outside_ecr_is_skipped_and_said(operator: Looker) -> None:
    looks = await operator.looks(one({"image": "docker.example/churn:1"}))
    assert looks.skipped == ("spec.containers[0].image: docker.example/churn:1 is not in ECR",)


async def test_aws_that_does_not_answer_is_no_look(world: World, operator: Looker) -> None:
    world.fault(match={"service": "ecr"}, error={"code": "InternalFailure", "message": "no", "status": 500})
    with pytest.raises(CallFailed):
        await operator.looks(one())


async def test_subnets_and_groups_must_be_there_and_in_one_vpc(world: World, operator: Looker) -> None:
    ec2 = world.client("ec2")
    vpcs = [ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"] for number in (1, 2)]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{number}.1.0/24")["Subnet"]["SubnetId"]
        for number, vpc in enumerate(vpcs, start=1)
    ]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpcs[0])["GroupId"]
    ec2.close()

    async def said(*names: str, groups: tuple[str, ...] = (group,)) -> tuple[str, str] | None:
        return await operator.complaint(one(network={"subnetIds": [*names], "securityGroupIds": [*groups]}))

    assert await said(subnets[0]) is None
    reason, sentence = await said(subnets[0], "subnet-0ff") or ("", "")
    assert (reason, sentence.partition(";")[0]) == (
        "SubnetNotFound",
        "spec.network: there is no subnet subnet-0ff in this account and region",
    )
    assert (await said(subnets[0], groups=("sg-0ff",)) or ("",))[0] == "SecurityGroupNotFound"
    reason, sentence = await said(*subnets) or ("", "")
    assert reason == "NetworkInSeveralVpcs"
    assert all(vpc in sentence for vpc in vpcs)


async def test_an_alarm_is_looked_at_before_a_rollout_and_not_before_a_creation(world: World, operator: Looker) -> None:
    world.given_endpoint("e1")
    wanted = one(rollout={**CANARY, "alarms": [{"name": "churn-5xx"}]})
    assert await operator.complaint(wanted) is None
    (doubt,) = (await operator.looks(wanted, live="e1")).doubts
    assert "allow cloudwatch:DescribeAlarms in its policy" in doubt
    may = {"Effect": "Allow", "Action": "cloudwatch:DescribeAlarms", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    world.iam.put_role_policy(RoleName="operators-default", PolicyName="alarms", PolicyDocument=document)
    assert (await operator.looks(wanted, live="e1")).doubts == []
    reason, sentence = await operator.complaint(wanted, live="e1") or ("", "")
    assert reason == "AlarmNotFound"
    assert sentence.startswith("spec.rollout.alarms[0].name: there is no alarm churn-5xx")
    cloudwatch = world.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="churn-5xx",
        Namespace="Mine",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",  # it stays in the state that is set, also when it is judged anew
    )
    trace = (await operator.looks(wanted, live="e1")).trace
    cloudwatch.set_alarm_state(AlarmName="churn-5xx", StateValue="ALARM", StateReason="a test")
    # What was fine is believed for seconds: another operator looks anew.
    other = Looker(operator.calls, Preflight(operator.calls))
    reason, sentence = await other.complaint(wanted, live="e1") or ("", "")
    assert reason == "AlarmRinging"
    assert (await other.looks(wanted, live="e1")).trace == trace, "alarms say nothing of a revision that failed"
    cloudwatch.set_alarm_state(AlarmName="churn-5xx", StateValue="OK", StateReason="a test")
    cloudwatch.close()
    assert await other.complaint(wanted, live="e1") is None


async def test_a_rollout_needs_a_second_fleet_and_is_offered_rolling(world: World, operator: Looker) -> None:
    world.settings(quotas={"ml.r5.large/endpoint": 5})
    world.given_model()
    three = [variant(count=3, instance="ml.r5.large")]
    world.sagemaker.create_endpoint_config(EndpointConfigName="c3", ProductionVariants=three)  # type: ignore[arg-type]
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c3")
    world.finish("e1", "InService")
    wanted = one(instance="ml.r5.large", count=3)
    found = await operator.complaint(wanted, live="e1")
    assert found == (
        "QuotaTooSmall",
        "spec.instance.type: the quota 'ml.r5.large for endpoint usage' is 5 and this rollout needs 6 (3 that serve "
        "and 3 new ones beside them); ask for 6 in AWS Service Quotas, or set spec.rollout.strategy: Rolling, which "
        "replaces the instances in batches",
    )
    rolling = {"strategy": "Rolling", "step": {"instances": 1}, "waitSeconds": 60}
    assert await operator.complaint({**wanted, "rollout": rolling}, live="e1") is None
    to_another_type = one(instance="ml.m5.large", count=3)
    assert await operator.complaint(to_another_type, live="e1") is None, "the old fleet is of another type"


async def test_quotas_are_listed_once_for_all(world: World, operator: Looker) -> None:
    world.settings(quotas={"ml.r5.large/endpoint": 0})
    for count in (1, 2, 3):
        assert await operator.complaint(one(count=count)) is None
    pages = [row for row in world.calls() if row["service"] == "service-quotas"]
    assert {row["operation"] for row in pages} == {"ListServiceQuotas"}
    assert await operator.complaint(one(instance="ml.r5.large")) is not None
    later = [row["operation"] for row in world.calls() if row["service"] == "service-quotas"][len(pages) :]
    assert later == ["GetServiceQuota"], "only the one in doubt is asked for again"


async def test_many_objects_share_a_look(world: World, operator: Looker) -> None:
    wants = [spec(image=NULL_IMAGE, redeploy=str(number)) for number in range(5)]
    world.s3.create_bucket(Bucket="models")
    put_object(world)
    await asyncio.gather(*(operator.complaint(wanted) for wanted in wants))
    asked = [row["operation"] for row in world.calls() if row["accessKey"] == "operator"]
    for operation in ("GetRole", "HeadObject", "DescribeImages"):
        assert asked.count(operation) == 1


MODELS = multi_model(image=NULL_IMAGE, multiModel={"s3Prefix": "s3://fleet/all/"})


async def test_models_may_come_later_to_a_bucket_of_the_endpoints_region_and_no_other(
    world: World, operator: Looker
) -> None:
    far = world.client("s3", region_name="eu-west-1")
    far.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    found = await operator.complaint({**MODELS, "multiModel": {"s3Prefix": "s3://far/all/"}})
    assert found is not None
    assert found[0] == "BucketInOtherRegion"
    assert found[1].startswith("spec.multiModel.s3Prefix: the bucket far is in eu-west-1 and the endpoint in us-east-1")
    world.s3.create_bucket(Bucket="fleet")
    assert await operator.complaint(MODELS) is None, "an empty prefix is no fault"


async def test_a_role_that_may_not_read_the_models_is_warned_of(world: World, operator: Looker) -> None:
    world.s3.create_bucket(Bucket="fleet")
    (doubt,) = (await operator.looks(MODELS)).doubts
    assert doubt.startswith("spec.executionRoleArn: ")
    assert "may not call s3:GetObject on arn:aws:s3:::fleet/all/*" in doubt
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::fleet/*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    world.client("iam").put_role_policy(RoleName="operators-default", PolicyName="models", PolicyDocument=document)
    assert (await operator.looks(MODELS)).doubts == []
