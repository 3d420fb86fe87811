"""Life under config/iam/operator-policy.json: the simulator refuses the operator's key whatever that does not allow."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from devworld.environment import OPERATOR_KEY, REGION, SECRET
from devworld.recipes import EXECUTION_ROLE
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.model import Model
from tests.integration.vocabulary.scaling_truth import ScalingTruth, autoscaling
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import BUCKET, SETTINGS, SharedWorld
from tests.integration.vocabulary.specs import FAST_IMAGE, count, field, tags, version
from tests.rights.combined_policy import combined
from tests.rights.recording import PROBE

ALARM = {"metric": "Invocation5XXErrors", "statistic": "Sum", "threshold": 5}
CANARY = {"strategy": "Canary", "step": {"percent": 50}, "waitSeconds": 60, "alarms": [ALARM]}
MANAGED = {"Key": "inference.endpoint-operator.dev/managed-by", "Value": "endpoint-operator"}
NULL: Any = {"Image": FAST_IMAGE}
NULL_CONTAINER = {"image": FAST_IMAGE}


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that the simulator reads when it starts."""
    return tmp_path_factory.mktemp("policy") / "policy.json"


@pytest.fixture(scope="module")
def shared_world(policy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedWorld]:
    """A world of its own, in the place of the one that other files share."""
    policy.write_text(json.dumps(combined()), encoding="utf-8")
    flags = ("--enforce-policy", str(policy), "--enforce-policy-on", OPERATOR_KEY)
    shared = SharedWorld.start(tmp_path_factory.mktemp("policed"), dataclasses.replace(SETTINGS, simulator_args=flags))
    try:
        yield shared
    finally:
        shared.stop()


@pytest.fixture
def as_operator(shared_world: SharedWorld) -> Iterator[Any]:
    """Makes clients with the operator's key."""
    made = []

    def client(service: str) -> Any:
        session = boto3.Session(aws_access_key_id=OPERATOR_KEY, aws_secret_access_key=SECRET, region_name=REGION)
        marked = Config(user_agent_extra=PROBE)
        made.append(session.client(service, endpoint_url=shared_world.world.simulator_url, config=marked))  # type: ignore[call-overload]
        return made[-1]

    yield client
    for each in made:
        each.close()


def denied_calls(world: Scene) -> list[str]:
    """What of the operator's was refused since the simulator started."""
    rows = world.simulator.calls()
    denied = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
    return sorted({f"{row['service']}:{row['operation']}" for row in rows if row["error"] in denied})


def allow_all_but(action: str, *, shared: SharedWorld, policy: Path) -> None:
    """In force after a restart of the simulator, which forgets everything."""
    document = combined()
    for statement in document["Statement"]:
        named = statement["Action"]
        statement["Action"] = [each for each in ([named] if isinstance(named, str) else named) if each != action]
    policy.write_text(json.dumps(document), encoding="utf-8")
    shared.world.simulator_process.kill()
    shared.world.simulator_process.start()
    shared.prepare_account()


def is_told(endpoint: Endpoint, world: Scene, action: str) -> None:
    """Its status names the right that is missing."""
    world.until(lambda: action in json.dumps(endpoint.status.get("conditions", [])), f"{action} in a condition")


def test_an_endpoint_is_made_changed_scaled_rolled_out_and_removed(world: Scene) -> None:
    artifact = world.shared.put_artifact(f"{world.namespace}/model.tar.gz", b"any")
    container = {"image": FAST_IMAGE, "modelData": {"s3Uri": artifact}}
    endpoint = world.given(count(2), field(containers=[container], rollout=CANARY)).settles()
    endpoint.edit(tags(team="fraud")).settles()
    endpoint.edit(tags(team=None)).settles()
    endpoint.edit(count(4)).settles()
    endpoint.edit(version(2)).settles()
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 4}
    endpoint.edit(autoscaling(1, 5)).settles()
    endpoint.comes_to("AutoscalingReady")
    assert ScalingTruth(world, endpoint).bounds() == (1, 5)
    endpoint.delete().is_gone()
    assert world.sagemaker.endpoint(endpoint.sagemaker_name) is None
    assert denied_calls(world) == []


def test_a_serverless_endpoint_comes_and_goes(world: Scene) -> None:
    serverless = {"memoryMB": 2048, "maxConcurrency": 5}
    spec = {"mode": "Serverless", "containers": [NULL_CONTAINER], "serverless": serverless}
    endpoint = world.given_spec(spec).settles()
    endpoint.edit(field(serverless={**serverless, "maxConcurrency": 8})).settles()
    endpoint.delete().is_gone()
    assert denied_calls(world) == []


def test_an_asynchronous_endpoint_sleeps_with_an_alarm_that_wakes_it(world: Scene) -> None:
    bounds = {"minCount": 0, "maxCount": 3, "backlogPerInstance": 5}
    asleep = field(mode="Async", autoscaling=bounds, **{"async": {"outputS3Uri": f"s3://{BUCKET}/answers"}})
    endpoint = world.given(asleep).settles()
    endpoint.comes_to("AutoscalingReady")
    wakes = f"endpoint-operator-wake-up-{endpoint.sagemaker_name}"
    assert len(world.boto3("cloudwatch").describe_alarms(AlarmNames=[wakes])["MetricAlarms"]) == 1
    endpoint.delete().is_gone()
    assert world.boto3("cloudwatch").describe_alarms(AlarmNames=[wakes])["MetricAlarms"] == []
    assert denied_calls(world) == []


