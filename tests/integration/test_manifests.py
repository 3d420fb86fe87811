"""What the API server accepts, and what it refuses: the refusal names the field that is wrong."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from devworld.settings import PROJECT
from tests.controlplane.kubectl import KubectlError
from tests.integration.test_acceptance import CALLABLE
from tests.integration.vocabulary.kubernetes_objects import KIND
from tests.integration.vocabulary.scene import Scene

OWN = Path(__file__).with_name("manifests")
# Beside the project, where it is developed together with its acceptance manifests.
SHARED = PROJECT.parent / "shared" / "acceptance"
HERE = SHARED if SHARED.is_dir() else OWN / "accepted"
REFUSED_HERE = SHARED / "refused" if SHARED.is_dir() else OWN / "refused"

REFUSED = {
    "async-with-capture.yaml": "spec.dataCapture",
    "async-with-variants.yaml": "spec.variants",
    "canary-over-half.yaml": "spec.rollout.step.percent",
    "capture-with-two-containers.yaml": "spec.dataCapture",
    "containers-and-variants.yaml": "spec.variants",
    "direct-without-names.yaml": "spec.containers",
    "image-and-framework.yaml": "spec.containers[0]",
    "linear-five-percent.yaml": "spec.rollout.step.percent",
    "multi-model-with-shadow.yaml": "spec.shadow",
    "multi-model-without-prefix.yaml": "spec.multiModel.s3Prefix",
    "realtime-by-backlog.yaml": "spec.autoscaling.backlogPerInstance",
    "realtime-min-zero.yaml": "spec.autoscaling.minCount",
    "rolling-with-two-variants.yaml": "spec.rollout.strategy",
    "serverless-by-invocations.yaml": "spec.autoscaling",
    "serverless-canary.yaml": "spec.rollout.strategy",
    "serverless-in-a-vpc.yaml": "spec.network",
    "serverless-memory-step.yaml": "spec.serverless.memoryMB",
    "serverless-with-instance.yaml": "spec.instance",
    "shadow-with-two-variants.yaml": "spec.shadow",
    "t2-autoscaled.yaml": "spec.autoscaling",
    "two-scaling-targets.yaml": "spec.autoscaling",
}

# Applied as they stand by the tests of their mode, beside those of test_acceptance.py.
OF_OTHER_MODES = (
    "async-scale-to-zero.yaml",
    "multi-container-direct.yaml",
    "multi-model-embeddings.yaml",
    "multi-model-triton.yaml",
    "serial-pipeline.yaml",
    "serverless-provisioned.yaml",
    "serverless.yaml",
)


@pytest.mark.parametrize(("file", "field"), REFUSED.items(), ids=list(REFUSED))
def test_is_refused_at_apply_with_the_field_in_the_message(world: Scene, file: str, field: str) -> None:
    [manifest] = _endpoints(REFUSED_HERE / file)
    manifest["metadata"]["namespace"] = world.namespace
    with pytest.raises(KubectlError) as refusal:
        world.kubectl("apply", "-f", "-", stdin=yaml.safe_dump(manifest))
    said = str(refusal.value).partition("is invalid:")[2]
    assert f"{field}:" in said, refusal.value
    assert world.objects.all(world.namespace) == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the acceptance manifests are not beside the project")
def test_own_copies_are_those_of_the_acceptance_manifests() -> None:
    accepted = {file.name: file.read_text() for file in SHARED.glob("*.yaml") if _endpoints(file)}
    refused = {file.name: file.read_text() for file in (SHARED / "refused").glob("*.yaml") if _endpoints(file)}
    assert accepted == {file.name: file.read_text() for file in (OWN / "accepted").iterdir()}
    assert refused == {file.name: file.read_text() for file in (OWN / "refused").iterdir()}


def test_no_manifest_is_left_out_of_the_tables() -> None:
    assert sorted([*CALLABLE, *OF_OTHER_MODES]) == sorted(file.name for file in (OWN / "accepted").iterdir())
    assert sorted(REFUSED) == sorted(file.name for file in (OWN / "refused").iterdir())


def _endpoints(file: Path) -> list[dict[str, Any]]:
    documents = yaml.safe_load_all(file.read_text(encoding="utf-8"))
    return [document for document in documents if document and document["kind"] == KIND]
