"""The CRD: what the API server's cost estimate needs, what `kubectl explain` shows, and that the file is the models."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from endpoint_operator.api.crd import CRDS, as_yaml, inference_endpoint_crd, inference_model_crd, structural

CRD = inference_endpoint_crd()
MODEL_CRD = inference_model_crd()
SCHEMA: dict[str, Any] = CRD["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
MODEL_SCHEMA: dict[str, Any] = MODEL_CRD["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
WRITTEN = Path(__file__).parents[2] / "crds"

# What a structural schema may hold (apiextensions.k8s.io/v1, JSONSchemaProps).
KEYWORDS = {
    "additionalProperties", "default", "description", "enum", "items", "maxItems", "maxLength", "maxProperties",
    "maximum", "minItems", "minLength", "minimum", "pattern", "properties", "required", "type",
    "x-kubernetes-list-map-keys", "x-kubernetes-list-type", "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-validations",
}  # fmt: skip

Node = tuple[str, dict[str, Any]]


def walk(path: str, node: dict[str, Any]) -> Iterator[Node]:
    """Every schema below and including this one, with its path."""
    yield path, node
    for name, child in node.get("properties", {}).items():
        yield from walk(f"{path}.{name}", child)
    if "items" in node:
        yield from walk(f"{path}[]", node["items"])
    if isinstance(node.get("additionalProperties"), dict):
        yield from walk(f"{path}{{}}", node["additionalProperties"])


NODES = [
    node
    for kind, schema in (("endpoint", SCHEMA), ("model", MODEL_SCHEMA))
    for part in ("spec", "status")
    for node in walk(f"{kind}.{part}", schema["properties"][part])
]


def is_bounded(node: dict[str, Any]) -> bool:
    match node["type"]:
        case "string":
            return "maxLength" in node or "enum" in node
        case "array":
            return "maxItems" in node and "items" in node
        case "object":
            free = node.get("x-kubernetes-preserve-unknown-fields", False)
            return "properties" in node or "maxProperties" in node or free
        case kind:
            return kind in {"boolean", "integer", "number"}


def keys_are_required(node: dict[str, Any]) -> bool:
    keys = node.get("x-kubernetes-list-map-keys", [])
    as_map = node.get("x-kubernetes-list-type") == "map"
    known = node.get("x-kubernetes-list-type") in {"atomic", "map"}
    return known and bool(keys) == as_map and set(keys) <= set(node["items"].get("required", []))


def points_at_a_field(node: dict[str, Any], field_path: str) -> bool:
    at: dict[str, Any] = node
    for name in field_path.split(".")[1:]:
        if name not in at.get("properties", {}):
            return False
        at = at["properties"][name]
    return True


def test_every_schema_is_bounded() -> None:
    assert len(NODES) > 200
    assert [path for path, node in NODES if not is_bounded(node)] == []


def test_nothing_of_pydantics_own_is_left() -> None:
    assert {path: node.keys() - KEYWORDS for path, node in NODES if node.keys() - KEYWORDS} == {}


def test_keys_of_list_maps_are_required() -> None:
    assert [path for path, node in NODES if node["type"] == "array" and not keys_are_required(node)] == []


def test_kubectl_explain_has_a_sentence_for_every_field() -> None:
    fields = [(path, node.get("description", "")) for path, node in NODES if not path.endswith(("[]", "{}"))]
    assert [path for path, description in fields if len(description) < 4] == []
    assert [path for path, description in fields if description != " ".join(description.split())] == []


def test_every_rule_has_a_sentence_and_points_at_a_field_that_is_there() -> None:
    rules = [(path, node, rule) for path, node in NODES for rule in node.get("x-kubernetes-validations", [])]
    assert len(rules) > 40
    assert [path for path, _, rule in rules if not rule["message"]] == []
    assert [
        (path, rule["fieldPath"])
        for path, node, rule in rules
        if not points_at_a_field(node, rule.get("fieldPath", ""))
    ] == []


def test_rules_on_the_object_point_at_fields_that_are_there() -> None:
    assert all(points_at_a_field(SCHEMA, rule["fieldPath"]) for rule in SCHEMA["x-kubernetes-validations"])


@pytest.mark.parametrize("plural", CRDS)
def test_the_file_is_what_make_generate_writes(plural: str) -> None:
    crd, written = CRDS[plural](), (WRITTEN / f"{plural}.yaml").read_text()
    assert written == as_yaml(crd), "run `make generate` and commit what it writes"
    assert yaml.safe_load(written) == crd


def test_every_kind_has_a_file_and_every_file_a_kind() -> None:
    assert {file.stem for file in WRITTEN.iterdir()} == set(CRDS)


def test_names_that_outlive_releases() -> None:
    names, version = CRD["spec"]["names"], CRD["spec"]["versions"][0]
    assert CRD["metadata"]["name"] == "inferenceendpoints.inference.endpoint-operator.dev"
    assert (names["shortNames"], names["categories"]) == (["iep"], ["inference"])
    shown = [column["name"] for column in version["additionalPrinterColumns"] if not column.get("priority")]
    assert [name.upper() for name in shown] == ["READY", "MODE", "REVISION", "INSTANCES", "COST/H", "AGE"]
    assert version["subresources"] == {
        "status": {},
        "scale": {
            "specReplicasPath": ".spec.instance.count",
            "statusReplicasPath": ".status.instanceCount",
            "labelSelectorPath": ".status.selector",
        },
    }


def test_names_of_models_that_outlive_releases() -> None:
    names, version = MODEL_CRD["spec"]["names"], MODEL_CRD["spec"]["versions"][0]
    assert MODEL_CRD["metadata"]["name"] == "inferencemodels.inference.endpoint-operator.dev"
    assert (names["shortNames"], names["categories"]) == (["imod"], ["inference"])
    shown = [column["name"].upper() for column in version["additionalPrinterColumns"] if not column.get("priority")]
    assert shown == ["MODEL", "ENDPOINT", "READY", "WARM", "SIZE", "PHASE", "PERCENT", "AGREEMENT", "AGE"]
    assert version["subresources"] == {"status": {}}


def test_a_field_with_alternatives_of_type_is_refused_and_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="no alternatives"):
        structural({"anyOf": [{"type": "string"}, {"type": "integer"}]})
