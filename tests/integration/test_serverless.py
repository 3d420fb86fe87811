"""Serverless endpoints: the manifests as they stand, changes in place, and the way there and back from instances."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.vocabulary.artifacts import script_archive
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.predictions import ask, model_of, predicted
from tests.integration.vocabulary.scaling_truth import ScalingTruth
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld
from tests.integration.vocabulary.specs import FAST_IMAGE, field

MANIFESTS = Path(__file__).with_name("manifests") / "accepted"
# All that a Hugging Face container needs of code/inference.py: what stands in for the pipeline. The container itself
# reads the JSON, calls it with the inputs and writes what it says.
CLASSIFIER = """
def model_fn(model_dir):
    return lambda text: [{"label": "urgent" if "down" in text else "normal"}]
"""


def serverless(*, memory: int = 2048, most: int = 5, **members: Any) -> dict[str, Any]:
    return {
        "mode": "Serverless",
        "containers": [{"image": FAST_IMAGE}],
        "serverless": {"memoryMB": memory, "maxConcurrency": most, **members},
    }


def variant_of(endpoint: Endpoint) -> dict[str, Any]:
    [variant] = endpoint.status["variants"]
    return dict(variant)


@pytest.fixture
def ml(shared_world: SharedWorld) -> Iterator[Scene]:
    """What the manifests take for granted: the namespace, the buckets and the artifacts."""
    shared_world.make_whole()
    shared_world.put_artifact("ticket-priority/model.tar.gz", script_archive(CLASSIFIER))
    shared_world.put_artifact("routing/model.tar.gz", model_of(12).as_artifact())
    scene = Scene(shared_world, namespace="ml")
    yield scene
    for each in scene.objects.all("ml"):
        scene.applied(each["metadata"]["name"]).delete().is_gone()


def test_a_classifier_without_instances_answers_and_costs_nothing_meanwhile(ml: Scene) -> None:
    ml.kubectl("apply", "-f", str(MANIFESTS / "serverless.yaml"))
    endpoint = ml.applied("ticket-priority").settles()
    for text, label in {"the site is down": "urgent", "thank you": "normal"}.items():
        reply = ml.boto3("sagemaker-runtime").invoke_endpoint(
            EndpointName=endpoint.sagemaker_name,
            ContentType="application/json",
            Body=json.dumps({"inputs": text}),
        )
        assert json.loads(reply["Body"].read()) == [{"label": label}]
    assert endpoint.status["cost"]["hourlyUSD"] == "0.00"
    assert "instanceCount" not in endpoint.status
    assert variant_of(endpoint)["currentServerless"] == {"memoryMB": 3072, "maxConcurrency": 20}
    assert "huggingface-pytorch-inference" in endpoint.status["revisions"][0]["resolved"]["images"][0]["image"]


def test_provisioned_concurrency_is_there_registered_for_scaling_and_paid(ml: Scene) -> None:
    ml.kubectl("apply", "-f", str(MANIFESTS / "serverless-provisioned.yaml"))
    endpoint = ml.applied("routing").settles()
    assert ask(ml, endpoint.sagemaker_name).value == pytest.approx(predicted(12), abs=1e-6)
    assert variant_of(endpoint)["currentServerless"]["provisionedConcurrency"] == 2
    resource, autoscaling = ScalingTruth(ml, endpoint).resource_id(), ml.boto3("application-autoscaling")
    [target] = autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[resource])[
        "ScalableTargets"
    ]
    [policy] = autoscaling.describe_scaling_policies(ServiceNamespace="sagemaker", ResourceId=resource)[
        "ScalingPolicies"
    ]
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["TargetValue"] == 0.7
    assert tracking["PredefinedMetricSpecification"] == {
        "PredefinedMetricType": "SageMakerVariantProvisionedConcurrencyUtilization"
    }
    assert target["ScalableDimension"] == "sagemaker:variant:DesiredProvisionedConcurrency"
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 10)
    assert endpoint.condition("AutoscalingReady")["status"] == "True"
    assert float(endpoint.status["cost"]["hourlyUSD"]) > 0


def test_concurrency_changes_in_place_and_memory_does_not(world: Scene) -> None:
    endpoint = world.given_spec(serverless(most=5)).settles()
    before = endpoint.revision
    for most, provisioned in ((9, None), (9, 2), (12, 3)):
        warm = {} if provisioned is None else {"provisionedConcurrency": provisioned}
        with world.records_calls() as calls:
            endpoint.edit(field(serverless={"maxConcurrency": most, **warm})).settles()
        assert calls.that_change_anything() == ["UpdateEndpointWeightsAndCapacities"]
        assert variant_of(endpoint)["currentServerless"] == {"memoryMB": 2048, "maxConcurrency": most, **warm}
    with world.records_calls() as calls:
        endpoint.edit(field(serverless={"provisionedConcurrency": None})).settles()
    assert "UpdateEndpoint" in calls.that_change_anything(), "no update in place takes it away"
    assert variant_of(endpoint)["currentServerless"] == {"memoryMB": 2048, "maxConcurrency": 12}
    assert endpoint.revision == before
    endpoint.edit(field(serverless={"memoryMB": 4096})).settles()
    assert endpoint.revision != before
    assert variant_of(endpoint)["currentServerless"] == {"memoryMB": 4096, "maxConcurrency": 12}


def test_instances_become_serverless_only_by_a_deletion_that_is_said_before(world: Scene) -> None:
    endpoint = world.given().settles()
    nothing = {"instance": None}
    with world.records_calls() as calls:
        endpoint.edit({**serverless(), **nothing, "replacePolicy": "Recreate"}).settles()
    fleet = [call for call in calls.that_change_anything() if call.endswith("Endpoint")]
    assert fleet == ["DeleteEndpoint", "CreateEndpoint"]
    told = endpoint.tells("RecreatingEndpoint")
    assert f"the endpoint {endpoint.sagemaker_name} is deleted and made again" in told.message
    assert variant_of(endpoint)["currentServerless"]["memoryMB"] == 2048
    with world.records_calls() as calls:
        endpoint.edit(
            {"mode": "RealTime", "serverless": None, "instance": {"type": "ml.m5.large", "count": 1}}
        ).settles()
    assert [call for call in calls.that_change_anything() if call.endswith("Endpoint")] == ["UpdateEndpoint"]
    assert endpoint.status["instanceCount"] == 1
