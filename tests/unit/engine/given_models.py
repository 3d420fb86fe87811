"""InferenceModels as plain data, read from JSON as the API server would send it."""

from typing import Any

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.planning.models.facts import Target
from endpoint_operator.planning.place import Place

PREFIX = "s3://ml-models/autocomplete/"
ENDPOINT = ObjectKey("ml", "autocomplete")
OLD, NEW = "2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z"


def body(
    name: str = "tenant-1",
    *,
    uid: str | None = None,
    created: str = OLD,
    deleted: bool = False,
    spec: dict[str, Any] | None = None,
    status: dict[str, Any] | None = None,
    **metadata: Any,
) -> dict[str, Any]:
    source = {"s3Uri": f"s3://ml-training/{name}/model.tar.gz", "layout": "AsIs"}
    return {
        "metadata": {
            "namespace": "ml",
            "name": name,
            "uid": uid or f"uid-of-{name}",
            "generation": 1,
            "resourceVersion": "1",
            "creationTimestamp": created,
            **({"deletionTimestamp": NEW} if deleted else {}),
            **metadata,
        },
        "spec": {"endpointRef": {"name": ENDPOINT.name}, "source": source, **(spec or {})},
        "status": status or {},
    }


def a_model(name: str = "tenant-1", **parts: Any) -> InferenceModel:
    return InferenceModel.parse(body(name, **parts))


def key_of(model: InferenceModel) -> ObjectKey:
    return ObjectKey(model.namespace, model.name)


def condition(kind: str, status: str = "True") -> dict[str, Any]:
    return {"type": kind, "status": status, "lastTransitionTime": OLD, "reason": "Because", "message": "It is so."}


def published(name: str = "tenant-1", *, prefix: str = PREFIX, size: int = 100, warm: bool = False) -> dict[str, Any]:
    """The status of a model that is as it should be."""
    target = f"{name}/0123456789.tar.gz"
    return {
        "observedGeneration": 1,
        "phase": "Ready",
        "targetModel": target,
        "artifactS3Uri": f"{prefix}{target}",
        "sizeBytes": size,
        "conditions": [condition("Ready"), *([condition("Warm")] if warm else [])],
    }


def a_target(**changes: Any) -> Target:
    known: dict[str, Any] = {
        "endpoint_name": "ml-autocomplete",
        "multi_model": True,
        "s3_prefix": PREFIX,
        "place": Place(region="us-east-1"),
        "available": True,
        "settled": True,
        "serving_since": "0123456789",
        "instance_count": 2,
        "being_deleted": False,
    }
    return Target(**{**known, **changes})
