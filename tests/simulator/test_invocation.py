"""InvokeEndpoint on a real server process that keeps SageMaker's container contract (`hosting/contract_server.py`)."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.world import ACCOUNT, ECR, World, refused, variant

SERVER = Path(__file__).parent / "hosting" / "contract_server.py"
IMAGE = f"{ECR}/contract:1"


@pytest.fixture
def endpoint(world: World) -> World:
    """An endpoint e1 with the variants blue and green, weights 1 and 3; their servers say their names."""
    world.settings(images=[IMAGE], servers={IMAGE: {"command": [sys.executable, str(SERVER)]}})
    for name in ("blue", "green"):
        world.given_model(name, PrimaryContainer={"Image": IMAGE, "Environment": {"NAME": name}})
    weights = {"blue": 1.0, "green": 3.0}
    world.given_config(
        ProductionVariants=[variant(name, model=name, InitialVariantWeight=weights[name]) for name in weights]
    )
    world.sagemaker.create_endpoint(EndpointName="E1", EndpointConfigName="c1")
    world.finish("E1", "InService")
    return world


def invoke(world: World, body: bytes = b"x", **members: Any) -> tuple[str, bytes]:
    answer = world.runtime.invoke_endpoint(EndpointName="E1", Body=body, **members)
    return answer["InvokedProductionVariant"], answer["Body"].read()


def test_traffic_follows_the_weights_and_every_answer_says_its_variant(endpoint: World) -> None:
    answers = [invoke(endpoint) for _ in range(200)]
    assert set(answers) == {("blue", b"blue(x)"), ("green", b"green(x)")}
    share = sum(name == "green" for name, _ in answers) / len(answers)
    assert 0.6 < share < 0.9


def test_a_variant_can_be_asked_for_by_name(endpoint: World) -> None:
    assert {invoke(endpoint, TargetVariant="blue") for _ in range(20)} == {("blue", b"blue(x)")}
    with refused("ValidationError", "Variant red not found"):
        invoke(endpoint, TargetVariant="red")


def test_a_variant_of_weight_zero_gets_nothing(endpoint: World) -> None:
    endpoint.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="E1", DesiredWeightsAndCapacities=[{"VariantName": "green", "DesiredWeight": 0}]
    )
    endpoint.finish("E1", "InService")
    assert {invoke(endpoint)[0] for _ in range(40)} == {"blue"}


def test_headers_pass_through_and_others_do_not(endpoint: World) -> None:
    _, body = invoke(
        endpoint,
        b"headers",
        ContentType="text/csv",
        Accept="application/json",
        CustomAttributes="trace=1",
        InferenceId="id-1",
    )
    headers = json.loads(body)
    assert headers["content-type"] == "text/csv"
    assert headers["accept"] == "application/json"
    assert headers["x-amzn-sagemaker-custom-attributes"] == "trace=1"
    assert headers["x-amzn-sagemaker-inference-id"] == "id-1"
    assert "authorization" not in headers
    assert "amz-sdk-invocation-id" not in headers


def test_a_containers_error_is_a_model_error_in_sagemakers_words(endpoint: World) -> None:
    with pytest.raises(endpoint.runtime.exceptions.ModelError) as caught:
        invoke(endpoint, b"refuse", TargetVariant="blue")
    answer: Any = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert answer["OriginalStatusCode"] == 418
    assert answer["OriginalMessage"] == "no"
    assert "log-group:/aws/sagemaker/Endpoints/E1" in answer["LogStreamArn"]
    message = answer["Error"]["Message"]
    assert message.startswith(
        'Received client error (418) from primary with message "no". See https://us-east-1.console'
    )
    assert message.endswith(f"in account {ACCOUNT} for more information.")


def test_a_container_that_does_not_answer_is_a_model_error_that_says_timed_out(endpoint: World) -> None:
    with refused(
        "ModelError",
        "Your invocation timed out while waiting for a response from container primary. Review the latency metrics",
        status=424,
    ):
        invoke(endpoint, b"hang")


def test_a_container_that_is_gone_is_a_model_error(endpoint: World) -> None:
    with refused("ModelError", "Received server error (0) from primary", status=424):
        invoke(endpoint, b"die", TargetVariant="green")


def test_six_megabytes_are_taken_and_a_byte_more_is_not(endpoint: World) -> None:
    limit = 6_291_456
    _, answer = invoke(endpoint, b"y" * limit, TargetVariant="blue")
    assert len(answer) == limit + len("blue()")
    with refused("ValidationError", "Value at 'body' failed", "less than or equal to 6291456", status=400):
        invoke(endpoint, b"y" * (limit + 1))


def test_an_endpoint_that_is_not_there_or_not_serving_is_not_found(endpoint: World) -> None:
    def not_found(name: str) -> None:
        with refused("ValidationError", f"Endpoint {name} of account {ACCOUNT} not found.", status=400):
            endpoint.runtime.invoke_endpoint(EndpointName=name, Body=b"x")

    not_found("nope")
    not_found("e1")  # the case of the name counts here, unlike in the control plane
    endpoint.sagemaker.create_endpoint(EndpointName="creating", EndpointConfigName="c1")
    not_found("creating")
    endpoint.sagemaker.delete_endpoint(EndpointName="E1")
    not_found("E1")


def test_the_old_fleet_answers_until_the_new_one_is_healthy_and_then_the_new_one_does(endpoint: World) -> None:
    endpoint.given_model("new", PrimaryContainer={"Image": IMAGE, "Environment": {"NAME": "new", "PING_DELAY": "0.2"}})
    endpoint.given_config("c2", ProductionVariants=[variant("blue", model="new")])
    endpoint.sagemaker.update_endpoint(EndpointName="E1", EndpointConfigName="c2")
    assert invoke(endpoint, TargetVariant="blue") == ("blue", b"blue(x)")
    endpoint.finish("E1", "InService")
    assert invoke(endpoint) == ("blue", b"new(x)")


def test_a_server_that_is_never_healthy_makes_the_endpoint_fail(world: World) -> None:
    world.settings(images=[IMAGE], servers={IMAGE: {"command": [sys.executable, "-c", "raise SystemExit(3)"]}})
    world.given_model(image=IMAGE)
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "Failed")
    assert "did not pass the ping health check" in world.describe()["FailureReason"]


def test_an_image_without_a_server_says_so(world: World) -> None:
    world.settings(images=[f"{ECR}/*"])
    world.given_model(image=f"{ECR}/unserved:1")
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "Failed")
    assert world.describe()["FailureReason"] == f"simulator: no server is mapped for {ECR}/unserved:1"


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ({"InferenceComponentName": "a"}, "inference components"),
    ],
)
def test_what_invocation_does_not_do_yet_is_a_501(endpoint: World, members: dict[str, Any], what: str) -> None:
    with refused("NotImplemented", what, status=501):
        invoke(endpoint, **members)
