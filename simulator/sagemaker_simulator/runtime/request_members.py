"""The members of an InvokeEndpoint request, gathered from path, headers and body, and checked."""

from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.wire.catalog import operation_model
from sagemaker_simulator.wire.errors import AwsError, NotModelled
from sagemaker_simulator.wire.request import Call, Incoming
from sagemaker_simulator.wire.validation import check_request

PREFIX = "x-amzn-sagemaker-"
# Members that need what is not there yet.
_NOT_YET = {
    "InferenceComponentName": "inference components",
    "EnableExplanations": "explainers",
    "SessionId": "stateful sessions",
}
BODY_LIMIT = 6_291_456  # bytes; BodyBlob in botocore's model of SageMaker Runtime


def members_of(call: Call, request: Incoming) -> dict[str, Any]:
    """Return the members by name. Raises AwsError (ValidationError) for what SageMaker Runtime refuses."""
    model = operation_model(call.service, call.operation)
    if model is None or model.input_shape is None:
        raise LookupError(f"botocore has no input shape for {call.operation}")
    if request.body_length > BODY_LIMIT:
        raise AwsError(
            "ValidationError",
            "1 validation error detected: Value at 'body' failed to satisfy constraint: "
            f"Member must have length less than or equal to {BODY_LIMIT}",
        )
    members: dict[str, Any] = dict(call.parameters)
    for name, shape in model.input_shape.members.items():
        header = shape.serialization.get("name", name)
        if shape.serialization.get("location") == "header" and header in request.headers:
            members[name] = request.headers[header]
    members["Body"] = request.body()
    try:
        check_request(model.input_shape, members)
    except AwsError as refused:
        raise AwsError("ValidationError", refused.message) from None
    return members


def refuse_not_modelled(members: Mapping[str, Any]) -> None:
    """Raise NotModelled for a member that nothing here acts on."""
    for member, what in _NOT_YET.items():
        if member in members:
            raise NotModelled(f"{what} are not modelled yet ({member})")