def test_a_model_is_published_warmed_up_replaced_and_removed(world: Scene) -> None:
    prefix = f"s3://{BUCKET}/{world.namespace}/models/"
    spec = {
        "mode": "MultiModel",
        "containers": [NULL_CONTAINER],
        "multiModel": {"s3Prefix": prefix},
        "instance": {"type": "ml.m5.large", "count": 1},
    }
    endpoint = world.given_spec(spec, name="tenants").settles()
    source = world.shared.put_artifact(f"{world.namespace}/sources/one.tar.gz", b"a model")
    warm_up = {"contentType": "application/json", "body": "{}"}
    model = Model(world, "one").apply(endpoint="tenants", source=source, warmUp=warm_up).settles()
    first = model.status["targetModel"]
    world.shared.put_artifact(f"{world.namespace}/sources/one.tar.gz", b"a better model")
    model.ask_to_look("after the training")
    world.until(lambda: model.status["targetModel"] != first, "the better model published")
    model.settles()
    s3, place = (
        world.boto3("s3"),
        {"Bucket": BUCKET, "Key": model.status["artifactS3Uri"].removeprefix(f"s3://{BUCKET}/")},
    )
    s3.create_multipart_upload(**place)  # as of an operator that was killed while it copied in parts
    model.delete().is_gone()
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET, Prefix=place["Key"])
    endpoint.delete().is_gone()
    assert denied_calls(world) == []


def test_an_endpoint_that_nobody_holds_is_adopted(world: Scene) -> None:
    sagemaker, name = world.boto3("sagemaker"), f"{world.namespace}-churn"
    variant: Any = {
        "VariantName": "AllTraffic", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1
    }  # fmt: skip
    sagemaker.create_model(ModelName=name, PrimaryContainer=NULL, ExecutionRoleArn=EXECUTION_ROLE)
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    world.given(field(adoptionPolicy="AdoptOrCreate")).settles()
    assert denied_calls(world) == []


def test_what_does_not_have_the_operators_tag_is_out_of_its_keys_reach(world: Scene, as_operator: Any) -> None:
    sagemaker, ours, name = world.boto3("sagemaker"), as_operator("sagemaker"), f"{world.namespace}-theirs"
    sagemaker.create_model(ModelName=name, PrimaryContainer=NULL, ExecutionRoleArn=EXECUTION_ROLE)
    alarm: Any = {
        "AlarmName": name, "MetricName": "Errors", "Namespace": "Mine", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
    }  # fmt: skip
    world.boto3("cloudwatch").put_metric_alarm(**alarm)
    target: Any = {"ServiceNamespace": "dynamodb", "ResourceId": "table/t"}
    refused: dict[str, Callable[[], object]] = {
        "sagemaker:DeleteModel": lambda: ours.delete_model(ModelName=name),
        "sagemaker:DescribeModel": lambda: ours.describe_model(ModelName=name),
        "sagemaker:CreateModel": lambda: ours.create_model(ModelName=f"{name}-2", PrimaryContainer=NULL),
        "sagemaker:AddTags": lambda: ours.add_tags(ResourceArn=arn_of(world, "model", name), Tags=[MANAGED]),
        "cloudwatch:DeleteAlarms": lambda: as_operator("cloudwatch").delete_alarms(AlarmNames=[name]),
        "cloudwatch:PutMetricAlarm": lambda: as_operator("cloudwatch").put_metric_alarm(**alarm),
        "application-autoscaling:DeregisterScalableTarget": lambda: as_operator(
            "application-autoscaling"
        ).deregister_scalable_target(**target, ScalableDimension="dynamodb:table:ReadCapacityUnits"),
        "iam:CreateUser": lambda: as_operator("iam").create_user(UserName="mallory"),
        "s3:ListAllMyBuckets": lambda: as_operator("s3").list_buckets(),
    }
    for action, call in refused.items():
        with pytest.raises(ClientError, match=f"not authorized to perform: {action} on resource"):
            call()
    assert sagemaker.describe_model(ModelName=name)["ModelName"] == name


def test_a_deletion_whose_answers_are_lost_goes_on_although_what_is_gone_may_not_be_deleted(world: Scene) -> None:
    """What is not there has no tags, and the rights hang on those."""
    endpoint = world.given().settles()
    for operation in ("DeleteEndpoint", "DeleteEndpointConfig", "DeleteModel"):
        world.fault(operation, dropAnswer=True, times=1)
    endpoint.delete().is_gone()
    assert world.sagemaker.everything() == []


@pytest.mark.parametrize(
    ("action", "change"),
    [
        ("sagemaker:CreateEndpointConfig", {}),
        ("iam:PassRole", {}),
        ("application-autoscaling:PutScalingPolicy", autoscaling(1, 4)),
    ],
)
def test_without_one_right_it_says_which(
    world: Scene, shared_world: SharedWorld, policy: Path, action: str, change: dict[str, Any]
) -> None:
    allow_all_but(action, shared=shared_world, policy=policy)
    endpoint = world.given(change)
    is_told(endpoint, world, action)
    allow_all_but("", shared=shared_world, policy=policy)
    endpoint.ask_to_look("the right is there")
    endpoint.settles()
    endpoint.delete().is_gone()


def arn_of(world: Scene, kind: str, name: str) -> str:
    account = world.boto3("sts").get_caller_identity()["Account"]
    return f"arn:aws:sagemaker:{REGION}:{account}:{kind}/{name}"
