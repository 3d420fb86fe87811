"""CRDs from the pydantic models: their JSON schema, rewritten into the structural schema that Kubernetes takes."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import yaml

from endpoint_operator.api.identity import GROUP, VERSION
from endpoint_operator.api.kinds import ENDPOINTS, MODELS
from endpoint_operator.api.model_spec import InferenceModelSpec
from endpoint_operator.api.model_status import InferenceModelStatus
from endpoint_operator.api.schema import ApiModel, rules
from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.api.spec_rules import OBJECT_RULES, Rule
from endpoint_operator.api.status import InferenceEndpointStatus

Schema = dict[str, Any]
# The status of what the operator has not looked at yet. Without, kstatus (Flux, `helm --wait`) takes a new object for
# done: a generation that is behind is one only where there is an observedGeneration. Flux's kinds have this default.
NOT_LOOKED_AT = {"observedGeneration": -1}


@dataclass(frozen=True, kw_only=True)
class _Form:
    """What one kind's CRD has of its own."""

    kind: str
    plural: str
    short_name: str
    description: str
    spec: type[ApiModel]
    status: type[ApiModel]
    columns: tuple[tuple[str, str, str, int], ...]
    """Name, type, JSON path, and 1 where it is shown only with `-o wide`."""
    object_rules: tuple[Rule, ...] = ()
    scale: Schema | None = None


_ENDPOINT = _Form(
    kind=ENDPOINTS.kind,
    plural=ENDPOINTS.plural,
    short_name="iep",
    description="One SageMaker endpoint with its models, endpoint configs, autoscaling and rollout.",
    spec=InferenceEndpointSpec,
    status=InferenceEndpointStatus,
    columns=(
        ("Ready", "string", '.status.conditions[?(@.type=="Ready")].status', 0),
        ("Mode", "string", ".spec.mode", 0),
        ("Revision", "string", '.status.revisions[?(@.state=="Active")].name', 0),
        ("Instances", "integer", ".status.instanceCount", 0),
        ("Cost/h", "string", ".status.cost.hourlyUSD", 0),
        ("Age", "date", ".metadata.creationTimestamp", 0),
        ("Phase", "string", ".status.phase", 1),
        ("Reason", "string", '.status.conditions[?(@.type=="Ready")].reason', 1),
        ("Endpoint", "string", ".status.endpoint.name", 1),
    ),
    object_rules=OBJECT_RULES,
    scale={
        "specReplicasPath": ".spec.instance.count",
        "statusReplicasPath": ".status.instanceCount",
        "labelSelectorPath": ".status.selector",
    },
)

_MODEL = _Form(
    kind=MODELS.kind,
    plural=MODELS.plural,
    short_name="imod",
    description="One model in a multi-model endpoint, typically one tenant's.",
    spec=InferenceModelSpec,
    status=InferenceModelStatus,
    columns=(
        ("Model", "string", ".status.modelId", 0),
        ("Endpoint", "string", ".spec.endpointRef.name", 0),
        ("Ready", "string", '.status.conditions[?(@.type=="Ready")].status', 0),
        ("Warm", "string", '.status.conditions[?(@.type=="Warm")].status', 0),
        ("Size", "integer", ".status.sizeBytes", 0),
        ("Phase", "string", ".status.phase", 0),
        ("Percent", "integer", ".spec.traffic.percent", 0),
        ("Agreement", "string", ".status.migration.agreement", 0),
        ("Age", "date", ".metadata.creationTimestamp", 0),
        ("Reason", "string", '.status.conditions[?(@.type=="Ready")].reason', 1),
        ("Target", "string", ".status.targetModel", 1),
    ),
)


def inference_endpoint_crd() -> Schema:
    """The CustomResourceDefinition of InferenceEndpoint."""
    return _crd(_ENDPOINT)


def inference_model_crd() -> Schema:
    """The CustomResourceDefinition of InferenceModel."""
    return _crd(_MODEL)


