"""Names in AWS across releases."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.planning.desired import desired_state, tags_digest
from tests.unit.given import inputs_for

HERE = Path(__file__).parent
GOLDEN: dict[str, dict[str, Any]] = json.loads((HERE / "golden" / "names.json").read_text())
MANIFESTS = {path.stem: path for path in sorted((HERE / "manifests").glob("*.yaml"))} | {
    f"example-{path.parent.name}": path for path in sorted((HERE.parents[1] / "examples").glob("*/endpoint.yaml"))
}


def names_of(path: Path) -> dict[str, Any]:
    body: dict[str, Any] = yaml.safe_load(path.read_text())
    body["metadata"] |= {"uid": "any", "generation": 1, "resourceVersion": "1"}
    endpoint = InferenceEndpoint.parse(body)
    assert endpoint.spec_error is None
    desired = desired_state(endpoint, inputs_for(body["spec"]))
    assert desired is not None
    return {
        "endpoint": desired.endpoint_name,
        "models": desired.model_names,
        "config": desired.config_name(made_with=None, made_before=False),
        "revision": desired.revision,
        "specDigest": desired.spec_digest,
        "tagsDigest": tags_digest(desired.tags),
    }


@pytest.mark.parametrize("name", MANIFESTS)
def test_no_release_changes_a_name_in_aws(name: str) -> None:
    found = names_of(MANIFESTS[name])
    assert name in GOLDEN, f"a new manifest: add to golden/names.json\n{json.dumps({name: found}, indent=2)}"
    assert found == GOLDEN[name], (
        "a name or digest in AWS is not what earlier releases made of the same manifest. An operator that is upgraded "
        "would find none of its models and endpoint configs again and roll every fleet. Never change the golden file: "
        "give the new way of building a number in planning/desired.py, and keep the old one for revisions made with it"
    )


def test_the_golden_file_forgets_no_manifest() -> None:
    assert GOLDEN.keys() == MANIFESTS.keys()
