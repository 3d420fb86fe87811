"""The members of an InvokeEndpointAsync request, gathered from path, headers and body, and checked.

Bounds are those of botocore's model of SageMaker Runtime.
"""

from typing import Any, Final

from botocore.model import StructureShape

from sagemaker_simulator.wire.catalog import operation_model
from sagemaker_simulator.wire.errors import AwsError, NotModelled
from sagemaker_simulator.wire.request import Call, Incoming
from sagemaker_simulator.wire.validation import check_request

_BODY_LIMIT: Final = 128_000  # bytes, of an input that is sent along


def members_of(call: Call, request: Incoming) -> dict[str, Any]:
    """Return the members by name. Raises AwsError (ValidationError), NotModelled."""
    model = operation_model(call.service, call.operation)
    if model is None or model.input_shape is None:
        raise LookupError(f"botocore has no input shape for {call.operation}")
    if request.body_length > _BODY_LIMIT:
        raise _refused(f"Value at 'body' failed to satisfy constraint: Member must have length <= {_BODY_LIMIT}")
    members = {**call.parameters, **_headers(model.input_shape, request)}
    if request.body_length:
        members["Body"] = request.body()
    try:
        check_request(model.input_shape, members)
    except AwsError as refused:
        raise AwsError("ValidationError", refused.message) from None
    _check_input(members)
    return members


def _headers(shape: StructureShape, request: Incoming) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        header = member.serialization.get("name", name)
        if member.serialization.get("location") == "header" and header in request.headers:
            value = request.headers[header]
            found[name] = _number(value, header) if member.type_name == "integer" else value
    return found


def _number(value: str, header: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise _refused(f"Value '{value}' of header {header} is not a number") from None


def _check_input(members: dict[str, Any]) -> None:
    """ "Body and InputLocation are mutually exclusive. Provide exactly one of them" (InvokeEndpointAsync, Body)."""
    if ("Body" in members) == ("InputLocation" in members):
        raise _refused("Exactly one of Body and InputLocation must be provided")
    location = members.get("InputLocation", "s3://")
    if not location.startswith("s3://"):
        raise NotModelled(f"an InputLocation that is no s3:// URL is not modelled ({location})")


def _refused(what: str) -> AwsError:
    return AwsError("ValidationError", f"1 validation error detected: {what}")
