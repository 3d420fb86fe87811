"""Each variant, and the shadow, scales by itself."""

from typing import Any

from tests.integration.vocabulary.scaling_truth import ScalingTruth
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import FAST_IMAGE, INSTANCE_TYPE, Spec


def variant(name: str, *, low: int, high: int, **members: object) -> dict[str, Any]:
    return {
        "name": name,
        "containers": [{"image": FAST_IMAGE}],
        "instance": {"type": INSTANCE_TYPE, "count": 1},
        "autoscaling": {"minCount": low, "maxCount": high, "invocationsPerInstance": 100},
        **members,
    }


def spec(*variants: dict[str, Any], **members: object) -> Spec:
    return {"mode": "RealTime", "variants": list(variants), **members}


def test_each_variant_scales_between_its_own_bounds(world: Scene) -> None:
    blue, green = variant("blue", low=1, high=3, weight=0.9), variant("green", low=2, high=5, weight=0.1)
    endpoint = world.given_spec(spec(blue, green)).settles()
    endpoint.comes_to("AutoscalingReady")
    scaling = ScalingTruth(world, endpoint)
    assert (scaling.bounds("blue"), scaling.bounds("green")) == ((1, 3), (2, 5))
    scaling.has(2, variant="green")
    scaling.load(100_000, variant="blue")
    scaling.has(3, variant="blue")
    world.operator_looks(3)
    assert (scaling.count("blue"), scaling.count("green")) == (3, 2)
    assert [row["name"] for row in endpoint.status["autoscaling"]] == ["blue", "green"]


def test_a_variant_that_goes_is_deregistered_before_and_the_other_scales_on(world: Scene) -> None:
    blue, green = variant("blue", low=1, high=3, weight=0.9), variant("green", low=1, high=5, weight=0.1)
    endpoint = world.given_spec(spec(blue, green)).settles()
    endpoint.comes_to("AutoscalingReady")
    scaling = ScalingTruth(world, endpoint)
    with world.records_calls() as calls:
        endpoint.edit({"variants": [blue]}).settles()
    changes = calls.that_change_anything()
    assert changes.index("DeregisterScalableTarget") < changes.index("UpdateEndpoint")
    gone = [row["resource"] for row in calls.all() if row["operation"] == "DeregisterScalableTarget"]
    assert set(gone) == {scaling.resource_id("green")}
    assert "RegisterScalableTarget" not in changes
    assert (scaling.bounds("blue"), scaling.bounds("green")) == ((1, 3), None)
    assert [row["name"] for row in endpoint.status["autoscaling"]] == ["blue"]


def test_one_variant_gives_its_autoscaling_up_and_the_other_keeps_it(world: Scene) -> None:
    blue, green = variant("blue", low=1, high=3, weight=0.9), variant("green", low=2, high=5, weight=0.1)
    endpoint = world.given_spec(spec(blue, green)).settles()
    endpoint.comes_to("AutoscalingReady")
    scaling = ScalingTruth(world, endpoint)
    del green["autoscaling"]
    endpoint.edit({"variants": [blue, green]}).settles()
    scaling.has(1, variant="green")
    assert (scaling.bounds("blue"), scaling.bounds("green")) == ((1, 3), None)


def test_a_shadow_scales_between_its_own_bounds(world: Scene) -> None:
    shadow = variant("shadow", low=2, high=4, samplingPercent=50)
    endpoint = world.given_spec(spec(variant("main", low=1, high=3, weight=1.0), shadow=shadow)).settles()
    endpoint.comes_to("AutoscalingReady")
    scaling = ScalingTruth(world, endpoint)
    assert (scaling.bounds("main"), scaling.bounds("shadow")) == ((1, 3), (2, 4))
    scaling.has(2, variant="shadow")
    assert scaling.count("main") == 1
