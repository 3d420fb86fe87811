"""The ways in which people and their tools write an object: kubectl with the options that each of them uses."""

import copy
import json
from typing import Any

from tests.integration.vocabulary.kubernetes_objects import GROUP, KIND, VERSION, Object
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import smallest

# Whatever says who wrote what and when, and what the operator says itself.
NOT_WRITTEN_BY_USERS = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid")
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
FINALIZER = f"{GROUP}/aws"


def manifest(scene: Scene, name: str = "churn", **members: Any) -> Object:
    """As it is in Git: the smallest endpoint with these members of spec, and a label of the user's."""
    metadata = {"name": name, "namespace": scene.namespace, "labels": {"team": "fraud"}}
    spec = {**smallest(), **members}
    return {"apiVersion": f"{GROUP}/{VERSION}", "kind": KIND, "metadata": metadata, "spec": spec}


def server_side(scene: Scene, thing: Object, *, manager: str, force: bool = False, dry_run: bool = False) -> Object:
    """Server-side apply; what the API server has, or would have, then."""
    options = [f"--field-manager={manager}"]
    options += ["--force-conflicts"] if force else []
    options += ["--dry-run=server"] if dry_run else []
    return _written(scene, ("apply", "--server-side", *options), thing)


def client_side(scene: Scene, thing: Object) -> Object:
    """As `kubectl apply` is by default: by the annotation last-applied-configuration."""
    return _written(scene, ("apply",), thing)


def replaced(scene: Scene, thing: Object) -> Object:
    """`kubectl replace` with the file as it is in Git: what it does not say is taken away."""
    return _written(scene, ("replace",), thing)


def live(scene: Scene, name: str = "churn") -> Object:
    found = scene.objects.find(scene.namespace, name)
    assert found is not None, f"{name} is gone"
    return found


def written_by_users(thing: Object) -> Object:
    """The object without what the API server keeps books of, and without status."""
    bare = copy.deepcopy(thing)
    bare.pop("status", None)
    for name in NOT_WRITTEN_BY_USERS:
        bare["metadata"].pop(name, None)
    return bare


def owned(thing: Object) -> dict[tuple[str, str], set[str]]:
    """By manager and subresource: the fields, two levels deep (f:spec f:instance is spec.instance)."""
    rows: dict[tuple[str, str], set[str]] = {}
    for row in thing["metadata"].get("managedFields", []):
        fields = {
            ".".join(part.removeprefix("f:") for part in (outer, inner))
            for outer, inside in row["fieldsV1"].items()
            for inner in inside
            if inner != "."
        }
        rows.setdefault((row["manager"], row.get("subresource", "")), set()).update(fields)
    return rows


def _written(scene: Scene, command: tuple[str, ...], thing: Object) -> Object:
    said = scene.kubectl(*command, "-f", "-", "-o", "json", "--show-managed-fields", stdin=json.dumps(thing))
    written: Object = json.loads(said)
    return written
