"""Preflight: what a revision needs is looked at first, said with its field, and gone on with once it is there."""

from typing import Any

from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import REGISTRY, XGBOOST_IMAGE, field, version

CANARY = {"strategy": "Canary", "step": {"percent": 50}, "waitSeconds": 60}
TWENTY_AT_MOST = "ml.r5.xlarge"
DENIED = {"code": "AccessDeniedException", "message": "not authorized", "status": 400}


def containers(**members: Any) -> dict[str, Any]:
    return field(containers=[{"image": f"{REGISTRY}/sim-null:1", **members}])


def alarm(world: Scene, *, rings: bool) -> None:
    """An alarm on a metric without data, which it takes for good or for bad; waits until it has judged that."""
    cloudwatch = world.boto3("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=world.namespace,
        Namespace="Mine",
        MetricName=world.namespace,
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="breaching" if rings else "notBreaching",
    )

    def judged() -> bool:
        (found,) = cloudwatch.describe_alarms(AlarmNames=[world.namespace])["MetricAlarms"]
        return bool(found["StateValue"] == ("ALARM" if rings else "OK"))

    world.until(judged, f"alarm {world.namespace} judged")


def test_an_image_that_is_not_in_ecr_is_found_when_it_is_pushed(world: Scene) -> None:
    image = f"{REGISTRY}/{world.namespace}:1"
    with world.records_calls() as calls:
        endpoint = world.given(field(containers=[{"image": image}]))
        sentence = endpoint.stalls("ImageNotFound")
        world.operator_looks(3)
    assert sentence == f"spec.containers[0].image: no image {image} in ECR; push it or correct the tag"
    assert calls.that_change_anything() == []
    world.holds_transition(endpoint)
    world.simulator.configure(images=[image])
    endpoint.reconciles("Creating")
    world.ends_transition(endpoint)


def test_the_digest_of_the_image_is_remembered_with_the_revision(world: Scene) -> None:
    endpoint = world.given().settles()
    (image,) = endpoint.status["revisions"][-1]["resolved"]["images"]
    assert image["container"] == "spec.containers[0]"
    assert image["digest"].startswith("sha256:")


