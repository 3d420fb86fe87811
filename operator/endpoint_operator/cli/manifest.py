"""The InferenceEndpoints of a file, as `kubectl apply -f` would read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TextIO

import yaml

from endpoint_operator.api.identity import API_VERSION, GROUP
from endpoint_operator.cli.complaint import Complaint

KIND = "InferenceEndpoint"

Body = Mapping[str, Any]


class _KubernetesLoader(yaml.SafeLoader):
    """As the API server reads YAML: what looks like a time is text, for JSON has no times."""


_KubernetesLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, kw_only=True)
class Manifests:
    """`endpoints` each with a name and a namespace; `passed_over` says what else the file holds."""

    endpoints: tuple[Body, ...]
    passed_over: tuple[str, ...]


def read_manifests(file: TextIO, *, namespace: str | None, default_namespace: str) -> Manifests:
    """`namespace` is the one that was asked for; objects that name another are refused, as kubectl does.

    Raises Complaint.
    """
    endpoints, passed_over = [], []
    for document in _documents(file):
        if document.get("kind") == KIND and str(document.get("apiVersion", "")).startswith(f"{GROUP}/"):
            endpoints.append(_placed(document, namespace=namespace, default_namespace=default_namespace))
        else:
            passed_over.append(_named(document))
    if not endpoints:
        raise Complaint(f"{file.name} holds no {KIND} of {API_VERSION}; there is nothing to plan")
    return Manifests(endpoints=tuple(endpoints), passed_over=tuple(passed_over))


def _documents(file: TextIO) -> Iterator[Body]:
    try:
        documents = list(yaml.load_all(file, _KubernetesLoader))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Complaint(f"{file.name} is neither YAML nor JSON: {error}") from error
    for document in documents:
        if document is None:
            continue
        listed = document.get("items") if isinstance(document, Mapping) and document.get("kind") == "List" else None
        for item in listed if isinstance(listed, list) else [document]:
            if not isinstance(item, Mapping):
                raise Complaint(f"{file.name} holds something that is no Kubernetes object: {repr(item)[:80]}")
            yield item


def _placed(document: Body, *, namespace: str | None, default_namespace: str) -> Body:
    metadata = document.get("metadata")
    if not isinstance(metadata, Mapping) or not metadata.get("name"):
        raise Complaint(f"an {KIND} without metadata.name; give it one, an object that is applied needs a name")
    name, version = metadata["name"], document["apiVersion"]
    if version != API_VERSION:
        raise Complaint(f"{KIND} {name} is of {version} and this release plans {API_VERSION}; use the release for it")
    own = metadata.get("namespace")
    if own and namespace and own != namespace:
        raise Complaint(f"{KIND} {name} is of namespace {own} and -n is {namespace}; leave -n away or change one")
    return {**document, "metadata": {**metadata, "namespace": own or namespace or default_namespace}}


def _named(document: Body) -> str:
    metadata = document.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return f"{document.get('kind') or 'an object without a kind'} {name or ''}".strip()
