"""The kind InferenceModel as the operator reads it."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from endpoint_operator.api.custom_object import CustomObject, metadata_of, what_is_wrong
from endpoint_operator.api.identity import RECONCILE_AT
from endpoint_operator.api.model_spec import EndpointRef, InferenceModelSpec, ModelSource
from endpoint_operator.api.model_status import InferenceModelStatus
from endpoint_operator.api.spec import DeletionPolicy


@dataclass(frozen=True, kw_only=True, slots=True)
class InferenceModel(CustomObject):
    """One object that is one model of a multi-model endpoint."""

    spec: InferenceModelSpec
    status: InferenceModelStatus = field(default_factory=InferenceModelStatus)

    @property
    def model_id(self) -> str:
        return self.spec.model_id or self.name

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "InferenceModel":
        """The object out of the API server's JSON."""
        metadata = metadata_of(body)
        annotations = metadata.pop("annotations")
        spec, error = _parse_spec(body.get("spec") or {})
        return cls(
            **metadata,
            # Of ten thousand objects nothing is kept that no decision reads.
            annotations={key: annotations[key] for key in (RECONCILE_AT,) if key in annotations},
            spec=spec,
            status=InferenceModelStatus.model_validate(body.get("status") or {}),
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
        retained = spec.get("deletionPolicy") == DeletionPolicy.RETAIN
        reference = spec.get("endpointRef")
        endpoint = reference.get("name", "") if isinstance(reference, Mapping) else ""
        model_id = spec.get("modelId")
        bare = InferenceModelSpec.model_construct(
            endpoint_ref=EndpointRef.model_construct(name=str(endpoint)),
            model_id=model_id if isinstance(model_id, str) else None,
            source=ModelSource.model_construct(s3_uri=""),
            deletion_policy=DeletionPolicy.RETAIN if retained else DeletionPolicy.DELETE,
        )
        return bare, what_is_wrong(error)
