"""The messages that SageMaker publishes about asynchronous requests.

Members and their order are those of real messages (awslabs/stable-diffusion-aws-extension, API documentation;
awslabs/osml-model-runner, `parse_s3_event_for_output_location`). `responseBody` is documented by name only
(AsyncInferenceNotificationConfig, IncludeInferenceResponseIn): its members are those that consumers read.
"""

import base64
import json
from datetime import UTC, datetime
from typing import Any, Final

from .async_request import AsyncRequest, Result

INLINE_BYTES: Final = 128 * 1024  # "only if the response size is less than or equal to 128 KB"


def message(request: AsyncRequest, result: Result, *, now: float) -> str:
    """Return the message, JSON; `now` is simulated, in seconds since the epoch."""
    told: dict[str, Any] = {
        "awsRegion": request.region,
        "eventTime": _moment(now),
        "receivedTime": _moment(request.received),
        "invocationStatus": "Completed" if result.completed else "Failed",
    }
    if result.reason is not None:
        told["failureReason"] = result.reason
    told["requestParameters"] = _present(
        accept=request.accept,
        contentType=request.content_type,
        customAttributes=request.custom_attributes,
        endpointName=request.endpoint,
        inputLocation=request.input_location,
    )
    if result.completed:
        told["responseParameters"] = _present(contentType=result.content_type, outputLocation=request.output_location)
    elif request.failure_location is not None:
        told["responseParameters"] = {"outputLocation": request.failure_location}
    if _includes_response(request, result):
        told["responseBody"] = _body(result)
    told |= {
        "inferenceId": request.inference_id,
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }
    return json.dumps(told)


def _includes_response(request: AsyncRequest, result: Result) -> bool:
    return request.config.tells_output if result.completed else request.config.tells_failure


def _body(result: Result) -> dict[str, str]:
    if result.response is None:
        return {"message": f"There is no response, or it is larger than {INLINE_BYTES // 1024} KB."}
    return {"content": base64.b64encode(result.response).decode(), "message": result.reason or "", "encoding": "BASE64"}


def _present(**members: str | None) -> dict[str, str]:
    return {name: value for name, value in members.items() if value is not None}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
