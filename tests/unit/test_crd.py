"""The CRD: what the API server's cost estimate needs, what `kubectl explain` shows, and that the file is the models."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from endpoint_operator.api.crd import as_yaml, inference_endpoint_crd, structural

CRD = inference_endpoint_crd()
SCHEMA: dict[str, Any] = CRD["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
WRITTEN = Path(__file__).parents[2] / "crds" / "inferenceendpoints.yaml"

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


NODES = [node for part in ("spec", "status") for node in walk(part, SCHEMA["properties"][part])]
FIELDS = [(path, node) for path, node in NODES if not path.endswith(("[]", "{}"))]
paths = pytest.mark.parametrize(("path", "node"), NODES, ids=[path for path, _ in NODES])


@paths
def test_every_schema_is_bounded(path: str, node: dict[str, Any]) -> None:
    match node["type"]:
        case "string":
            assert "maxLength" in node or "enum" in node
        case "array":
            assert "maxItems" in node
            assert "items" in node
        case "object":
            free = node.get("x-kubernetes-preserve-unknown-fields", False)
            assert "properties" in node or "maxProperties" in node or free
        case kind:
            assert kind in {"boolean", "integer", "number"}


@paths
def test_nothing_of_pydantics_own_is_left(path: str, node: dict[str, Any]) -> None:
    assert node.keys() <= KEYWORDS


@paths
def test_keys_of_list_maps_are_required(path: str, node: dict[str, Any]) -> None:
    if node["type"] != "array":
        return
    assert node.get("x-kubernetes-list-type") in {"atomic", "map"}
    keys = node.get("x-kubernetes-list-map-keys", [])
    assert bool(keys) == (node["x-kubernetes-list-type"] == "map")
    assert set(keys) <= set(node["items"].get("required", []))


@pytest.mark.parametrize(("path", "node"), FIELDS, ids=[path for path, _ in FIELDS])
def test_kubectl_explain_has_a_sentence_for_every_field(path: str, node: dict[str, Any]) -> None:
    assert len(node.get("description", "")) > 3
    assert node["description"] == " ".join(node["description"].split())


@paths
def test_every_rule_has_a_sentence_and_points_at_a_field_that_is_there(path: str, node: dict[str, Any]) -> None:
    for rule in node.get("x-kubernetes-validations", []):
        assert rule["message"]
        at: dict[str, Any] = node
        for name in rule.get("fieldPath", "").split(".")[1:]:
            at = at["properties"][name]


def test_rules_on_the_object_point_at_fields_that_are_there() -> None:
    for rule in SCHEMA["x-kubernetes-validations"]:
        at: dict[str, Any] = SCHEMA
        for name in rule["fieldPath"].split(".")[1:]:
            at = at["properties"][name]


def test_the_file_is_what_make_generate_writes() -> None:
    assert WRITTEN.read_text() == as_yaml(CRD), "run `make generate` and commit what it writes"
    assert yaml.safe_load(WRITTEN.read_text()) == CRD


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


def test_a_field_with_alternatives_of_type_is_refused_and_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="no alternatives"):
        structural({"anyOf": [{"type": "string"}, {"type": "integer"}]})
