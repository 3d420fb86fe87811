"""What the operator reads of every object of its kinds, whatever the kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from endpoint_operator.api.identity import FINALIZER, RECONCILE_AT


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomObject:
    """One object. `resource_version` is that of the last read: a write that carries it fails if somebody was faster."""

    namespace: str
    name: str
    uid: str
    generation: int
    resource_version: str
    annotations: Mapping[str, str] = field(default_factory=dict)
    finalizers: tuple[str, ...] = ()
    deletion_timestamp: str | None = None
    creation_timestamp: str = ""
    spec_error: str | None = None
    """Why this release cannot read the spec (a newer release's CRD); `spec` then holds only what deletion needs."""

    @property
    def object_name(self) -> str:
        """namespace/name, as it stands in tags and metadata of what was made for it."""
        return f"{self.namespace}/{self.name}"

    @property
    def being_deleted(self) -> bool:
        return self.deletion_timestamp is not None

    @property
    def has_finalizer(self) -> bool:
        return FINALIZER in self.finalizers

    @property
    def reconcile_at(self) -> str:
        return self.annotations.get(RECONCILE_AT, "")[:1024]


def metadata_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a CustomObject that stand in the API server's metadata."""
    metadata = body["metadata"]
    return {
        "namespace": metadata["namespace"],
        "name": metadata["name"],
        "uid": metadata.get("uid", ""),
        "generation": metadata.get("generation", 1),
        "resource_version": metadata.get("resourceVersion", ""),
        "annotations": metadata.get("annotations") or {},
        "finalizers": tuple(metadata.get("finalizers") or ()),
        "deletion_timestamp": metadata.get("deletionTimestamp"),
        "creation_timestamp": metadata.get("creationTimestamp", ""),
    }


def what_is_wrong(error: ValidationError) -> str:
    """The first field of spec that this release cannot read, and why."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in ("spec", *first["loc"]))
    return f"{place}: {first['msg']}"
