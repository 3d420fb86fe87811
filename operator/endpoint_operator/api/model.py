"""The kind InferenceModel as the operator reads it: metadata, spec and status of one object."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from endpoint_operator.api.identity import FINALIZER, RECONCILE_AT
from endpoint_operator.api.model_spec import EndpointRef, InferenceModelSpec, ModelSource
from endpoint_operator.api.model_status import InferenceModelStatus
from endpoint_operator.api.spec import DeletionPolicy


@dataclass(frozen=True, kw_only=True, slots=True)
class InferenceModel:
    """One object. `resource_version` is that of the last read: a write that carries it fails if somebody was faster."""

    namespace: str
    name: str
    uid: str
    generation: int
    resource_version: str
    creation_timestamp: str
    spec: InferenceModelSpec
    status: InferenceModelStatus = field(default_factory=InferenceModelStatus)
    annotations: Mapping[str, str] = field(default_factory=dict)
    finalizers: tuple[str, ...] = ()
    deletion_timestamp: str | None = None
    spec_error: str | None = None
    """Why this release cannot read the spec (a newer release's CRD); `spec` then holds only what deletion needs."""

    @property
    def object_name(self) -> str:
        """namespace/name, as it stands in metadata of what was published."""
        return f"{self.namespace}/{self.name}"

    @property
    def model_id(self) -> str:
        return self.spec.model_id or self.name

    @property
    def being_deleted(self) -> bool:
        return self.deletion_timestamp is not None

    @property
    def has_finalizer(self) -> bool:
        return FINALIZER in self.finalizers

    @property
    def reconcile_at(self) -> str:
        return self.annotations.get(RECONCILE_AT, "")[:1024]

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "InferenceModel":
        """The object out of the API server's JSON."""
        metadata = body["metadata"]
        spec, error = _parse_spec(body.get("spec") or {})
        annotations = metadata.get("annotations") or {}
        return cls(
            namespace=metadata["namespace"],
            name=metadata["name"],
            uid=metadata.get("uid", ""),
            generation=metadata.get("generation", 1),
            resource_version=metadata.get("resourceVersion", ""),
            creation_timestamp=metadata.get("creationTimestamp", ""),
            spec=spec,
            status=InferenceModelStatus.model_validate(body.get("status") or {}),
            # Of ten thousand objects nothing is kept that no decision reads.
            annotations={key: annotations[key] for key in (RECONCILE_AT,) if key in annotations},
            finalizers=tuple(metadata.get("finalizers") or ()),
            deletion_timestamp=metadata.get("deletionTimestamp"),
            spec_error=error,
        )

    def pack(self) -> "InferenceModel | bytes":
        """The object in a few hundred bytes, a tenth of what it takes: ten thousand of them are kept at once.

        One whose spec cannot be read is kept as it is, for its spec is none that could be read again.
        """
        if self.spec_error is not None:
            return self
        return zlib.compress(_as_json().dump_json(self, exclude_defaults=True), level=1)

    @classmethod
    def unpack(cls, packed: bytes) -> "InferenceModel":
        """The object out of what `pack` made."""
        return _as_json().validate_json(zlib.decompress(packed))


@cache
def _as_json() -> TypeAdapter[InferenceModel]:
    return TypeAdapter(InferenceModel)


def _parse_spec(spec: Mapping[str, Any]) -> tuple[InferenceModelSpec, str | None]:
    try:
        return InferenceModelSpec.model_validate(spec), None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in ("spec", *first["loc"]))
        retained = spec.get("deletionPolicy") == DeletionPolicy.RETAIN
        bare = InferenceModelSpec.model_construct(
            endpoint_ref=EndpointRef.model_construct(name=str((spec.get("endpointRef") or {}).get("name", ""))),
            model_id=spec.get("modelId"),
            source=ModelSource.model_construct(s3_uri=""),
            deletion_policy=DeletionPolicy.RETAIN if retained else DeletionPolicy.DELETE,
        )
        return bare, f"{place}: {first['msg']}"
