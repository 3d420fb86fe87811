"""The kind InferenceEndpoint as the operator reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from endpoint_operator.api.custom_object import CustomObject, metadata_of, what_is_wrong
from endpoint_operator.api.spec import DeletionPolicy, InferenceEndpointSpec, Mode
from endpoint_operator.api.status import InferenceEndpointStatus


@dataclass(frozen=True, kw_only=True)
class InferenceEndpoint(CustomObject):
    """One object that is one endpoint."""

    spec: InferenceEndpointSpec
    status: InferenceEndpointStatus = field(default_factory=InferenceEndpointStatus)

    @classmethod
    def parse(cls, body: Mapping[str, Any]) -> "InferenceEndpoint":
        """The object out of the API server's JSON."""
        spec, error = _parse_spec(body.get("spec") or {})
        status = InferenceEndpointStatus.model_validate(body.get("status") or {})
        return cls(**metadata_of(body), spec=spec, status=status, spec_error=error)


def _parse_spec(spec: Mapping[str, Any]) -> tuple[InferenceEndpointSpec, str | None]:
    try:
        return InferenceEndpointSpec.model_validate(spec), None
    except ValidationError as error:
        retained = spec.get("deletionPolicy") == DeletionPolicy.RETAIN
        # Not checked: what is wrong may be the name itself.
        bare = InferenceEndpointSpec.model_construct(
            mode=Mode.REAL_TIME,
            endpoint_name=spec.get("endpointName"),
            deletion_policy=DeletionPolicy.RETAIN if retained else DeletionPolicy.DELETE,
        )
        return bare, what_is_wrong(error)
