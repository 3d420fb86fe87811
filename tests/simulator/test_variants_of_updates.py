"""Several variants across updates: what is kept by name, what comes from the new config, and what blocks an update."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.world import World, refused, variant


def given_two(world: World, **members: Any) -> None:
    """Endpoint e1 with blue (2 instances, weight 0.3) and green (3, 0.7), changed in place from 1 and 1.0."""
    world.given_model()
    world.given_config(ProductionVariants=[variant("blue"), variant("green")], **members)
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "InService")
    change(world, blue={"DesiredInstanceCount": 2, "DesiredWeight": 0.3})
    change(world, green={"DesiredInstanceCount": 3, "DesiredWeight": 0.7})


def change(world: World, **wishes: dict[str, Any]) -> None:
    wanted: Any = [{"VariantName": name, **wish} for name, wish in wishes.items()]
    world.sagemaker.update_endpoint_weights_and_capacities(EndpointName="e1", DesiredWeightsAndCapacities=wanted)
    world.finish("e1", "InService")


def move(world: World, *variants: dict[str, Any], exclude: tuple[str, ...] | None = ()) -> dict[str, tuple[int, float]]:
    """Update to a config of these variants; `exclude` None retains nothing. Returns counts and weights by name."""
    world.given_config("c2", ProductionVariants=list(variants))
    flags: Any = {}
    if exclude is not None:
        flags = {
            "RetainAllVariantProperties": True,
            "ExcludeRetainedVariantProperties": [{"VariantPropertyType": each} for each in exclude],
        }
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2", **flags)
    world.finish("e1", "InService")
    return {
        shown["VariantName"]: (shown["CurrentInstanceCount"], round(shown["CurrentWeight"], 6))
        for shown in world.describe()["ProductionVariants"]
    }


@pytest.mark.parametrize(
    ("exclude", "blue", "green"),
    [
        ((), (2, 0.3), (3, 0.7)),
        (("DesiredWeight",), (2, 5.0), (3, 6.0)),
        (("DesiredInstanceCount",), (4, 0.3), (5, 0.7)),
        (("DesiredWeight", "DesiredInstanceCount"), (4, 5.0), (5, 6.0)),
        (("DataCaptureConfig",), (2, 0.3), (3, 0.7)),
        (None, (4, 5.0), (5, 6.0)),
    ],
)
def test_what_is_retained_is_kept_by_name_and_what_is_excluded_comes_from_the_config(
    world: World, exclude: tuple[str, ...] | None, blue: tuple[int, float], green: tuple[int, float]
) -> None:
    given_two(world)
    asked = [
        variant("green", count=5, InitialVariantWeight=6.0),
        variant("blue", count=4, InitialVariantWeight=5.0),
    ]
    assert move(world, *asked, exclude=exclude) == {"green": green, "blue": blue}


def test_a_variant_that_is_new_takes_its_own_properties_and_one_that_goes_takes_its_with_it(world: World) -> None:
    given_two(world)
    asked = [variant("blue", count=9), variant("red", count=7, InitialVariantWeight=0.1)]
    assert move(world, *asked) == {"blue": (2, 0.3), "red": (7, 0.1)}


def test_weights_of_several_variants_change_in_one_call_and_counts_stay(world: World) -> None:
    given_two(world)
    change(world, blue={"DesiredWeight": 0.1}, green={"DesiredWeight": 0})
    shown = {each["VariantName"]: each for each in world.describe()["ProductionVariants"]}
    assert (shown["blue"]["CurrentWeight"], shown["blue"]["CurrentInstanceCount"]) == (0.10000000149011612, 2)
    assert (shown["green"]["CurrentWeight"], shown["green"]["CurrentInstanceCount"]) == (0.0, 3)


def test_one_call_changes_the_count_of_one_variant_only(world: World) -> None:
    given_two(world)
    with refused("ValidationException", "The capacity of only one variant can be updated", "blue, green"):
        change(world, blue={"DesiredInstanceCount": 5}, green={"DesiredInstanceCount": 5})
    change(world, blue={"DesiredInstanceCount": 5}, green={"DesiredInstanceCount": 3, "DesiredWeight": 2})


def test_a_count_that_changes_is_said_while_it_changes(world: World) -> None:
    world.given_endpoint()
    wish: Any = [{"VariantName": "AllTraffic", "DesiredInstanceCount": 6}]
    world.sagemaker.update_endpoint_weights_and_capacities(EndpointName="e1", DesiredWeightsAndCapacities=wish)
    [shown] = world.describe()["ProductionVariants"]
    [status] = shown["VariantStatus"]
    assert (status["Status"], status["StatusMessage"]) == ("Updating", "Scaling out desired instance count to 6.")
    world.finish("e1", "InService")
    assert "VariantStatus" not in world.describe()["ProductionVariants"][0]


@pytest.fixture
def scaled(world: World) -> Iterator[World]:
    """Endpoint e1 with blue and green, of which blue is a scalable target."""
    given_two(world)
    client = world.client("application-autoscaling")
    client.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=4)
    yield world
    client.close()


TARGET: Any = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/e1/variant/blue",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


@pytest.mark.parametrize("variants", [[variant("blue", instance="ml.c5.xlarge"), variant("green")], [variant("green")]])
def test_a_scalable_target_whose_type_changes_or_that_goes_must_be_deregistered_first(
    scaled: World, variants: list[dict[str, Any]]
) -> None:
    with refused("ValidationException", "variant(s) blue of", "must be deregistered as a scalable target"):
        move(scaled, *variants)
    assert scaled.status("e1") == "InService"
    client = scaled.client("application-autoscaling")
    client.deregister_scalable_target(**TARGET)
    client.close()
    scaled.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    scaled.finish("e1", "InService")


def test_a_scalable_target_does_not_stand_in_the_way_of_another_model(scaled: World) -> None:
    scaled.given_model("m2")
    assert move(scaled, variant("blue", model="m2"), variant("green", instance="ml.c5.xlarge"))["blue"] == (2, 0.3)


def test_data_capture_is_described_with_its_status_and_comes_with_the_config(world: World) -> None:
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 20,
        "DestinationS3Uri": "s3://captured/e1",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    given_two(world, DataCaptureConfig=capture)
    assert world.describe()["DataCaptureConfig"] == {
        "EnableCapture": True,
        "CaptureStatus": "Started",
        "CurrentSamplingPercentage": 20,
        "DestinationS3Uri": "s3://captured/e1",
        "KmsKeyId": "",
    }
    off = {**capture, "EnableCapture": False}
    world.given_config("c3", ProductionVariants=[variant("blue"), variant("green")], DataCaptureConfig=off)
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c3")
    assert world.describe()["DataCaptureConfig"]["CaptureStatus"] == "Started"
    world.finish("e1", "InService")
    assert world.describe()["DataCaptureConfig"]["CaptureStatus"] == "Stopped"
