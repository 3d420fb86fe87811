"""Shadow variants: they get their share of real requests, and a caller never notices them."""

import sys
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.simulator.fleets_world import IMAGE, answers, blue_green, given_servers, reaches, update
from tests.simulator.world import ECR, World, refused, variant

ILL_IMAGE = f"{ECR}/ill:1"
ILL_SERVER = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def do_POST(self):
        ILL
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
"""


def given_shadow(world: World, *, weight: float = 1.0, production: float = 1.0, **environment: str) -> None:
    """Endpoint e1 with the variant AllTraffic and the shadow next, on servers of their own."""
    given_servers(world, "old")
    world.given_model("shadow", PrimaryContainer={"Image": IMAGE, "Environment": {"NAME": "shadow", **environment}})
    world.given_config(
        ProductionVariants=[variant(model="old", InitialVariantWeight=production)],
        ShadowProductionVariants=[variant("next", model="shadow", InitialVariantWeight=weight)],
    )
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")


def invocations(world: World, name: str, metric: str = "Invocations") -> float:
    """How often the variant was asked, or what else CloudWatch counts of that."""
    cloudwatch = world.client("cloudwatch")
    now = datetime.fromisoformat(world.do("GET", "/clock")["time"])
    answer = cloudwatch.get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName=metric,
        Dimensions=[{"Name": "EndpointName", "Value": "e1"}, {"Name": "VariantName", "Value": name}],
        StartTime=now - timedelta(days=1),
        EndTime=now + timedelta(days=1),
        Period=86400,
        Statistics=["Sum"],
    )
    cloudwatch.close()
    return float(sum(point["Sum"] for point in answer["Datapoints"]))


def test_a_shadow_of_the_same_weight_is_asked_everything_and_answers_nothing(world: World) -> None:
    given_shadow(world)
    [pending] = world.describe()["PendingDeploymentSummary"]["ShadowProductionVariants"]
    assert (pending["VariantName"], pending["DesiredInstanceCount"]) == ("next", 1)
    world.finish("e1", "InService")
    [shown] = world.describe()["ShadowProductionVariants"]
    assert (shown["VariantName"], shown["CurrentInstanceCount"], shown["CurrentWeight"]) == ("next", 1, 1.0)
    assert answers(world, times=30) == {"old": 30}
    world.until(lambda: invocations(world, "next") == 30, "the shadow to be asked 30 times")
    assert invocations(world, "AllTraffic") == 30


def test_the_share_is_the_shadows_weight_by_the_production_variants(world: World) -> None:
    given_shadow(world, weight=0.5, production=2.0)
    world.finish("e1", "InService")
    answers(world, times=200)
    world.until(lambda: invocations(world, "next") > 20, "the shadow to be asked")
    assert 20 < invocations(world, "next") < 85


@pytest.mark.parametrize("ill", ["self.send_error(500)", "os._exit(7)"])
def test_what_goes_wrong_with_the_shadow_stays_with_it(world: World, ill: str) -> None:
    given_servers(world, "old")
    world.settings(
        images=[IMAGE, ILL_IMAGE],
        servers={ILL_IMAGE: {"command": [sys.executable, "-c", ILL_SERVER.replace("ILL", ill)]}},
    )
    world.given_model("shadow", image=ILL_IMAGE)
    world.given_config(
        ProductionVariants=[variant(model="old")], ShadowProductionVariants=[variant("next", model="shadow")]
    )
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "InService")
    assert answers(world, times=10) == {"old": 10}
    world.until(lambda: invocations(world, "next", "InvocationModelErrors") == 10, "the shadow to fail 10 times")
    assert invocations(world, "AllTraffic", "InvocationModelErrors") == 0


def test_a_caller_cannot_ask_the_shadow(world: World) -> None:
    given_shadow(world)
    world.finish("e1", "InService")
    with refused("ValidationError", "Variant next not found"):
        world.runtime.invoke_endpoint(EndpointName="e1", Body=b"x", TargetVariant="next")


def test_a_shadow_that_is_never_healthy_fails_the_endpoint(world: World) -> None:
    given_shadow(world, PING_STATUS="500")
    world.finish("e1", "Failed")
    assert "production variant next did not pass the ping health check" in world.describe()["FailureReason"]


def test_a_shadow_needs_instances_of_its_own(world: World) -> None:
    world.settings(quotas={"ml.m5.large/endpoint": 1})
    with refused("ResourceLimitExceeded", "request delta of 2 Instances"):
        given_shadow(world)


def test_the_count_and_the_weight_of_a_shadow_are_changed_in_place(world: World) -> None:
    given_shadow(world)
    world.finish("e1", "InService")
    change: Any = [{"VariantName": "next", "DesiredInstanceCount": 2, "DesiredWeight": 0}]
    world.sagemaker.update_endpoint_weights_and_capacities(EndpointName="e1", DesiredWeightsAndCapacities=change)
    world.finish("e1", "InService")
    [shown] = world.describe()["ShadowProductionVariants"]
    assert (shown["CurrentInstanceCount"], shown["CurrentWeight"]) == (2, 0.0)
    answers(world, times=20)
    world.until(lambda: invocations(world, "AllTraffic") == 20, "the invocations to be counted")
    assert invocations(world, "next") == 0


def test_an_update_brings_a_shadow_and_takes_it_away(world: World) -> None:
    given_shadow(world)
    world.finish("e1", "InService")
    world.given_config("c-plain", ProductionVariants=[variant(model="old")])
    update(world, blue_green("CANARY", size=50, wait=60), config="c-plain")
    reaches(world, "Baking")
    assert "ShadowProductionVariants" in world.describe()
    assert "ShadowProductionVariants" not in world.describe()["PendingDeploymentSummary"]
    world.finish("e1", "InService", seconds=100)
    assert "ShadowProductionVariants" not in world.describe()
