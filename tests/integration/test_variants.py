"""Several variants: shares of the traffic, changed in place, never by another fleet."""

from collections import Counter
from typing import Any

import pytest

from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import FAST_IMAGE, INSTANCE_TYPE, Spec, field


def variant(name: str, *, weight: float, count: int = 1, image: str = FAST_IMAGE) -> dict[str, Any]:
    return {
        "name": name,
        "weight": weight,
        "containers": [{"image": image}],
        "instance": {"type": INSTANCE_TYPE, "count": count},
    }


def variants(*each: dict[str, Any]) -> Spec:
    """Instead of the containers and the instance of the smallest spec."""
    return {"containers": None, "instance": None, "variants": list(each)}


def given_two(world: Scene, *, blue: float = 0.9, green: float = 0.1) -> Any:
    return world.given_spec(
        {"mode": "RealTime", **_only(variants(variant("blue", weight=blue), variant("green", weight=green)))}
    )


def _only(spec: Spec) -> Spec:
    return {name: value for name, value in spec.items() if value is not None}


def weights(world: Scene, name: str) -> dict[str, float]:
    live = world.sagemaker.endpoint(name) or {}
    return {each["VariantName"]: each["DesiredWeight"] for each in live.get("ProductionVariants", [])}


def test_an_edit_of_weights_never_replaces_the_fleet(world: Scene) -> None:
    endpoint = given_two(world).settles()
    with world.records_calls() as calls:
        endpoint.edit(variants(variant("blue", weight=0.5), variant("green", weight=0.5))).settles()
    assert calls.that_change_anything() == ["UpdateEndpointWeightsAndCapacities"]
    assert weights(world, endpoint.sagemaker_name) == {"blue": 0.5, "green": 0.5}


def test_weights_that_single_precision_cannot_hold_are_at_rest(world: Scene) -> None:
    endpoint = given_two(world, blue=0.9, green=0.1).settles()
    with world.records_calls() as calls:
        world.operator_looks(3)
        endpoint.ask_to_look("again")
        world.operator_looks(3)
    assert calls.that_change_anything() == []


def test_counts_of_two_variants_change_one_after_the_other(world: Scene) -> None:
    endpoint = given_two(world).settles()
    with world.records_calls() as calls:
        endpoint.edit(variants(variant("blue", weight=0.9, count=2), variant("green", weight=0.1, count=3))).settles()
    assert calls.that_change_anything() == ["UpdateEndpointWeightsAndCapacities"] * 2
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"blue": 2, "green": 3}


def test_traffic_goes_by_weight_and_to_the_variant_that_a_caller_names(world: Scene) -> None:
    endpoint = given_two(world, blue=1.0, green=0.0).settles()
    runtime = world.boto3("sagemaker-runtime")

    def invoked(**more: str) -> str:
        reply = runtime.invoke_endpoint(EndpointName=endpoint.sagemaker_name, Body=b"1", **more)
        return str(reply["InvokedProductionVariant"])

    assert Counter(invoked() for _ in range(20)) == {"blue": 20}
    assert invoked(TargetVariant="green") == "green"


def test_a_variant_is_added_and_removed_all_at_once(world: Scene) -> None:
    endpoint = given_two(world).settles()
    endpoint.edit(variants(variant("blue", weight=1.0), variant("green", weight=0.0), variant("red", weight=1.0)))
    endpoint.settles()
    assert set(world.sagemaker.counts(endpoint.sagemaker_name)) == {"blue", "green", "red"}
    endpoint.edit(variants(variant("blue", weight=1.0))).settles()
    assert set(world.sagemaker.counts(endpoint.sagemaker_name)) == {"blue"}


@pytest.mark.parametrize("strategy", ["Canary", "Linear"])
def test_an_edit_of_the_variants_cannot_be_guarded_and_says_so(world: Scene, strategy: str) -> None:
    rollout = {"strategy": strategy, "step": {"percent": 25}, "waitSeconds": 60}
    endpoint = given_two(world).settles()
    with world.records_calls() as calls:
        endpoint.edit(field(rollout=rollout), variants(variant("blue", weight=0.9), variant("red", weight=0.1)))
        sentence = endpoint.stalls("VariantsChanged")
    assert "+red, -green" in sentence
    assert "rollout.strategy: AllAtOnce" in sentence
    assert endpoint.table_row() == ("False", "False", "True", "True")
    assert calls.that_change_anything() == []
    endpoint.edit(field(rollout=None)).settles()
    assert set(world.sagemaker.counts(endpoint.sagemaker_name)) == {"blue", "red"}
