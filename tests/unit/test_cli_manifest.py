"""What a file holds, read as `kubectl apply -f` reads it."""

import io

import pytest

from endpoint_operator.cli.complaint import Complaint
from endpoint_operator.cli.manifest import Manifests, read_manifests

HEAD = "apiVersion: inference.endpoint-operator.dev/v1alpha1\nkind: InferenceEndpoint\n"


def read(text: str, *, namespace: str | None = None) -> Manifests:
    file = io.StringIO(text)
    file.name = "file.yaml"
    return read_manifests(file, namespace=namespace, default_namespace="default")


def test_what_looks_like_a_time_stays_text() -> None:
    (endpoint,) = read(f"{HEAD}metadata: {{name: a}}\nspec: {{redeploy: 2026-11-22T12:00:00Z}}\n").endpoints
    assert endpoint["spec"]["redeploy"] == "2026-11-22T12:00:00Z"


def test_lists_and_several_documents_are_taken_apart() -> None:
    one = '{"apiVersion":"inference.endpoint-operator.dev/v1alpha1","kind":"InferenceEndpoint","metadata":{"name":"a"}}'
    manifests = read(f'{{"apiVersion":"v1","kind":"List","items":[{one}]}}\n---\n---\nkind: Secret\n---\n{one}\n')
    assert [endpoint["metadata"]["name"] for endpoint in manifests.endpoints] == ["a", "a"]
    assert manifests.passed_over == ("Secret",)


@pytest.mark.parametrize(
    ("own", "asked", "placed"), [(None, None, "default"), (None, "b", "b"), ("a", None, "a"), ("a", "a", "a")]
)
def test_an_object_is_planned_where_it_would_be_applied(own: str | None, asked: str | None, placed: str) -> None:
    metadata = "{name: x}" if own is None else f"{{name: x, namespace: {own}}}"
    (endpoint,) = read(f"{HEAD}metadata: {metadata}\n", namespace=asked).endpoints
    assert endpoint["metadata"]["namespace"] == placed


def test_an_object_of_another_namespace_than_was_asked_for_is_refused() -> None:
    with pytest.raises(Complaint, match="of namespace a and -n is b"):
        read(f"{HEAD}metadata: {{name: x, namespace: a}}\n", namespace="b")
