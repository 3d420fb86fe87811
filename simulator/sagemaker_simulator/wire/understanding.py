"""From a request to a call: protocol, operation, parameters and resource. Judges nothing; the services do."""

import gzip
import json
from typing import Any

from .catalog import service_model
from .cbor import decode_map
from .errors import AwsError
from .request import Call, Caller, Incoming
from .resources import resource_of
from .rest_paths import match_rest
from .scope import Scope, form_of
from .virtual_hosts import path_style


def understand(request: Incoming, *, scope: Scope, caller: Caller) -> Call:
    """Return the call that a request makes.

    Raises AwsError (SerializationException) when the body is not what its protocol says.
    """
    protocol = _protocol(request, scope.service)
    read = path_style(request) if scope.service == "s3" else request
    operation, parameters = _READERS[protocol](read, scope.service)
    return Call(
        service=scope.service,
        operation=operation,
        resource=resource_of(scope.service, operation, parameters),
        caller=caller,
        protocol=protocol,
        parameters=parameters,
    )


def _protocol(request: Incoming, service: str) -> str:
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return "cbor"
    if "X-Amz-Target" in request.headers:
        return "json"
    if "Action" in form_of(request):
        return "query"
    model = service_model(service)
    return "rest-json" if model is not None and model.protocol == "rest-json" else "rest-xml"


def _read_json(request: Incoming, _service: str) -> tuple[str, dict[str, Any]]:
    operation = request.headers["X-Amz-Target"].rpartition(".")[2]
    body = _plain_body(request)
    try:
        parsed = json.loads(body) if body else {}
    except ValueError:
        raise AwsError("SerializationException", "the body is not JSON") from None
    if not isinstance(parsed, dict):
        raise AwsError("SerializationException", "Start of structure or map found where not expected.")
    return operation, parsed


def _plain_body(request: Incoming) -> bytes:
    """Return the body unpacked: botocore packs large requests of some operations (PutMetricData from 10 kB on)."""
    if request.headers.get("Content-Encoding", "").lower() != "gzip":
        return request.body()
    try:
        return gzip.decompress(request.body())
    except (OSError, EOFError):
        raise AwsError("SerializationException", "the body is not gzip, as Content-Encoding says") from None


def _read_cbor(request: Incoming, _service: str) -> tuple[str, dict[str, Any]]:
    return request.raw_path.rpartition("/")[2], decode_map(_plain_body(request))


def _read_query(request: Incoming, _service: str) -> tuple[str, dict[str, Any]]:
    form = form_of(request)
    return form["Action"], dict(form)


def _read_rest(request: Incoming, service: str) -> tuple[str, dict[str, Any]]:
    operation, labels = match_rest(service, request)
    return operation or f"{request.method} {request.raw_path}", dict(labels)


_READERS = {
    "json": _read_json,
    "cbor": _read_cbor,
    "query": _read_query,
    "rest-json": _read_rest,
    "rest-xml": _read_rest,
}
