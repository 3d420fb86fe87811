"""What the API server takes of an InferenceModel, and what it refuses: the refusal names the field that is wrong."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.controlplane.kubectl import KubectlError
from tests.integration.test_manifests import HERE
from tests.integration.vocabulary.kubernetes_objects import GROUP, VERSION
from tests.integration.vocabulary.scene import Scene

Spec = dict[str, Any]

ARCHIVE = "s3://ml-training/autocomplete/tenant-1/model.tar.gz"
DIRECTORY = "s3://ml-training/autocomplete/tenant-1/"
TEMPLATE = {"configMapKeyRef": {"name": "triton", "key": "config.pbtxt"}}

REFUSED: dict[str, tuple[Spec, str, str]] = {
    "warm-up without a request": ({"warmUp": {"intervalSeconds": 60}}, "spec.warmUp.body", "either as body or as"),
    "warm-up with two requests": (
        {"warmUp": {"body": "{}", "bodyS3Uri": "s3://ml-training/request.json"}},
        "spec.warmUp.body",
        "either as body or as",
    ),
    "warm-up every second": ({"warmUp": {"body": "{}", "intervalSeconds": 1}}, "spec.warmUp.intervalSeconds", "10"),
    "warm-up beyond 64 KiB": ({"warmUp": {"body": "x" * 65537}}, "spec.warmUp.body", "65536"),
    "source that is no archive": ({"source": {"s3Uri": "s3://ml/model.zip"}}, "spec.source.s3Uri", "ends in a slash"),
    "source outside of S3": ({"source": {"s3Uri": "https://ml/model.tar.gz"}}, "spec.source.s3Uri", "s3://"),
    "template for an archive": (
        {"source": {"s3Uri": ARCHIVE, "layout": "Triton", "configTemplate": TEMPLATE}},
        "spec.source.configTemplate",
        "copied as they are",
    ),
    "template for another layout": (
        {"source": {"s3Uri": DIRECTORY, "configTemplate": TEMPLATE}},
        "spec.source.configTemplate",
        "layout Triton",
    ),
    "service account for an archive": (
        {"source": {"s3Uri": ARCHIVE, "serviceAccountName": "packer"}},
        "spec.source.serviceAccountName",
        "packing Job",
    ),
    "target that is no archive": ({"targetModel": "tenant-1/model"}, "spec.targetModel", "ends in .tar.gz"),
    "target from the root": ({"targetModel": "/tenant-1.tar.gz"}, "spec.targetModel", "no leading slash"),
    "more than all traffic": ({"traffic": {"percent": 101}}, "spec.traffic.percent", "100"),
}

TAKEN: dict[str, Spec] = {
    "a directory": {"source": {"s3Uri": DIRECTORY, "serviceAccountName": "packer"}},
    "a directory for Triton": {"source": {"s3Uri": DIRECTORY, "layout": "Triton", "configTemplate": TEMPLATE}},
    "a request in S3": {"warmUp": {"bodyS3Uri": "s3://ml-training/request.json"}},
    "a target of one's own": {"targetModel": "tenant-1/model.tar.gz"},
    "a share of traffic": {"traffic": {"percent": 100, "mirrorPercent": 0}},
}

NEVER_CHANGES: dict[str, tuple[Spec, Spec, str]] = {
    "another endpoint": ({}, {"endpointRef": {"name": "other"}}, "spec.endpointRef.name"),
    "an id set later": ({}, {"modelId": "tenant-2"}, "spec.modelId"),
    "another id": ({"modelId": "tenant-1"}, {"modelId": "tenant-2"}, "spec.modelId"),
    "an id taken away": ({"modelId": "tenant-1"}, {"modelId": None}, "spec.modelId"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_is_refused_at_apply_with_the_field_and_a_sentence(world: Scene, case: str) -> None:
    spec, field, sentence = REFUSED[case]
    with pytest.raises(KubectlError) as refusal:
        apply(world, spec)
    said = str(refusal.value).partition("is invalid:")[2]
    assert f"{field}:" in said, refusal.value
    assert sentence in said, refusal.value
    assert shown(world, "jsonpath={.items}") == "[]"


@pytest.mark.parametrize("case", TAKEN)
def test_is_taken(world: Scene, case: str) -> None:
    apply(world, TAKEN[case])
    assert shown(world, "jsonpath={.items[*].metadata.name}") == "tenant"


@pytest.mark.parametrize("case", NEVER_CHANGES)
def test_what_names_a_model_never_changes(world: Scene, case: str) -> None:
    before, after, field = NEVER_CHANGES[case]
    apply(world, before)
    with pytest.raises(KubectlError) as refusal:
        apply(world, {**before, **after})
    said = str(refusal.value).partition("is invalid:")[2]
    assert f"{field}:" in said, refusal.value
    assert "delete the object and make another" in said


def test_an_edit_of_everything_else_is_taken(world: Scene) -> None:
    apply(world, {"modelId": "tenant-1"})
    apply(world, {"modelId": "tenant-1", "source": {"s3Uri": DIRECTORY}, "deletionPolicy": "Retain", "paused": True})
    assert shown(world, "jsonpath={.items[0].spec.source.s3Uri}") == DIRECTORY


@pytest.mark.parametrize("file", ["multi-model-embeddings.yaml", "multi-model-triton.yaml"])
def test_the_manifests_of_multi_model_endpoints_apply_as_they_stand(world: Scene, file: str) -> None:
    """Made they are elsewhere: two namespaces cannot hold one prefix."""
    for document in documents(HERE / file):
        document["metadata"]["namespace"] = world.namespace
        world.kubectl("apply", "--dry-run=server", "-f", "-", stdin=yaml.safe_dump(document))
        assert document["kind"] in {"InferenceEndpoint", "InferenceModel"}


def test_the_columns_say_whose_model_it_is_and_how_it_is(world: Scene) -> None:
    apply(world, {"modelId": "tenant-1", "traffic": {"percent": 25}})
    heading, row = world.kubectl("get", "imod", "-n", world.namespace).splitlines()
    assert " ".join(heading.split()) == "NAME MODEL ENDPOINT READY WARM SIZE PHASE PERCENT AGREEMENT AGE"
    assert row.split()[:3] == ["tenant", "tenant-1", "autocomplete"]
    assert "25" in row.split()
    assert "tenant" in world.kubectl("get", "inference", "-n", world.namespace), "it is in the category"


def apply(world: Scene, spec: Spec) -> None:
    body = {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "InferenceModel",
        "metadata": {"name": "tenant", "namespace": world.namespace},
        "spec": deepcopy({"endpointRef": {"name": "autocomplete"}, "source": {"s3Uri": ARCHIVE}} | spec),
    }
    world.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(body))


def shown(world: Scene, output: str) -> str:
    return world.kubectl("get", "inferencemodels", "-n", world.namespace, "-o", output).strip()


def documents(file: Path) -> list[Spec]:
    return [document for document in yaml.safe_load_all(file.read_text(encoding="utf-8")) if document]
