"""A shadow variant: its server really gets the sampled share of the requests, and its answers go to nobody."""

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.predictions import ask, model_of, predicted
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import INSTANCE_TYPE, XGBOOST_IMAGE, Spec, count, field, xgboost

PRODUCTION, SHADOW = 20, 10  # rounds of one training


def artifact(world: Scene, rounds: int) -> str:
    return world.shared.put_artifact(f"{world.namespace}/{rounds}/model.tar.gz", model_of(rounds).as_artifact())


def shadow(world: Scene, *, percent: float, rounds: int = SHADOW, **members: object) -> Spec:
    container = {"image": XGBOOST_IMAGE, "modelData": {"s3Uri": artifact(world, rounds)}}
    instance = {"type": INSTANCE_TYPE, "count": 1}
    return field(
        shadow={"name": "candidate", "samplingPercent": percent, "containers": [container], "instance": instance}
        | members
    )


def given_shadowed(world: Scene, *changes: Spec, percent: float) -> Endpoint:
    return world.given(xgboost(artifact(world, PRODUCTION)), shadow(world, percent=percent), *changes).settles()


def captured_answers(world: Scene, endpoint: Endpoint, variant: str) -> list[float]:
    """What the variant's own server said, out of the captured data in S3."""
    s3 = world.boto3("s3")
    prefix = f"captured/{endpoint.sagemaker_name}/{variant}/"
    found = s3.list_objects_v2(Bucket=world.namespace, Prefix=prefix).get("Contents", [])
    bodies = [s3.get_object(Bucket=world.namespace, Key=each["Key"])["Body"].read().decode() for each in found]
    lines = [json.loads(line) for body in bodies for line in body.splitlines()]
    return [_answer(line["captureData"]["endpointOutput"]) for line in lines]


def _answer(output: dict[str, Any]) -> float:
    text = output["data"] if output["encoding"] == "CSV" else base64.b64decode(output["data"]).decode()
    return float(text)


def test_the_shadows_own_server_answers_the_sampled_share_and_callers_get_none_of_it(world: Scene) -> None:
    world.boto3("s3").create_bucket(Bucket=world.namespace)
    capture = {"s3Uri": f"s3://{world.namespace}/captured", "samplingPercent": 100, "capture": ["Output"]}
    endpoint = given_shadowed(world, field(dataCapture=capture), percent=50)
    asked = 100
    for _ in range(asked):
        answer = ask(world, endpoint.sagemaker_name)
        assert answer.variant == "AllTraffic"
        assert answer.value == pytest.approx(predicted(PRODUCTION), abs=1e-6)
    world.until(lambda: len(captured_answers(world, endpoint, "AllTraffic")) == asked, "all answers are captured")
    share = world.until(lambda: captured_answers(world, endpoint, "candidate"), "the shadow's answers are captured")
    world.until(
        lambda: 0.3 < len(captured_answers(world, endpoint, "candidate")) / asked < 0.7, "half of it was asked twice"
    )
    assert share == pytest.approx([predicted(SHADOW)] * len(share), abs=1e-6)


def test_what_the_shadow_cannot_answer_is_in_its_own_log(world: Scene) -> None:
    endpoint = given_shadowed(world, percent=100)
    with pytest.raises(ClientError, match="ModelError"):
        world.boto3("sagemaker-runtime").invoke_endpoint(
            EndpointName=endpoint.sagemaker_name, ContentType="image/png", Body=b"no customer"
        )
    logs = world.boto3("logs")
    group = f"/aws/sagemaker/Endpoints/{endpoint.sagemaker_name}"

    def complained() -> list[str]:
        streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix="candidate/")["logStreams"]
        events = [
            event["message"]
            for stream in streams
            for event in logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
        ]
        return [message for message in events if "image/png" in message]

    world.until(complained, "the shadow's server says in its log what it could not answer")


def test_the_shadow_cannot_be_asked_by_name(world: Scene) -> None:
    endpoint = given_shadowed(world, percent=100)
    with pytest.raises(ClientError, match="ValidationError"):
        ask(world, endpoint.sagemaker_name, variant="candidate")


def test_status_tells_the_shadow_apart_from_what_serves(world: Scene) -> None:
    endpoint = given_shadowed(world, percent=20)
    assert [variant["name"] for variant in endpoint.status["variants"]] == ["AllTraffic"]
    assert endpoint.status["shadow"]["name"] == "candidate"
    assert endpoint.status["shadow"]["currentInstanceCount"] == 1


def test_another_share_or_model_of_the_shadow_serves_after_an_edit(world: Scene) -> None:
    endpoint = given_shadowed(world, percent=20)
    endpoint.edit(shadow(world, percent=40)).settles()
    live = world.sagemaker.endpoint(endpoint.sagemaker_name)
    assert live is not None
    [production], [candidate] = live["ProductionVariants"], live["ShadowProductionVariants"]
    assert candidate["CurrentWeight"] / production["CurrentWeight"] == pytest.approx(0.4)
    endpoint.edit(field(shadow=None)).settles()
    live = world.sagemaker.endpoint(endpoint.sagemaker_name)
    assert live is not None
    assert "ShadowProductionVariants" not in live
    assert "shadow" not in endpoint.status
    assert ask(world, endpoint.sagemaker_name).value == pytest.approx(predicted(PRODUCTION), abs=1e-6)


def test_a_shadow_takes_part_in_a_canary_and_keeps_its_own_count(world: Scene) -> None:
    canary = {"strategy": "Canary", "step": {"percent": 50}, "waitSeconds": 60}
    endpoint = given_shadowed(world, count(2), field(rollout=canary), percent=20)
    endpoint.edit(field(redeploy="again")).settles()
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 2}
    assert endpoint.status["shadow"]["desiredInstanceCount"] == 1
