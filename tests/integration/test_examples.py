"""Every example that users copy, applied as it stands: Ready, and answering what its models predict."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from devworld.churn import ASKED_ABOUT, as_csv
from devworld.settings import PROJECT
from devworld.triton_archives import autocomplete_archive
from tests.integration.vocabulary.artifacts import script_archive
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.kubernetes_objects import KIND
from tests.integration.vocabulary.predictions import ask, model_of, predicted
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld

FOLDERS = sorted(folder for folder in (PROJECT / "examples").iterdir() if folder.is_dir())
# Asked in another way than the rest.
ASKED_OTHERWISE = ("async", "direct", "multi-model", "multi-model-triton")
SYNCHRONOUS = [folder for folder in FOLDERS if folder.name not in ASKED_OTHERWISE]
BUCKET = "demo-models"
# By how many rounds of one training each artifact holds.
ROUNDS = {"churn/model.tar.gz": 30, "churn-candidate/model.tar.gz": 22}
# By the model ids of the multi-model example.
TENANTS = {"acme": "churn/model.tar.gz", "globex": "churn-candidate/model.tar.gz"}
# What the tenants of the Triton example have learnt to complete.
SENTENCES = {"acme": "how do i reset my password", "globex": "how do i cancel the order"}
# The variants that callers can ask, other than AllTraffic with the first artifact.
VARIANTS = {"ab-test": {"current": "churn/model.tar.gz", "candidate": "churn-candidate/model.tar.gz"}}


@pytest.fixture(scope="session")
def namespace_demo(shared_world: SharedWorld) -> Scene:
    """What the examples take for granted."""
    s3 = shared_world.boto3("s3")
    s3.create_bucket(Bucket=BUCKET)
    for key, rounds in ROUNDS.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=model_of(rounds).as_artifact())
    for tenant, sentence in SENTENCES.items():
        s3.put_object(Bucket=BUCKET, Key=f"autocomplete/{tenant}/model.tar.gz", Body=autocomplete_archive(sentence))
    readme = (PROJECT / "examples" / "pipeline" / "README.md").read_text(encoding="utf-8")
    [script] = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    s3.put_object(Bucket=BUCKET, Key="churn-preprocess/model.tar.gz", Body=script_archive(script))
    return Scene(shared_world, namespace="demo")


@pytest.fixture
def demo(namespace_demo: Scene) -> Iterator[Scene]:
    """The namespace demo with nothing in it; what a test leaves there is deleted."""
    namespace_demo.shared.make_whole()
    yield namespace_demo
    namespace_demo.kubectl("delete", "imod", "--all", "-n", "demo")
    for each in namespace_demo.objects.all("demo"):
        namespace_demo.applied(each["metadata"]["name"]).delete().is_gone()


def given_applied(demo: Scene, folder: Path) -> Endpoint:
    """Everything in the folder, as it stands; Ready."""
    demo.kubectl("apply", "-f", str(folder))
    documents = [each for file in folder.glob("*.yaml") for each in yaml.safe_load_all(file.read_text("utf-8"))]
    [name] = [each["metadata"]["name"] for each in documents if each["kind"] == KIND]
    return demo.applied(name).settles()


@pytest.mark.parametrize("folder", SYNCHRONOUS, ids=lambda folder: folder.name)
def test_becomes_ready_and_answers_what_its_models_predict(demo: Scene, folder: Path) -> None:
    endpoint = given_applied(demo, folder)
    for variant, artifact in VARIANTS.get(folder.name, {"AllTraffic": "churn/model.tar.gz"}).items():
        reply = demo.boto3("sagemaker-runtime").invoke_endpoint(
            EndpointName=endpoint.sagemaker_name,
            TargetVariant=variant,
            ContentType="text/csv",
            Accept="text/csv",
            Body=as_csv(ASKED_ABOUT),
        )
        assert reply["InvokedProductionVariant"] == variant
        assert float(reply["Body"].read()) == pytest.approx(predicted(ROUNDS[artifact]), abs=1e-6)


def test_the_asynchronous_one_answers_into_s3_what_its_model_predicts(demo: Scene) -> None:
    endpoint = given_applied(demo, PROJECT / "examples" / "async")
    s3 = demo.boto3("s3")
    s3.put_object(Bucket=BUCKET, Key="questions/1.csv", Body=as_csv(ASKED_ABOUT))
    reply = demo.boto3("sagemaker-runtime").invoke_endpoint_async(
        EndpointName=endpoint.sagemaker_name,
        ContentType="text/csv",
        Accept="text/csv",
        InputLocation=f"s3://{BUCKET}/questions/1.csv",
    )
    key = reply["OutputLocation"].removeprefix(f"s3://{BUCKET}/")
    demo.until(lambda: key in demo.simulator.state()["s3"][BUCKET], f"the answer {key}")
    answer = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert float(answer) == pytest.approx(predicted(ROUNDS["churn/model.tar.gz"]), abs=1e-6)


def target_models(demo: Scene, endpoint: Endpoint, *names: str) -> dict[str, str]:
    """TargetModel by model id, once the InferenceModels of these names are Ready."""
    models = [f"imod/{name}" for name in names]
    demo.kubectl("wait", "-n", "demo", "--for=condition=Ready", "--timeout=60s", *models)
    found = [demo.kubectl.find("get", model, "-n", "demo") or {} for model in models]
    assert all(each["spec"]["endpointRef"]["name"] == endpoint.name for each in found)
    return {each["spec"]["modelId"]: each["status"]["targetModel"] for each in found}


def asked_of(demo: Scene, endpoint: Endpoint, target_model: str, *, body: str, content_type: str) -> str:
    reply = demo.boto3("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint.sagemaker_name, TargetModel=target_model, ContentType=content_type, Body=body
    )
    answer: bytes = reply["Body"].read()
    return answer.decode()


def test_each_tenant_of_the_multi_model_one_is_answered_by_its_own_model(demo: Scene) -> None:
    endpoint = given_applied(demo, PROJECT / "examples" / "multi-model")
    targets = target_models(demo, endpoint, "churn-acme", "churn-globex")
    for tenant, artifact in TENANTS.items():
        answer = asked_of(demo, endpoint, targets[tenant], body=as_csv(ASKED_ABOUT), content_type="text/csv")
        assert float(answer) == pytest.approx(predicted(ROUNDS[artifact]), abs=1e-6)

    def exported() -> dict[str, str]:
        found = demo.kubectl.find("get", "configmap/churn-fleet", "-n", "demo") or {}
        models: dict[str, str] = json.loads(found.get("data", {}).get("targetModels", "{}"))
        return models

    demo.until(lambda: exported() == targets, "both target models in the ConfigMap")
    demo.until(lambda: endpoint.condition("ModelCapacity").get("status") == "True", "room for both, says the status")


def test_each_tenant_of_the_triton_one_is_answered_by_its_own_model(demo: Scene) -> None:
    endpoint = given_applied(demo, PROJECT / "examples" / "multi-model-triton")
    targets = target_models(demo, endpoint, "autocomplete-acme", "autocomplete-globex")
    body = json.dumps({"inputs": [{"name": "TEXT", "shape": [1], "datatype": "BYTES", "data": ["how do i"]}]})
    for tenant, sentence in SENTENCES.items():
        answer = json.loads(asked_of(demo, endpoint, targets[tenant], body=body, content_type="application/json"))
        assert answer["outputs"][0]["data"] == [sentence]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_its_readme_names_what_it_applies(folder: Path) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for file in folder.glob("*.yaml"):
        assert file.name in readme
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            if document["kind"] == KIND:
                assert f"iep/{document['metadata']['name']}" in readme


def test_the_weights_of_the_ab_test_move_in_place_as_its_readme_says(demo: Scene) -> None:
    endpoint = given_applied(demo, PROJECT / "examples" / "ab-test")
    weights = [{"op": "replace", "path": f"/spec/variants/{index}/weight", "value": 0.5} for index in (0, 1)]
    with demo.records_calls() as calls:
        demo.kubectl("patch", "-n", "demo", "iep", "churn-ab", "--type=json", "-p", json.dumps(weights))
        endpoint.settles()
    assert calls.that_change_anything() == ["UpdateEndpointWeightsAndCapacities"]


def test_each_container_of_the_direct_one_answers_what_its_own_model_predicts(demo: Scene) -> None:
    endpoint = given_applied(demo, PROJECT / "examples" / "direct")
    for container, artifact in {"current": "churn/model.tar.gz", "candidate": "churn-candidate/model.tar.gz"}.items():
        reply = demo.boto3("sagemaker-runtime").invoke_endpoint(
            EndpointName=endpoint.sagemaker_name,
            TargetContainerHostname=container,
            ContentType="text/csv",
            Accept="text/csv",
            Body=as_csv(ASKED_ABOUT),
        )
        assert float(reply["Body"].read()) == pytest.approx(predicted(ROUNDS[artifact]), abs=1e-6)


def test_the_settings_of_the_secrets_example_come_from_its_config_map(demo: Scene) -> None:
    endpoint = given_applied(demo, PROJECT / "examples" / "secrets")
    reply = demo.boto3("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint.sagemaker_name, ContentType="text/csv", Body=as_csv(ASKED_ABOUT)
    )
    assert reply["ContentType"].startswith("application/json"), "the ConfigMap says so"
    assert "replace-me" not in json.dumps(endpoint.object)
    assert endpoint.tells("EnvironmentIsReadable")


def test_the_guarded_rollout_is_rolled_out_as_its_readme_says(demo: Scene) -> None:
    endpoint = given_applied(demo, PROJECT / "examples" / "guarded-rollout")
    before = endpoint.revision
    patch = '{"spec": {"redeploy": "new-bytes"}}'
    demo.kubectl("patch", "-n", "demo", "iep", "churn-guarded", "--type=merge", "-p", patch)
    endpoint.settles()
    assert endpoint.revision != before
    assert ask(demo, endpoint.sagemaker_name).value == pytest.approx(predicted(30), abs=1e-6)
