"""How answers and errors are written in each of AWS's protocols."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from .cbor import encode
from .errors import AwsError
from .request import Reply

_JSON_TYPES = {"json": "application/x-amz-json-1.1", "rest-json": "application/json"}


def answer(protocol: str, value: Mapping[str, Any]) -> Reply:
    """Return a good answer in the JSON or CBOR protocol; the others are written by who answers in them."""
    if protocol == "cbor":
        return Reply(status=200, body=encode(dict(value)), headers=_headers("application/cbor", protocol))
    body = json.dumps(value, default=_timestamp).encode()
    return Reply(status=200, body=body, headers=_headers(_JSON_TYPES["json"], protocol))


def refusal(protocol: str, service: str, error: AwsError) -> Reply:
    """Return an error as the protocol writes it."""
    writer = _WRITERS.get(protocol, _json_error)
    body, content_type = writer(service, error)
    headers = _headers(content_type, protocol) | {"x-amzn-ErrorType": error.code}
    return Reply(status=error.status, body=body, headers=headers, error=error.code)


def _timestamp(value: object) -> float:
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    raise TypeError(f"no JSON for {type(value).__name__}")


def _headers(content_type: str, protocol: str) -> dict[str, str]:
    headers = {"Content-Type": content_type, "x-amzn-RequestId": str(uuid.uuid4())}
    if protocol == "cbor":
        headers["smithy-protocol"] = "rpc-v2-cbor"
    return headers


def _json_error(_service: str, error: AwsError) -> tuple[bytes, str]:
    body = {"__type": error.code, "message": error.message, **error.fields}
    return json.dumps(body).encode(), _JSON_TYPES["json"]


def _rest_json_error(_service: str, error: AwsError) -> tuple[bytes, str]:
    body = {"code": error.code, "Message": error.message, "message": error.message, **error.fields}
    return json.dumps(body).encode(), _JSON_TYPES["rest-json"]


def _cbor_error(_service: str, error: AwsError) -> tuple[bytes, str]:
    return encode({"__type": error.code, "message": error.message, **error.fields}), "application/cbor"


def _xml_error(service: str, error: AwsError) -> tuple[bytes, str]:
    inner = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    request_id = f"<RequestId>{uuid.uuid4()}</RequestId>"
    if service == "s3":
        more = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in error.fields.items())
        text = f"<Error>{inner}{more}{request_id}</Error>"
    elif service == "ec2":
        text = f"<Response><Errors><Error>{inner}</Error></Errors>{request_id}</Response>"
    else:
        text = f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error>{request_id}</ErrorResponse>"
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.encode(), "text/xml"


_WRITERS = {
    "json": _json_error,
    "cbor": _cbor_error,
    "rest-json": _rest_json_error,
    "rest-xml": _xml_error,
    "query": _xml_error,
}
