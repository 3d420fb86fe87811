"""Multi-model endpoints: the manifest as it stands, edits in place and by a new revision, other modes, the end."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from kubernetes.client.exceptions import ApiException

from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.kubernetes_objects import GROUP
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import BUCKET, SharedWorld
from tests.integration.vocabulary.specs import FAST_IMAGE, count, field, version

MANIFESTS = Path(__file__).with_name("manifests") / "accepted"
CANARY = {"strategy": "Canary", "step": {"percent": 25}, "waitSeconds": 60}


def prefix_of(world: Scene, name: str = "models") -> str:
    return f"s3://{BUCKET}/{world.namespace}/{name}/"


def given_models(world: Scene, *names: str, prefix: str = "models") -> None:
    """Put below the prefix by hand, as programs do that know nothing of the operator."""
    for name in names:
        world.shared.put_artifact(f"{world.namespace}/{prefix}/{name}", b"a model")


def multi_model(world: Scene, **members: Any) -> dict[str, Any]:
    return {
        "mode": "MultiModel",
        "containers": [{"image": FAST_IMAGE}],
        "multiModel": {"s3Prefix": prefix_of(world)},
        "instance": {"type": "ml.m5.large", "count": 1},
        **members,
    }


def container_of(world: Scene, endpoint: Endpoint) -> dict[str, Any]:
    """PrimaryContainer of the model that serves."""
    config = world.sagemaker.config(str(endpoint.status["endpoint"]["configName"]))
    [variant] = config["ProductionVariants"]
    return dict(world.sagemaker.model(variant["ModelName"])["PrimaryContainer"])


def answers(world: Scene, endpoint: Endpoint, target_model: str) -> bool:
    """Whether a caller of the model is answered."""
    try:
        world.boto3("sagemaker-runtime").invoke_endpoint(
            EndpointName=endpoint.sagemaker_name, TargetModel=target_model, Body=b"hello"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return False
    return True


@pytest.fixture
def ml(shared_world: SharedWorld) -> Iterator[Scene]:
    """What the manifests take for granted: the namespace and the bucket."""
    shared_world.make_whole()
    scene = Scene(shared_world, namespace="ml")
    yield scene
    for each in scene.objects.all("ml"):
        scene.applied(each["metadata"]["name"]).delete().is_gone()


def test_the_manifest_of_the_embeddings_becomes_ready_as_it_stands(ml: Scene) -> None:
    ml.kubectl("apply", "-f", str(MANIFESTS / "multi-model-embeddings.yaml"))
    endpoint = ml.applied("embeddings").settles()
    assert endpoint.table_row() == ("True", "False", "False", "True")
    made = container_of(ml, endpoint)
    assert made["Image"] == "763104351884.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver:24.09-py3"
    assert (made["Mode"], made["ModelDataUrl"]) == ("MultiModel", "s3://ml-models/embeddings/")
    assert made["MultiModelConfig"] == {"ModelCacheSetting": "Enabled"}
    assert ml.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 2}
    assert float(endpoint.status["cost"]["hourlyUSD"]) > 0
    endpoint.comes_to("AutoscalingReady")
    resource = f"endpoint/{endpoint.sagemaker_name}/variant/AllTraffic"
    [policy] = ml.boto3("application-autoscaling").describe_scaling_policies(
        ServiceNamespace="sagemaker", ResourceId=resource
    )["ScalingPolicies"]
    metric = policy["TargetTrackingScalingPolicyConfiguration"]["CustomizedMetricSpecification"]
    assert (metric["Namespace"], metric["MetricName"]) == ("/aws/sagemaker/Endpoints", "GPUMemoryUtilization")
    dimensions = {each["Name"]: each["Value"] for each in metric["Dimensions"]}
    assert dimensions == {"EndpointName": endpoint.sagemaker_name, "VariantName": "AllTraffic"}


def test_an_empty_prefix_is_ready_and_what_comes_to_it_answers_without_a_call(world: Scene) -> None:
    endpoint = world.given_spec(multi_model(world)).settles()
    with world.records_calls() as calls:
        given_models(world, "acme/1.tar.gz")
        assert answers(world, endpoint, "acme/1.tar.gz")
        assert not answers(world, endpoint, "globex/1.tar.gz")
        world.operator_looks(2)
    assert calls.that_change_anything() == []


def test_another_cache_setting_is_another_revision_and_the_old_one_is_returned_to(world: Scene) -> None:
    endpoint = world.given_spec(multi_model(world)).settles()
    first = endpoint.revision
    with world.records_calls() as calls:
        endpoint.edit(field(multiModel={"cache": "Disabled"})).settles()
    assert calls.count("UpdateEndpoint") == 1
    assert container_of(world, endpoint)["MultiModelConfig"] == {"ModelCacheSetting": "Disabled"}
    assert endpoint.revision != first
    with world.records_calls() as calls:
        endpoint.edit(field(multiModel={"cache": "Enabled"})).settles()
    assert endpoint.revision == first
    assert calls.count("UpdateEndpoint") == 1
    models = world.sagemaker.models()
    assert len(models) == 2, "reverting makes nothing twice"


def test_another_count_is_reached_in_place(world: Scene) -> None:
    endpoint = world.given_spec(multi_model(world)).settles()
    before = endpoint.revision
    with world.records_calls() as calls:
        endpoint.edit(count(3)).settles()
    assert calls.that_change_anything() == ["UpdateEndpointWeightsAndCapacities"]
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 3}
    assert endpoint.revision == before


def test_another_prefix_is_rolled_out_and_its_models_answer(world: Scene) -> None:
    given_models(world, "acme/1.tar.gz")
    given_models(world, "acme/2.tar.gz", prefix="others")
    endpoint = world.given_spec(multi_model(world)).settles()
    assert answers(world, endpoint, "acme/1.tar.gz")
    with world.records_calls() as calls:
        endpoint.edit(field(multiModel={"s3Prefix": prefix_of(world, "others")})).settles()
    assert calls.count("UpdateEndpoint") == 1
    assert calls.count("DeleteEndpoint") == 0
    assert answers(world, endpoint, "acme/2.tar.gz")
    assert not answers(world, endpoint, "acme/1.tar.gz")


def test_a_bucket_that_is_not_there_stalls_before_sagemaker_is_asked_until_it_is(world: Scene) -> None:
    lost = f"{world.namespace}-models"
    with world.records_calls() as calls:
        endpoint = world.given_spec(multi_model(world, multiModel={"s3Prefix": f"s3://{lost}/all/"}))
        sentence = endpoint.stalls("BucketNotFound")
    assert sentence.startswith(f"spec.multiModel.s3Prefix: there is no bucket {lost}")
    assert calls.that_change_anything() == []
    world.boto3("s3").create_bucket(Bucket=lost)
    endpoint.ask_to_look("it is there now")
    endpoint.settles()


def test_stopped_and_started_again_it_has_its_models(world: Scene) -> None:
    given_models(world, "acme/1.tar.gz")
    endpoint = world.given_spec(multi_model(world)).settles()
    endpoint.edit(field(stopped=True)).settles()
    assert world.sagemaker.endpoints() == []
    endpoint.edit(field(stopped=False)).settles()
    assert answers(world, endpoint, "acme/1.tar.gz")


def test_deleted_it_leaves_nothing_in_sagemaker_and_everything_below_its_prefix(world: Scene) -> None:
    given_models(world, "acme/1.tar.gz")
    endpoint = world.given_spec(multi_model(world)).settles()
    endpoint.edit(field(multiModel={"cache": "Disabled"})).settles()
    endpoint.delete().is_gone()
    assert world.sagemaker.everything() == []
    assert f"{world.namespace}/models/acme/1.tar.gz" in world.simulator.state()["s3"][BUCKET]


def test_one_model_becomes_many_and_one_again_without_a_deletion(world: Scene) -> None:
    given_models(world, "acme/1.tar.gz")
    endpoint = world.given().settles()
    with world.records_calls() as calls:
        endpoint.edit(field(mode="MultiModel", multiModel={"s3Prefix": prefix_of(world)})).settles()
        assert answers(world, endpoint, "acme/1.tar.gz")
        endpoint.edit(field(mode="RealTime", multiModel=None)).settles()
    fleet = [call for call in calls.that_change_anything() if call.endswith("Endpoint")]
    assert fleet == ["UpdateEndpoint", "UpdateEndpoint"]
    assert "Mode" not in container_of(world, endpoint) or container_of(world, endpoint)["Mode"] == "SingleModel"


def test_many_models_become_asynchronous_only_with_leave_and_by_a_deletion(world: Scene) -> None:
    endpoint = world.given_spec(multi_model(world)).settles()
    change = {"mode": "Async", "multiModel": None, "async": {"outputS3Uri": f"s3://{BUCKET}/{world.namespace}/answers"}}
    with pytest.raises(ApiException) as refusal:
        endpoint.edit(change)
    assert "SageMaker cannot make this change in place" in str(refusal.value.body)
    with world.records_calls() as calls:
        endpoint.edit({**change, "replacePolicy": "Recreate"}).settles()
    fleet = [call for call in calls.that_change_anything() if call.endswith("Endpoint")]
    assert fleet == ["DeleteEndpoint", "CreateEndpoint"]


def test_a_guarded_rollout_is_done_as_sagemaker_takes_it_and_said_to_be_undocumented(world: Scene) -> None:
    endpoint = world.given_spec(multi_model(world, rollout=CANARY), name="churn")
    endpoint.edit(count(4)).settles()
    said = endpoint.condition("Undocumented")
    assert said["status"] == "True"
    assert said["message"].startswith("spec.rollout.strategy: Canary is not documented for multi-model endpoints")
    endpoint.edit(version(2)).settles()
    live = world.sagemaker.endpoint(endpoint.sagemaker_name)
    assert live is not None
    routing = live["LastDeploymentConfig"]["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]
    assert routing["Type"] == "CANARY"
    endpoint.edit(field(rollout=None)).settles()
    world.until(lambda: endpoint.condition("Undocumented") == {}, "the warning gone")


@pytest.mark.parametrize(
    ("members", "field_named"),
    [
        ({"variants": [], "containers": None, "instance": None}, "spec.variants"),
        ({"dataCapture": {"s3Uri": "s3://b/p", "samplingPercent": 10, "capture": ["Input"]}}, "spec.dataCapture"),
        (
            {
                "shadow": {
                    "name": "next",
                    "samplingPercent": 10,
                    "containers": [{"image": FAST_IMAGE}],
                    "instance": {"type": "ml.m5.large"},
                }
            },
            "spec.shadow",
        ),
        ({"containers": [{"image": FAST_IMAGE}, {"image": FAST_IMAGE}]}, "spec.containers"),
        ({"containers": [{"image": FAST_IMAGE, "modelData": {"s3Uri": "s3://b/model.tar.gz"}}]}, "spec.containers"),
        (
            {"instance": {"type": "ml.m5.large", "pools": [{"type": "ml.m5.xlarge", "priority": 1}]}},
            "spec.instance.pools",
        ),
        ({"autoscaling": {"minCount": 0, "maxCount": 2}}, "spec.autoscaling.minCount"),
        (
            {"autoscaling": {"minCount": 1, "maxCount": 2, "backlogPerInstance": 5}},
            "spec.autoscaling.backlogPerInstance",
        ),
    ],
)
def test_what_multi_model_endpoints_do_not_have_is_refused_at_apply(
    world: Scene, members: dict[str, Any], field_named: str
) -> None:
    spec = {key: value for key, value in multi_model(world, **members).items() if value is not None}
    if spec.get("variants") == []:
        container, instance = [{"image": FAST_IMAGE}], {"type": "ml.m5.large"}
        spec["variants"] = [{"name": name, "containers": container, "instance": instance} for name in ("a", "b")]
    with pytest.raises(ApiException) as refusal:
        world.given_spec(spec)
    assert f"{field_named}:" in str(refusal.value.body)
    assert world.objects.all(world.namespace) == []


def given_model(world: Scene, name: str, *, rounds: bytes, **members: Any) -> None:
    """An InferenceModel of the endpoint churn, its archive put where it comes from."""
    source = world.shared.put_artifact(f"{world.namespace}/from/{name}/model.tar.gz", rounds)
    metadata = {"name": name, "namespace": world.namespace}
    spec = {"endpointRef": {"name": "churn"}, "source": {"s3Uri": source}, **members}
    body = {"apiVersion": f"{GROUP}/v1alpha1", "kind": "InferenceModel", "metadata": metadata, "spec": spec}
    world.kubectl("apply", "-f", "-", stdin=json.dumps(body))


def exported_models(world: Scene) -> dict[str, str]:
    found = world.kubectl.find("get", "configmap", "callers", "-n", world.namespace) or {}
    targets: dict[str, str] = json.loads(found.get("data", {}).get("targetModels", "{}"))
    return targets


def test_its_models_are_counted_and_callers_find_them_in_the_config_map(world: Scene) -> None:
    endpoint = world.given_spec(multi_model(world, export={"configMapName": "callers"})).settles()
    assert endpoint.condition("ModelsReady")["reason"] == "NoModels"
    given_model(world, "acme", rounds=b"first")
    given_model(world, "second", rounds=b"second", modelId="globex")
    all_there = {"declared": 2, "published": 2, "warm": 0}
    world.until(lambda: endpoint.status.get("models") == all_there, "both models counted")
    said = endpoint.condition("ModelsReady")
    assert (said["status"], said["message"]) == ("True", "2 of 2 models are published")
    assert endpoint.condition("ModelCapacity")["reason"] == "ModelsFit"
    world.until(lambda: exported_models(world).keys() == {"acme", "globex"}, "both exported")
    targets = exported_models(world)
    assert all(answers(world, endpoint, target) for target in targets.values())
    world.kubectl("delete", "imod", "acme", "-n", world.namespace)
    world.until(lambda: exported_models(world).keys() == {"globex"}, "the deleted one gone from the ConfigMap")
    one_left = {"declared": 1, "published": 1, "warm": 0}  # status is written after the ConfigMap
    world.until(lambda: endpoint.status["models"] == one_left, "one model counted")
    assert endpoint.table_row() == ("True", "False", "False", "True")