CRDS: dict[str, Callable[[], Schema]] = {
    ENDPOINTS.plural: inference_endpoint_crd,
    MODELS.plural: inference_model_crd,
}


def _crd(form: _Form) -> Schema:
    version = {
        "name": VERSION,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": _object_schema(form)},
        "subresources": {"status": {}, **({"scale": form.scale} if form.scale is not None else {})},
        "additionalPrinterColumns": [
            {"name": name, "type": kind, "jsonPath": path, **({"priority": priority} if priority else {})}
            for name, kind, path, priority in form.columns
        ],
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{form.plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": form.kind,
                "listKind": f"{form.kind}List",
                "plural": form.plural,
                "singular": form.kind.lower(),
                "shortNames": [form.short_name],
                "categories": ["inference"],
            },
            "versions": [version],
        },
    }


def as_yaml(crd: Schema) -> str:
    header = "# Generated by `make generate` from operator/endpoint_operator/api; do not edit.\n"
    return header + yaml.dump(crd, Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True)


class _Dumper(yaml.SafeDumper):
    """Without YAML anchors: some tools that read CRDs do not know them."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _object_schema(form: _Form) -> Schema:
    return {
        "description": form.description,
        "type": "object",
        "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": structural(form.spec.model_json_schema(by_alias=True)),
            "status": {**structural(form.status.model_json_schema(by_alias=True)), "default": NOT_LOOKED_AT},
        },
        **(rules(*form.object_rules) if form.object_rules else {}),
    }


def structural(schema: Schema) -> Schema:
    """A JSON schema of pydantic's as a structural schema: references inlined, optional members plain, no titles.

    Defaults inside lists are told and not declared: where the API server fills something in there, Argo CD's own
    comparison takes the whole list for another one for ever. The operator fills them in when it reads.
    """
    definitions = schema.get("$defs", {})

    def rewrite(node: Schema, *, inside_list: bool) -> Schema:
        node = _inlined(node, definitions)
        default = node.get("default")
        if default in (None, []) or inside_list:
            node.pop("default", None)
        if inside_list and default:
            node["description"] = f"{node.get('description', '')} Default: {json.dumps(default)}.".lstrip()
        result: Schema = {}
        for key, value in node.items():
            if key not in _DROPPED:
                below = partial(rewrite, inside_list=inside_list or key == "items")
                result[key] = _REWRITERS.get(key, _same)(value, below)
        if "x-kubernetes-preserve-unknown-fields" in result:
            result.pop("additionalProperties", None)
        return result

    return rewrite(schema, inside_list=False)


# additionalProperties: false is pydantic's extra="forbid"; the API server prunes instead and says so.
_DROPPED = frozenset({"$defs", "title", "propertyNames"})


def _inlined(node: Schema, definitions: dict[str, Schema]) -> Schema:
    node = dict(node)
    options = [option for option in node.pop("anyOf", []) if option.get("type") != "null"]
    if len(options) > 1:
        raise ValueError(f"a structural schema has no alternatives of type: {options}")
    for option in options:
        node = {**option, **node}
    reference = node.pop("$ref", None)
    if reference is not None:
        node = {**_inlined(definitions[reference.removeprefix("#/$defs/")], definitions), **node}
    if node.get("additionalProperties") is False:
        del node["additionalProperties"]
    return node


Rewrite = Callable[[Schema], Schema]


def _same(value: Any, rewrite: Rewrite) -> Any:
    del rewrite
    return value


def _properties(value: dict[str, Schema], rewrite: Rewrite) -> dict[str, Schema]:
    return {name: rewrite(schema) for name, schema in value.items()}


def _description(value: str, rewrite: Rewrite) -> str:
    del rewrite
    return " ".join(value.split())


def _nested(value: Any, rewrite: Rewrite) -> Any:
    return rewrite(value) if isinstance(value, dict) else value


_REWRITERS: dict[str, Callable[[Any, Rewrite], Any]] = {
    "properties": _properties,
    "description": _description,
    "items": _nested,
    "additionalProperties": _nested,
}
