"""What is in the account and not ours: nothing of it may change, whoever dies."""

from collections.abc import Iterable
from typing import Any

from devworld.recipes import EXECUTION_ROLE
from devworld.simulator_control import SimulatorControl
from devworld.world import World
from tests.chaos.kill.estate import WAKE_UP_ALARM, estate_of
from tests.chaos.kill.model_versions import MODELS_BUCKET, prefix_of
from tests.controlplane.deadlines import until
from tests.integration.vocabulary.specs import INSTANCE_TYPE, REGISTRY

_TAG = "inference.endpoint-operator.dev"
_SOMEBODYS = "somebodys"
_VARIANT = "v"


def make_foreign(world: World, namespaces: Iterable[str]) -> None:
    """Model, config and endpoint without tags, and some with another cluster's, objects below the prefixes of models as
    well; returns when they serve.

    The other cluster has the same namespaces and the same objects in them, as clusters made from one repository do.
    """
    sagemaker, s3 = world.boto3("sagemaker"), world.boto3("s3")
    try:
        _make(sagemaker, _SOMEBODYS, {})
        for namespace in namespaces:
            tags = {
                f"{_TAG}/managed-by": "endpoint-operator",
                f"{_TAG}/cluster": "another-cluster",
                f"{_TAG}/object": f"{namespace}/ucreate",
                f"{_TAG}/uid": "11111111-2222-3333-4444-555555555555",
            }
            _make(sagemaker, f"another-{namespace}", tags)
            _store(s3, namespace)
    finally:
        sagemaker.close()
        s3.close()
    until(lambda: _all_serve(world.simulator), what="the foreign endpoints InService", within_seconds=90)
    _scale(world, _SOMEBODYS)
    _watch(world, _SOMEBODYS)


def make_by_hand(world: World, endpoint: str) -> None:
    """An endpoint that nobody manages, of somebody's config; returns when it serves."""
    sagemaker = world.boto3("sagemaker")
    try:
        sagemaker.create_endpoint(EndpointName=endpoint, EndpointConfigName=_SOMEBODYS)
    finally:
        sagemaker.close()
    until(
        lambda: estate_of(world.simulator).endpoints[endpoint]["EndpointStatus"] == "InService",
        what=f"{endpoint}, made by hand, InService",
        within_seconds=90,
    )


def _scale(world: World, endpoint: str) -> None:
    autoscaling = world.boto3("application-autoscaling")
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{endpoint}/variant/{_VARIANT}",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    metric = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
    try:
        autoscaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=2)
        autoscaling.put_scaling_policy(
            **target,
            PolicyName="endpoint-operator-invocations-per-instance",  # as ours are called: whose it is, the target says
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={"TargetValue": 7.0, "PredefinedMetricSpecification": metric},
        )
        autoscaling.put_scheduled_action(
            **target,
            ScheduledActionName="party",
            Schedule="at(2099-12-31T00:00:00)",
            ScalableTargetAction={"MinCapacity": 1, "MaxCapacity": 2},
        )
    finally:
        autoscaling.close()


def _watch(world: World, endpoint: str) -> None:
    cloudwatch = world.boto3("cloudwatch")
    try:
        for name in (f"{endpoint}-5xx", f"{WAKE_UP_ALARM}{endpoint}"):  # the second is called as ours are
            cloudwatch.put_metric_alarm(
                AlarmName=name,
                Namespace="AWS/SageMaker",
                MetricName="Invocation5XXErrors",
                Dimensions=[{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": _VARIANT}],
                Statistic="Sum",
                Period=60,
                EvaluationPeriods=1,
                Threshold=5.0,
                ComparisonOperator="GreaterThanThreshold",
            )
    finally:
        cloudwatch.close()


def _make(sagemaker: Any, name: str, tags: dict[str, str]) -> None:
    more: dict[str, Any] = {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]} if tags else {}
    container = {"Image": f"{REGISTRY}/sim-null:1"}
    sagemaker.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=EXECUTION_ROLE, **more)
    variant = {"VariantName": _VARIANT, "ModelName": name, "InstanceType": INSTANCE_TYPE, "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant], **more)
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name, **more)


def _store(s3: Any, namespace: str) -> None:
    """Below the prefix of the namespace's endpoint: somebody's, another cluster's, and one that is being put there."""
    prefix = prefix_of(namespace)
    s3.put_object(Bucket=MODELS_BUCKET, Key=f"{prefix}somebodys.tar.gz", Body=b"somebody's")
    owner = {
        "endpoint-operator-cluster": "another-cluster",
        "endpoint-operator-object": f"{namespace}/upublish",
        "endpoint-operator-uid": "11111111-2222-3333-4444-555555555555",
        "endpoint-operator-content": "0" * 64,
    }
    s3.put_object(Bucket=MODELS_BUCKET, Key=f"{prefix}another/0123456789.tar.gz", Body=b"theirs", Metadata=owner)
    s3.create_multipart_upload(Bucket=MODELS_BUCKET, Key=f"{prefix}another/9876543210.tar.gz", Metadata=owner)


def _all_serve(simulator: SimulatorControl) -> bool:
    return all(each["EndpointStatus"] == "InService" for each in estate_of(simulator).endpoints.values())