def test_subnets_that_are_not_there(world: Scene) -> None:
    ec2 = world.boto3("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName=world.namespace, Description="d", VpcId=vpc)["GroupId"]
    endpoint = world.given(field(network={"subnetIds": ["subnet-0ff"], "securityGroupIds": [group]}))
    assert endpoint.stalls("SubnetNotFound").startswith("spec.network: there is no subnet subnet-0ff")
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    endpoint.edit(field(network={"subnetIds": [subnet]})).settles()


def test_a_bucket_for_captured_data_that_is_not_there(world: Scene) -> None:
    capture = {"s3Uri": f"s3://{world.namespace}/captured", "samplingPercent": 1, "capture": ["Input"]}
    endpoint = world.given(field(dataCapture=capture))
    assert "there is no bucket" in endpoint.stalls("BucketNotFound")
    world.boto3("s3").create_bucket(Bucket=world.namespace)
    endpoint.settles()


def test_a_rollout_waits_for_an_alarm_that_is_missing(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    endpoint.edit(version(2), field(rollout={**CANARY, "alarms": [{"name": world.namespace}]}))
    assert endpoint.stalls("AlarmNotFound").startswith("spec.rollout.alarms[0].name: ")
    alarm(world, rings=False)
    endpoint.settles()


def test_a_rollout_waits_for_an_alarm_that_rings_already(world: Scene) -> None:
    alarm(world, rings=True)
    endpoint = world.given(version(1)).settles()
    with world.records_calls() as calls:
        endpoint.edit(version(2), field(rollout={**CANARY, "alarms": [{"name": world.namespace}]}))
        assert "rings already" in endpoint.stalls("AlarmRinging")
        world.operator_looks(2)
    assert calls.count("UpdateEndpoint") == 0
    assert endpoint.table_row() == ("False", "False", "True", "True")
    alarm(world, rings=False)
    endpoint.settles()


def test_a_role_that_may_not_read_the_alarms_of_a_rollout_is_said_before_it_starts(world: Scene) -> None:
    arn = world.shared.make_role(world.namespace)
    alarm(world, rings=False)
    endpoint = world.given(version(1), field(executionRoleArn=arn)).settles()
    endpoint.edit(version(2), field(rollout={**CANARY, "alarms": [{"name": world.namespace}]}))
    assert "allow cloudwatch:DescribeAlarms" in endpoint.tells("RolloutStarted").message
    endpoint.settles()


def test_a_rollout_without_room_for_a_second_fleet_is_offered_rolling(world: Scene) -> None:
    endpoint = world.given(version(1), field(instance={"type": TWENTY_AT_MOST, "count": 11})).settles()
    endpoint.edit(version(2))
    sentence = endpoint.stalls("QuotaTooSmall")
    assert f"'{TWENTY_AT_MOST} for endpoint usage' is 20 and this rollout needs 22" in sentence
    assert "spec.rollout.strategy: Rolling" in sentence
    assert endpoint.table_row() == ("False", "False", "True", "True")
    rolling = {"strategy": "Rolling", "step": {"instances": 5}, "waitSeconds": 0}
    endpoint.edit(field(rollout=rolling)).settles()


def test_a_quota_that_is_raised_lets_the_endpoint_go_on(world: Scene) -> None:
    scarce = "ml.g6.2xlarge"
    with world.records_calls() as calls:
        endpoint = world.given(field(instance={"type": scarce, "count": 21}))
        assert "is 20 and the endpoint needs 21" in endpoint.stalls("QuotaTooSmall")
        world.operator_looks(2)
    assert calls.that_change_anything() == []
    world.simulator.configure(quotas={f"{scarce}/endpoint": 21})
    endpoint.settles()


def test_an_override_that_sagemaker_does_not_know(world: Scene) -> None:
    endpoint = world.given(containers(overrides={"Nonsense": 1}))
    assert endpoint.stalls("OverrideInvalid").startswith(
        'spec.containers[0].overrides: Unknown parameter in input: "No'
    )
    endpoint.edit(containers()).settles()


def test_an_override_of_what_has_a_field(world: Scene) -> None:
    endpoint = world.given(field(overrides={"model": {"EnableNetworkIsolation": True}}))
    sentence = endpoint.stalls("OverrideNotAllowed")
    assert sentence.startswith(
        "spec.overrides.model.EnableNetworkIsolation may not be overridden: use spec.network.iso"
    )
    endpoint.edit(field(overrides=None)).settles()


def test_with_warn_what_is_wrong_or_not_looked_at_is_said_and_gone_on_with(world: Scene) -> None:
    fault = world.simulator.add_fault(match={"operation": "DescribeImages"}, error=DENIED)
    held = world.fault("CreateEndpoint", hold=True)
    capture = {"s3Uri": f"s3://{world.namespace}/captured", "samplingPercent": 1, "capture": ["Input"]}
    image = f"{REGISTRY}/sim-null:{world.namespace}"  # no other test has looked at it
    endpoint = world.given(field(preflight="Warn", dataCapture=capture, containers=[{"image": image}]))
    world.is_held(held)
    sentence = endpoint.reconciles("Creating")
    assert "preflight warns: spec.dataCapture.s3Uri: there is no bucket" in sentence
    assert "did not look at spec.containers[0].image: the operator may not call ecr:DescribeImages" in sentence
    world.simulator.end_faults(fault)
    world.simulator.end_faults(held)
    endpoint.settles()


def test_rule_08_the_last_lines_of_a_failed_container_are_an_event(world: Scene) -> None:
    """The real server of the XGBoost image ends at once when it finds no model."""
    variables = [{"name": "GREETING", "value": "salutations"}]
    endpoint = world.given(field(containers=[{"image": XGBOOST_IMAGE, "environment": variables}]))
    endpoint.stalls("ContainerUnhealthy")
    told = endpoint.tells("ContainerLog").message
    assert "model" in told
    assert "salutations" not in told
