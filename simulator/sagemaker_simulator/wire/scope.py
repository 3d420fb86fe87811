"""Who signed a request and for what: the credential scope of Signature Version 4."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from .catalog import SERVICE_BY_SIGNING_NAME, is_sagemaker_runtime
from .request import Incoming

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request")
DEFAULT_REGION = "us-east-1"
# Calls that AWS takes unsigned (STS API reference).
_UNSIGNED_STS = frozenset({"AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"})


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Access key (None when unsigned), region and botocore's name of the service."""

    access_key: str | None
    region: str
    service: str


def scope_of(request: Incoming) -> Scope | None:
    """Return the scope, or None when a request that must be signed is not."""
    match = _CREDENTIAL.search(request.headers.get("Authorization", ""))
    if match is None and "X-Amz-Credential" in request.query_string:
        match = _CREDENTIAL.search("Credential=" + request.query.get("X-Amz-Credential", ""))
    if match is None and "AWSAccessKeyId" in request.query_string:  # S3's older presigned URLs (Signature Version 2)
        return Scope(access_key=request.query.get("AWSAccessKeyId"), region=DEFAULT_REGION, service="s3")
    if match is None:
        return _unsigned_scope(request)
    access_key, _, region, signing_name = match.groups()
    return Scope(access_key=access_key, region=region, service=_service(signing_name, request.raw_path))


def _service(signing_name: str, path: str) -> str:
    if signing_name == "sagemaker":
        return "sagemaker-runtime" if is_sagemaker_runtime(path) else "sagemaker"
    return SERVICE_BY_SIGNING_NAME.get(signing_name, signing_name)


def _unsigned_scope(request: Incoming) -> Scope | None:
    if "X-Amz-Target" in request.headers or is_sagemaker_runtime(request.raw_path):
        return None
    if form_of(request).get("Action") in _UNSIGNED_STS:
        return Scope(access_key=None, region=DEFAULT_REGION, service="sts")
    if request.method == "POST" and request.raw_path == "/":
        return None
    return Scope(access_key=None, region=DEFAULT_REGION, service="s3")


def form_of(request: Incoming) -> dict[str, str]:
    """Return the fields of a query-protocol request; empty when the body is no form."""
    if not request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    return dict(parse_qsl(request.body().decode("utf-8", "replace"), keep_blank_values=True))
