"""`kubectl scale` and what goes by the same door (KEDA, an HPA): the count, where it is the spec's to say."""

import json

import pytest

from tests.controlplane.kubectl import KubectlError
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scaling_truth import ScalingTruth, autoscaling
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import FAST_IMAGE, INSTANCE_TYPE, count


def scale(world: Scene, endpoint: Endpoint, replicas: int) -> None:
    world.kubectl("scale", f"iep/{endpoint.name}", f"--replicas={replicas}", "-n", world.namespace)


def test_kubectl_scale_changes_the_count_in_place(world: Scene) -> None:
    endpoint = world.given(count(1)).settles()
    with world.records_calls() as calls:
        scale(world, endpoint, 3)
        endpoint.settles()
    assert calls.that_change_anything() == ["UpdateEndpointWeightsAndCapacities"]
    assert ScalingTruth(world, endpoint).count() == 3


def test_the_scale_subresource_tells_wanted_and_present_instances(world: Scene) -> None:
    endpoint = world.given(count(2)).settles()
    said = json.loads(
        world.kubectl("get", "iep", endpoint.name, "-n", world.namespace, "--subresource=scale", "-o", "json")
    )
    assert (said["spec"]["replicas"], said["status"]["replicas"]) == (2, 2)
    assert said["status"]["selector"] == f"inference.endpoint-operator.dev/endpoint={endpoint.name}"


def test_with_autoscaling_a_scale_calls_nothing_and_the_condition_says_whose_the_count_is(world: Scene) -> None:
    endpoint = world.given(count(1), autoscaling(1, 4)).settles()
    endpoint.comes_to("AutoscalingReady")
    with world.records_calls() as calls:
        scale(world, endpoint, 3)
        endpoint.settles()
        sentence = endpoint.comes_to("AutoscalingReady")
        world.operator_looks(2)
    assert "instance.count is only the first number, and scaling it has no effect" in sentence
    assert calls.that_change_anything() == []
    assert ScalingTruth(world, endpoint).count() == 1


def test_with_variants_there_is_nothing_to_scale_and_kubectl_says_so(world: Scene) -> None:
    variant = {
        "name": "blue",
        "weight": 1.0,
        "containers": [{"image": FAST_IMAGE}],
        "instance": {"type": INSTANCE_TYPE, "count": 1},
    }
    endpoint = world.given_spec({"mode": "RealTime", "variants": [variant]}).settles()
    with world.records_calls() as calls, pytest.raises(KubectlError):
        scale(world, endpoint, 3)
    assert calls.that_change_anything() == []
