"""CloudWatch's query protocol, which older SDKs speak: forms in, XML out, both by botocore's shapes.

Lists are `Name.member.1`, structures `Name.Member`; no shape of CloudWatch is flattened (AWS Query protocol, Smithy).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4
from xml.sax.saxutils import escape

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from sagemaker_simulator.wire.catalog import operation_model
from sagemaker_simulator.wire.errors import AwsError, NotModelled
from sagemaker_simulator.wire.modelled import Operation, answer_modelled
from sagemaker_simulator.wire.request import Call, Reply

_NAMESPACE: Final = "http://monitoring.amazonaws.com/doc/2010-08-01/"
_WHOLE: Final = frozenset({"integer", "long"})
_BROKEN: Final = frozenset({"float", "double"})
Form = Mapping[str, Any]


async def answer_query(call: Call, operations: Mapping[str, Operation]) -> Reply:
    """Return the answer to a form: asked and answered as JSON is, and rewritten. Raises AwsError."""
    model = operation_model(call.service, call.operation)
    parameters = read_form(model.input_shape, call.parameters) if model is not None and model.input_shape else {}
    reply = await answer_modelled(replace(call, protocol="json", parameters=parameters), operations)
    if model is None:
        raise LookupError(f"{call.operation} was answered and is no operation of {call.service}")
    return write_reply(model, json.loads(reply.body))


def read_form(shape: Shape, form: Form) -> dict[str, Any]:
    """Return the parameters of a form, as JSON would hold them. Raises AwsError (MalformedInput)."""
    found = _read(shape, form, "")
    return dict(found) if isinstance(found, dict) else {}


def write_reply(operation: OperationModel, output: Mapping[str, Any]) -> Reply:
    """Return the answer, which is as JSON holds it, as XML."""
    request_id = str(uuid4())
    body = "".join(_members(operation.output_shape, output)) if operation.output_shape is not None else ""
    result = f"<{operation.name}Result>{body}</{operation.name}Result>"
    text = (
        f'<{operation.name}Response xmlns="{_NAMESPACE}">{result}'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation.name}Response>"
    )
    headers = {"Content-Type": "text/xml", "x-amzn-RequestId": request_id}
    return Reply(status=200, body=text.encode(), headers=headers)


def _read(shape: Shape, form: Form, path: str) -> Any:
    """Return the value at the path, None when nothing of it is in the form."""
    if isinstance(shape, StructureShape):
        members = {name: _read(member, form, _join(path, name)) for name, member in shape.members.items()}
        given = {name: value for name, value in members.items() if value is not None}
        return given or None
    if isinstance(shape, ListShape):
        return list(_items(shape, form, path)) or None
    if isinstance(shape, MapShape):
        if any(name.startswith(f"{path}.") for name in form):
            raise NotModelled(f"maps in forms are not modelled ({path}); use an SDK that speaks JSON or CBOR")
        return None
    text = form.get(path)
    return None if text is None else _scalar(shape, str(text), path)


def _items(shape: ListShape, form: Form, path: str) -> Iterator[Any]:
    for number in range(1, len(form) + 1):
        item = _read(shape.member, form, f"{path}.member.{number}")
        if item is None:
            return
        yield item


def _scalar(shape: Shape, text: str, path: str) -> Any:
    try:
        if shape.type_name in _WHOLE:
            return int(text)
        if shape.type_name in _BROKEN:
            return float(text)
    except ValueError:
        raise AwsError("MalformedInput", f"{path}: {text!r} is not a number") from None
    if shape.type_name == "boolean":
        return text.lower() == "true"
    return text


def _members(shape: StructureShape, value: Mapping[str, Any]) -> Iterator[str]:
    for name, item in value.items():
        yield f"<{name}>{_written(shape.members[name], item)}</{name}>"


def _written(shape: Shape, value: Any) -> str:
    if isinstance(shape, StructureShape):
        return "".join(_members(shape, value))
    if isinstance(shape, ListShape):
        return "".join(f"<member>{_written(shape.member, item)}</member>" for item in value)
    if isinstance(shape, MapShape):
        return "".join(
            f"<entry><key>{escape(key)}</key><value>{_written(shape.value, item)}</value></entry>"
            for key, item in value.items()
        )
    if isinstance(value, bool):
        return "true" if value else "false"
    if shape.type_name == "timestamp":
        return datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return escape(str(value))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
