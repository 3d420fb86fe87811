"""From `kubectl apply` to the answer of a real model, and what a user sees on the way."""

import threading
from pathlib import Path
from typing import Any

import pytest
import yaml

from devworld.churn import ASKED_ABOUT, ChurnModel, as_csv
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld
from tests.integration.vocabulary.specs import field, version, xgboost

REALTIME = Path(__file__).with_name("manifests") / "accepted" / "realtime.yaml"


@pytest.fixture(scope="session")
def churn_model(shared_world: SharedWorld) -> ChurnModel:
    """A trained model, its artifact where the manifest expects it."""
    model = ChurnModel.train()
    shared_world.put_artifact("churn/model.tar.gz", model.as_artifact())
    return model


@pytest.fixture
def realtime(world: Scene) -> dict[str, Any]:
    """realtime.yaml less its autoscaling, in the test's namespace."""
    manifest: dict[str, Any] = yaml.safe_load(REALTIME.read_text(encoding="utf-8"))
    del manifest["spec"]["autoscaling"]
    manifest["metadata"]["namespace"] = world.namespace
    return manifest


def test_an_applied_endpoint_becomes_ready_and_answers_as_the_model_itself(
    world: Scene, realtime: dict[str, Any], churn_model: ChurnModel
) -> None:
    world.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(realtime))
    world.kubectl("wait", "--for=condition=Ready", "iep/churn", "-n", world.namespace, "--timeout=45s")
    status = world.applied("churn").status
    reply = world.boto3("sagemaker-runtime").invoke_endpoint(
        EndpointName=status["endpoint"]["name"], ContentType="text/csv", Body=as_csv(ASKED_ABOUT)
    )
    assert float(reply["Body"].read()) == pytest.approx(churn_model.predict(ASKED_ABOUT), abs=1e-6)
    assert reply["InvokedProductionVariant"] == "AllTraffic"
    assert status["endpoint"]["invocationUrl"].endswith(f"/endpoints/{world.namespace}-churn/invocations")
    live = world.sagemaker.endpoint(f"{world.namespace}-churn")
    assert live is not None
    assert world.sagemaker.counts(live["EndpointName"]) == {"AllTraffic": 2}
    assert world.sagemaker.tags(live["EndpointName"])["team"] == "growth"
    model = world.sagemaker.model(live["EndpointConfigName"])
    assert model["PrimaryContainer"]["Environment"] == {"SAGEMAKER_CONTAINER_LOG_LEVEL": "20"}
    assert model["ExecutionRoleArn"] == realtime["spec"]["executionRoleArn"]


def test_new_bytes_behind_the_same_uri_are_served_after_a_redeploy(world: Scene) -> None:
    model = ChurnModel.train()
    other = ChurnModel(model.booster[:3])  # the first three rounds only
    key = f"{world.namespace}/model.tar.gz"
    uri = world.shared.put_artifact(key, model.as_artifact())
    endpoint = world.given(xgboost(uri)).settles()
    world.shared.put_artifact(key, other.as_artifact())
    assert _answer(world, endpoint.sagemaker_name) == pytest.approx(model.predict(ASKED_ABOUT), abs=1e-6)
    endpoint.edit(field(redeploy="new-bytes")).settles()
    assert _answer(world, endpoint.sagemaker_name) == pytest.approx(other.predict(ASKED_ABOUT), abs=1e-6)


def test_get_shows_whether_it_is_up_which_mode_revision_and_how_many_instances(world: Scene) -> None:
    endpoint = world.given().settles()
    header, row = world.kubectl("get", "iep", "-n", world.namespace).splitlines()
    assert header.split() == ["NAME", "READY", "MODE", "REVISION", "INSTANCES", "COST/H", "AGE"]
    name, ready, mode, revision, instances, cost, _age = row.split()
    assert (name, ready, mode, instances, cost) == ("churn", "True", "RealTime", "1", "0.115")
    assert revision == endpoint.revision


def test_describe_tells_the_story_in_order_and_each_line_once(world: Scene) -> None:
    endpoint = world.given().settles()
    first = endpoint.revision
    endpoint.edit(version(2)).settles()
    described = world.kubectl("describe", "iep", "churn", "-n", world.namespace)
    lines = [line.split() for line in described.partition("Events:")[2].splitlines()]
    reasons = [words[1] for words in lines if words and words[0] in ("Normal", "Warning")]
    assert reasons == ["CreatingEndpoint", "Ready", "RolloutStarted", "Ready"]
    assert f"revision {first} → {endpoint.revision}" in described


def test_explain_has_a_sentence_for_every_field(world: Scene) -> None:
    assert "How the number of instances follows the load" in world.kubectl("explain", "iep.spec.autoscaling")
    said = world.kubectl("explain", "iep", "--recursive")
    for field_name in ("containers", "redeploy", "observedGeneration", "invocationUrl"):
        assert field_name in said
    schema = world.kubectl.json("get", "crd", "inferenceendpoints.inference.endpoint-operator.dev")
    properties = schema["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
    untold = [
        name for name, field_schema in properties["spec"]["properties"].items() if not field_schema.get("description")
    ]
    assert untold == []


def test_boto3s_own_waiters_see_it_come_and_go(world: Scene) -> None:
    name = f"{world.namespace}-churn"
    quickly = {"Delay": 1, "MaxAttempts": 45}
    endpoint = world.given().settles()
    world.boto3("sagemaker").get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig=quickly)
    waiter = world.boto3("sagemaker").get_waiter("endpoint_deleted")
    failures: list[BaseException] = []

    def waits() -> None:
        try:
            waiter.wait(EndpointName=name, WaiterConfig=quickly)
        except BaseException as error:  # noqa: BLE001 - told in the test's own thread
            failures.append(error)

    waiting = threading.Thread(target=waits)
    waiting.start()
    endpoint.delete().is_gone()
    waiting.join()
    assert failures == []


def _answer(world: Scene, endpoint: str) -> float:
    reply = world.boto3("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint, ContentType="text/csv", Body=as_csv(ASKED_ABOUT)
    )
    return float(reply["Body"].read())
