"""The manifests of multi-model endpoints as they stand: on the real Triton, and each model with its own answers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from devworld.triton_archives import autocomplete_archive, embedding_archive
from devworld.triton_autocomplete import Completer
from devworld.triton_embedding import Embedder
from sagemaker_simulator.servers.triton.environment import installed
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.kubernetes_objects import MODELS
from tests.integration.vocabulary.model import Model
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld

MANIFESTS = Path(__file__).with_name("manifests") / "accepted"
SOURCES = "ml-training"
# What each tenant of the manifest has learnt from, by the key of its source.
CORPORA = {
    "autocomplete/tenant-1/model.tar.gz": "hello and welcome to the bakery\nhello and welcome back",
    "autocomplete/tenant-2/model.tar.gz": "hello from your garage\nhello from the workshop",
}
# Triton's first start takes longer than that of a server of ours.
READY_WITHIN_SECONDS = 120.0


@pytest.fixture(scope="session")
def namespace_ml(shared_world: SharedWorld) -> Scene:
    """What the manifests take for granted: the namespace, the buckets and the artifacts."""
    installed(say=print)
    s3 = shared_world.boto3("s3")
    s3.create_bucket(Bucket=SOURCES)
    for key, corpus in CORPORA.items():
        s3.put_object(Bucket=SOURCES, Key=key, Body=autocomplete_archive(corpus))
    return Scene(shared_world, namespace="ml")


@pytest.fixture
def ml(namespace_ml: Scene) -> Iterator[Scene]:
    """The namespace ml with nothing in it; what a test leaves there is deleted."""
    namespace_ml.shared.make_whole()
    yield namespace_ml
    namespace_ml.shared.make_whole()
    namespace_ml.kubectl("delete", MODELS, "--all", "-n", "ml")
    for each in namespace_ml.objects.all("ml"):
        namespace_ml.applied(each["metadata"]["name"]).delete().is_gone()


def given_applied(ml: Scene, file: str) -> tuple[Endpoint, list[Model]]:
    """As it stands: its endpoint, Ready, and its models, Ready too."""
    ml.kubectl("apply", "-f", str(MANIFESTS / file))
    documents = list(yaml.safe_load_all((MANIFESTS / file).read_text(encoding="utf-8")))
    [endpoint] = [ml.applied(each["metadata"]["name"]) for each in documents if each["kind"] == "InferenceEndpoint"]
    models = [Model(ml, each["metadata"]["name"]) for each in documents if each["kind"] == "InferenceModel"]
    ml.until(
        lambda: endpoint.table_row() == ("True", "False", "False", "True"),
        f"{endpoint.object_name} Ready",
        within_seconds=READY_WITHIN_SECONDS,
    )
    for model in models:
        model.settles()
    return endpoint, models


def ask(ml: Scene, endpoint: Endpoint, model: Model, text: str) -> Any:
    """The data of the answer's only output, as a caller gets it who knows status.targetModel."""
    tensor = {"name": "TEXT", "shape": [1], "datatype": "BYTES", "data": [text]}
    reply = ml.boto3("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint.sagemaker_name,
        TargetModel=model.status["targetModel"],
        ContentType="application/json",
        Body=json.dumps({"inputs": [tensor]}),
    )
    [output] = json.load(reply["Body"])["outputs"]
    return output["data"]


def test_each_tenant_of_the_autocompletion_gets_its_own_models_answers_and_the_first_one_is_warm(ml: Scene) -> None:
    endpoint, tenants = given_applied(ml, "multi-model-triton.yaml")
    ml.until(lambda: endpoint.status.get("models", {}).get("published") == 2, "both models counted by their endpoint")
    assert endpoint.condition("ModelsReady")["status"] == "True"
    for text in ("hello", "hel", "welcome"):
        answers = [ask(ml, endpoint, tenant, text) for tenant in tenants]
        assert answers == [[Completer(corpus).complete(text)] for corpus in CORPORA.values()]
        assert answers[0] != answers[1]
    first, second = tenants
    first.comes_to("Warm")
    ml.until(lambda: endpoint.status["models"]["warm"] == 1, "its endpoint counts one warm model")
    assert first.table_row() == second.table_row() == ("True", "False", "False")
    assert "Warm" not in {row["type"] for row in second.status["conditions"]}, "nobody asked for warm-ups of it"


def test_the_embeddings_endpoint_answers_with_vectors_once_it_has_a_model(ml: Scene) -> None:
    endpoint, models = given_applied(ml, "multi-model-embeddings.yaml")
    assert models == []
    source = ml.shared.put_artifact("sources/embedding.tar.gz", embedding_archive())
    model = Model(ml, "sentences").apply(endpoint="embeddings", source=source).settles()
    assert model.status["artifactS3Uri"] == "s3://ml-models/embeddings/" + model.status["targetModel"]
    for text in ("fox", "the quick brown fox"):
        assert ask(ml, endpoint, model, text) == pytest.approx(Embedder().embed([text])[0].tolist(), abs=1e-6)
