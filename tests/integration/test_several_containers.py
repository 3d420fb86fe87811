"""Several containers on one endpoint: a pipeline, and each called by its own name; the manifests as they stand."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from devworld.churn import ASKED_ABOUT
from tests.integration.vocabulary.artifacts import script_archive
from tests.integration.vocabulary.predictions import model_of, predicted
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld
from tests.integration.vocabulary.specs import XGBOOST_IMAGE, field

MANIFESTS = Path(__file__).with_name("manifests") / "accepted"
KOREAN = ("nsmc", "korsts", "kobart")
# Halves what it is given, and passes it on as the next container takes it.
PREPROCESS = """
def model_fn(model_dir): return 0.5
def predict_fn(rows, model): return rows * model
def output_fn(rows, accept):
    return "\\n".join(",".join(f"{cell:g}" for cell in row) for row in rows.tolist()), "text/csv"
"""


def echo(name: str) -> str:
    return (
        "def model_fn(model_dir): return None\n"
        "def input_fn(body, content_type): return bytes(body).decode()\n"
        f"def predict_fn(body, model): return f'{name}: {{body}}'\n"
        "def output_fn(answer, accept): return answer\n"
    )


@pytest.fixture
def ml(shared_world: SharedWorld) -> Iterator[Scene]:
    """What the manifests take for granted: the namespace, the bucket and the artifacts."""
    shared_world.make_whole()
    shared_world.put_artifact("churn/preprocess.tar.gz", script_archive(PREPROCESS))
    shared_world.put_artifact("churn/model.tar.gz", model_of(30).as_artifact())
    for name in KOREAN:
        shared_world.put_artifact(f"kornlp/{name}/model.tar.gz", script_archive(echo(name)))
    scene = Scene(shared_world, namespace="ml")
    yield scene
    for each in scene.objects.all("ml"):
        scene.applied(each["metadata"]["name"]).delete().is_gone()


def test_a_pipeline_answers_what_its_model_predicts_of_what_came_before_it(ml: Scene) -> None:
    ml.kubectl("apply", "-f", str(MANIFESTS / "serial-pipeline.yaml"))
    endpoint = ml.applied("churn-pipeline").settles()
    doubled = [[2 * value for value in ASKED_ABOUT]]
    reply = ml.boto3("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint.sagemaker_name,
        ContentType="application/json",
        Accept="text/csv",
        Body=json.dumps(doubled),
    )
    assert float(reply["Body"].read()) == pytest.approx(predicted(30), abs=1e-6)
    [variant] = endpoint.status["variants"]
    images = [image["specifiedImage"] for image in variant["images"]]
    assert ["scikit-learn" in images[0], images[1]] == [True, XGBOOST_IMAGE]
    assert [row["container"] for row in endpoint.status["revisions"][0]["resolved"]["images"]] == [
        "spec.containers[0]",
        "spec.containers[1]",
    ]


def test_each_of_three_containers_is_called_by_its_own_name(ml: Scene) -> None:
    ml.kubectl("apply", "-f", str(MANIFESTS / "multi-container-direct.yaml"))
    endpoint = ml.applied("korean-nlp").settles()
    for name in KOREAN:
        reply = ml.boto3("sagemaker-runtime").invoke_endpoint(
            EndpointName=endpoint.sagemaker_name,
            TargetContainerHostname=f"pytorch-kornlp-{name}",
            ContentType="text/plain",
            Body=b"asked",
        )
        assert reply["Body"].read() == f"{name}: asked".encode()


def test_what_is_wrong_is_told_by_the_path_and_the_log_of_the_container_that_it_is_wrong_with(ml: Scene) -> None:
    ml.kubectl("apply", "-f", str(MANIFESTS / "serial-pipeline.yaml"))
    endpoint = ml.applied("churn-pipeline").settles()
    broken = ml.shared.put_artifact("churn/broken.tar.gz", script_archive("raise RuntimeError('no scaler')"))
    first, second = endpoint.object["spec"]["containers"]
    spoken = endpoint.edit(field(containers=[second, {**first, "modelData": {"s3Uri": broken}}])).stalls(
        "ContainerUnhealthy"
    )
    assert "spec.containers[1]: " in spoken
    assert "no scaler" in endpoint.tells("ContainerLog").message
    missing = {**second, "modelData": {"s3Uri": "s3://ml-models/churn/nothing.tar.gz"}}
    assert "spec.containers[1].modelData.s3Uri: " in endpoint.edit(field(containers=[first, missing])).stalls(
        "ArtifactNotFound"
    )
    endpoint.edit(field(containers=[first, second])).settles()
