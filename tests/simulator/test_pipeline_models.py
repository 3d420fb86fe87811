"""CreateModel and CreateEndpointConfig with several containers: what is taken, and what is refused."""

from typing import Any

import pytest

from tests.simulator.several_containers_world import container, given_model
from tests.simulator.test_data_capture import CAPTURE
from tests.simulator.world import World, refused, variant


def test_a_model_shows_its_containers_in_order_and_is_serial_unless_it_says_otherwise(world: World) -> None:
    given_model(world, [container("a"), container("b"), container("c")])
    shown = world.sagemaker.describe_model(ModelName="m1")
    assert [each["Environment"]["NAME"] for each in shown["Containers"]] == ["a", "b", "c"]
    assert shown["InferenceExecutionConfig"] == {"Mode": "Serial"}
    assert "PrimaryContainer" not in shown


def test_a_model_of_one_container_says_nothing_of_how_several_are_run(world: World) -> None:
    world.given_model()
    assert "InferenceExecutionConfig" not in world.sagemaker.describe_model(ModelName="m1")


def test_direct_containers_keep_their_hostnames(world: World) -> None:
    given_model(world, [container("a", hostname="first"), container("b", hostname="second")], mode="Direct")
    shown = world.sagemaker.describe_model(ModelName="m1")
    assert [each["ContainerHostname"] for each in shown["Containers"]] == ["first", "second"]
    assert shown["InferenceExecutionConfig"] == {"Mode": "Direct"}


@pytest.mark.parametrize(
    ("containers", "mode", "fragment"),
    [
        ([], "Serial", "must not be empty"),
        ([container(str(n)) for n in range(16)], "Serial", "less than or equal to 15"),
        ([container("a", hostname="a")], "Direct", "at least two containers"),
        ([container("a", hostname="x"), container("b")], "Serial", "every container or for none"),
        ([container("a"), container("b")], "Direct", "ContainerHostname must be specified for every container"),
        ([container("a", hostname="x"), container("b", hostname="x")], "Direct", "unique within a model, got x"),
        ([container("a", hostname="x"), container("b", hostname="x")], "Serial", "unique within a model, got x"),
        ([container("a", hostname="-x"), container("b", hostname="y")], "Direct", "regular expression pattern"),
        ([container("a", hostname="x" * 64), container("b", hostname="y")], "Direct", "failed to satisfy constraint"),
        (
            [container("a", hostname="x") | {"Mode": "MultiModel"}, container("b", hostname="y")],
            "Direct",
            "MultiModel mode is not supported with direct",
        ),
        (
            [container("a") | {"Mode": "MultiModel"}, container("b") | {"Mode": "MultiModel"}],
            "Serial",
            "More than one container in MultiModel mode is not supported with inference pipeline.",
        ),
        ([container("a"), container("b")], "Parallel", "Member must satisfy enum value set"),
    ],
)
def test_containers_that_do_not_go_together_are_refused(
    world: World, containers: list[dict[str, Any]], mode: str, fragment: str
) -> None:
    with refused("ValidationException", fragment, status=400):
        given_model(world, containers, mode=mode)


def test_one_primary_container_cannot_be_invoked_directly(world: World) -> None:
    with refused("ValidationException", "needs Containers, not PrimaryContainer"):
        world.given_model(InferenceExecutionConfig={"Mode": "Direct"})


@pytest.mark.parametrize(
    ("members", "fragment"),
    [
        (
            {"DataCaptureConfig": CAPTURE},
            "Data capture is not supported for variant AllTraffic: model m1 has 2 containers",
        ),
        ({"ShadowProductionVariants": [variant("next", model="plain")]}, "A shadow variant is not supported"),
    ],
)
def test_several_containers_have_neither_data_capture_nor_shadows(
    world: World, members: dict[str, Any], fragment: str
) -> None:
    given_model(world, [container("a"), container("b")])
    world.given_model("plain")
    with refused("ValidationException", fragment):
        world.given_config(**members)


def test_a_shadow_cannot_have_several_containers_either(world: World) -> None:
    given_model(world, [container("a"), container("b")])
    world.given_model("plain")
    with refused("ValidationException", "not supported for variant next"):
        world.given_config(
            ProductionVariants=[variant(model="plain")], ShadowProductionVariants=[variant("next", model="m1")]
        )
