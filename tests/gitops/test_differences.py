"""What Argo CD's own comparison takes for a difference between Git and the cluster (OutOfSync).

Without ServerSideDiff it makes a three-way JSON merge patch from the manifest and the live object, as for every kind
that is not built in (gitops-engine, pkg/diff; RFC 7386): maps are merged, a list is the same or is another one. So
what the API server fills in beside a field in Git is none of its business, but what it fills in inside a list is.
Therefore no CRD of ours has a default there.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from devworld.settings import PROJECT
from tests.integration.vocabulary.kubernetes_objects import Object
from tests.integration.vocabulary.scene import Scene

OURS = "inference.endpoint-operator.dev/"
EXAMPLES = {
    f"{file.parent.name}/{document['metadata']['name']}": document
    for file in sorted((PROJECT / "examples").glob("*/*.yaml"))
    for document in yaml.safe_load_all(file.read_text("utf-8"))
    if document["apiVersion"].startswith(OURS)
}


def said_otherwise(git: Any, live: Any, path: str = "") -> Iterator[str]:
    """The paths of what Git says and the live object does not: maps by their members, anything else as a whole."""
    if not (isinstance(git, dict) and isinstance(live, dict)):
        if git != live:
            yield path
        return
    for name, value in git.items():
        yield from said_otherwise(value, live.get(name), f"{path}.{name}".lstrip("."))


def as_the_api_server_has_it(world: Scene, git: Object) -> Object:
    thing: Object = json.loads(
        world.kubectl("create", "--dry-run=server", "-o", "json", "-f", "-", stdin=json.dumps(git))
    )
    return thing


@pytest.fixture
def git(world: Scene, example: str) -> Object:
    """An example in the test's own namespace."""
    found = EXAMPLES[example]
    return {**found, "metadata": {**found["metadata"], "namespace": world.namespace}}


def defaults_inside_lists(schema: Any, path: str = "", *, inside: bool = False) -> Iterator[str]:
    """The paths of what a CRD fills in below a list."""
    if inside and "default" in schema:
        yield path
    if "items" in schema:
        yield from defaults_inside_lists(schema["items"], f"{path}[]", inside=True)
    for name, below in schema.get("properties", {}).items():
        yield from defaults_inside_lists(below, f"{path}.{name}".lstrip("."), inside=inside)


def of_the_crds() -> set[str]:
    schemas = [
        yaml.safe_load(file.read_text("utf-8"))["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
        for file in (PROJECT / "crds").glob("*.yaml")
    ]
    return {path for schema in schemas for path in defaults_inside_lists(schema["spec"], "spec")}


@pytest.mark.parametrize("example", EXAMPLES)
def test_of_no_example_anything_differs(world: Scene, git: Object) -> None:
    assert list(said_otherwise(git, as_the_api_server_has_it(world, git))) == []


def test_no_crd_fills_in_anything_inside_a_list() -> None:
    assert of_the_crds() == set()
