"""Conditions of copies inside S3, which moto (5.2.5) does not look at: what is copied is still what the caller saw, and
nothing is in its place yet.

Sources: CopyObject and UploadPartCopy in the S3 API reference; "Conditional requests" in the S3 User Guide.
"""

from collections.abc import Mapping
from urllib.parse import parse_qs, unquote

from moto.core.exceptions import ServiceException
from moto.s3.models import FakeKey, s3_backends

from sagemaker_simulator.wire.errors import AwsError, NotModelled
from sagemaker_simulator.wire.request import Call, Incoming

_SOURCE = "x-amz-copy-source"
_NOT_MODELLED = (f"{_SOURCE}-if-modified-since", f"{_SOURCE}-if-unmodified-since")


def check_copy(call: Call, request: Incoming) -> None:
    """Raise AwsError (412) when a condition of CopyObject or UploadPartCopy does not hold. Call on moto's thread.

    What is not there is left to moto, which says so.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    for name in _NOT_MODELLED:
        if name in headers:
            raise NotModelled(f"s3 {call.operation} with {name} is not modelled")
    _check_source(call.caller.account, headers)
    if call.operation == "CopyObject":
        _check_place(call, headers)


def _check_source(account: str, headers: Mapping[str, str]) -> None:
    path, _, query = headers.get(_SOURCE, "").partition("?")
    bucket, _, key = unquote(path).removeprefix("/").partition("/")
    found = _object(account, bucket, key, version=parse_qs(query).get("versionId", [None])[0])
    if found is None:
        return
    wanted, unwanted = headers.get(f"{_SOURCE}-if-match"), headers.get(f"{_SOURCE}-if-none-match")
    if wanted is not None and not _names(wanted, found):
        raise _failed(f"{_SOURCE}-If-Match")
    if unwanted is not None and _names(unwanted, found):
        raise _failed(f"{_SOURCE}-If-None-Match")


def _check_place(call: Call, headers: Mapping[str, str]) -> None:
    wanted, unwanted = headers.get("if-match"), headers.get("if-none-match")
    if wanted is None and unwanted is None:
        return
    if unwanted not in (None, "*"):
        raise NotModelled(f"s3 {call.operation} with If-None-Match other than * is not modelled")
    found = _object(call.caller.account, call.parameters["Bucket"], call.parameters["Key"], version=None)
    if unwanted == "*" and found is not None:
        raise _failed("If-None-Match")
    if wanted is not None and found is None:
        raise AwsError("NoSuchKey", "The specified key does not exist.", status=404)
    if wanted is not None and found is not None and not _names(wanted, found):
        raise _failed("If-Match")


def _names(condition: str, found: FakeKey) -> bool:
    return condition == "*" or condition.strip('"') == found.etag.strip('"')


def _failed(condition: str) -> AwsError:
    message = "At least one of the pre-conditions you specified did not hold"
    return AwsError("PreconditionFailed", message, status=412, fields={"Condition": condition})


def _object(account: str, bucket: str, key: str, *, version: str | None) -> FakeKey | None:
    for backend in list(s3_backends[account].values()):
        if bucket in backend.buckets:
            try:
                return backend.get_object(bucket, key, version_id=version)
            except ServiceException:
                return None
    return None
