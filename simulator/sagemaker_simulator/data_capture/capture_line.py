"""One captured invocation as a JSON line.

Source of the members: "Capture data from real-time endpoint", SageMaker Developer Guide (View captured data).
"""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from sagemaker_simulator.runtime.observers import FinishedInvocation

from .capture_config import CaptureConfig

VERSION = "0"


def line_of(invocation: FinishedInvocation, config: CaptureConfig) -> str:
    """Return the line, without its end."""
    data: dict[str, Any] = {}
    if config.input:
        data["endpointInput"] = _side(
            "INPUT", invocation.request_body, content_type=invocation.request_content_type, config=config
        )
    if config.output:
        data["endpointOutput"] = _side(
            "OUTPUT", invocation.response_body, content_type=invocation.response_content_type, config=config
        )
    return json.dumps({"captureData": data, "eventMetadata": _metadata(invocation), "eventVersion": VERSION})


def _side(mode: str, body: bytes, *, content_type: str, config: CaptureConfig) -> dict[str, str]:
    encoding = config.encoding_of(content_type)
    text = _text(body) if encoding != "BASE64" else None
    if text is None:  # also what says that it is CSV or JSON and is not UTF-8
        encoding, text = "BASE64", base64.b64encode(body).decode()
    return {"observedContentType": content_type, "mode": mode, "data": text, "encoding": encoding}


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _metadata(invocation: FinishedInvocation) -> dict[str, Any]:
    moment = datetime.fromtimestamp(invocation.time, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    metadata: dict[str, Any] = {"eventId": invocation.event_id, "inferenceTime": moment}
    if invocation.inference_id is not None:
        metadata["inferenceId"] = invocation.inference_id
    if invocation.custom_attributes is not None:
        metadata["customAttributes"] = [invocation.custom_attributes]
    return metadata
