"""Signature Version 4 recomputed with botocore's own signer, and compared with what the client sent."""

import hashlib
import hmac
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, urlencode

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sagemaker_simulator.wire.errors import AwsError
from sagemaker_simulator.wire.request import Call, Incoming

SecretOf = Callable[[str], str | None]
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=(?P<credential>[^,\s]+),\s*SignedHeaders=(?P<headers>[^,\s]+),"
    r"\s*Signature=(?P<signature>[0-9a-f]{64})"
)
# Errors differ between S3, the query services and the JSON services (Common Errors of their API references).
_UNKNOWN_KEY = {"s3": "InvalidAccessKeyId", "query": "InvalidClientTokenId"}
_MISMATCH = {"s3": "SignatureDoesNotMatch", "query": "SignatureDoesNotMatch"}


class VerifySignatures:
    """A check of every call: its key must be known, and its signature must be the one that the key's secret makes."""

    def __init__(self, secret_of: SecretOf) -> None:
        self._secret_of = secret_of

    async def __call__(self, call: Call, request: Incoming) -> None:
        """Raise AwsError (403) for an unknown key or another signature. Unsigned calls that AWS takes pass."""
        if call.caller.access_key is None:
            if call.service == "s3":
                raise AwsError("AccessDenied", "Access Denied", status=403)
            return
        secret = self._secret_of(call.caller.access_key)
        family = "s3" if call.service == "s3" else call.protocol
        if secret is None:
            code = _UNKNOWN_KEY.get(family, "UnrecognizedClientException")
            raise AwsError(code, "The security token included in the request is invalid.", status=403)
        if "AWSAccessKeyId" in request.query_string:
            raise AwsError(
                "InvalidRequest",
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
            )
        if not _matches(request, call.caller.access_key, secret):
            raise AwsError(
                _MISMATCH.get(family, "InvalidSignatureException"),
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
                "Access Key and signing method. Consult the service documentation for details.",
                status=403,
            )


def _matches(request: Incoming, access_key: str, secret: str) -> bool:
    found = _AUTHORIZATION.search(request.headers.get("Authorization", ""))
    if found is not None:
        return _header_matches(request, found, Credentials(access_key, secret))
    return _query_matches(request, Credentials(access_key, secret))


def _header_matches(request: Incoming, found: re.Match[str], credentials: Credentials) -> bool:
    body = request.body()
    declared = request.headers.get("X-Amz-Content-SHA256")
    digest = hashlib.sha256(body).hexdigest()
    if declared is not None and re.fullmatch(r"[0-9a-f]{64}", declared) and declared != digest:
        return False
    wanted = _signature(
        request,
        credentials,
        scope=found["credential"].split("/")[1:],
        query=request.query_string,
        signed=found["headers"].split(";"),
        timestamp=request.headers.get("X-Amz-Date", ""),
        payload=declared or digest,
    )
    return hmac.compare_digest(wanted, found["signature"])


def _query_matches(request: Incoming, credentials: Credentials) -> bool:
    """A presigned URL: everything is in the query, and the payload is not signed."""
    query = parse_qsl(request.query_string, keep_blank_values=True)
    given = dict(query)
    unsigned = urlencode(
        [(key, value) for key, value in query if key != "X-Amz-Signature"], quote_via=quote, safe="-_.~"
    )
    wanted = _signature(
        request,
        credentials,
        scope=given["X-Amz-Credential"].split("/")[1:],
        query=unsigned,
        signed=given.get("X-Amz-SignedHeaders", "host").split(";"),
        timestamp=given.get("X-Amz-Date", ""),
        payload="UNSIGNED-PAYLOAD",
    )
    return hmac.compare_digest(wanted, given.get("X-Amz-Signature", ""))


def _signature(
    request: Incoming,
    credentials: Credentials,
    *,
    scope: list[str],
    query: str,
    signed: list[str],
    timestamp: str,
    payload: str,
) -> str:
    _, region, service, _ = scope
    kind = S3SigV4Auth if service == "s3" else SigV4Auth
    signer = kind(credentials, service, region)
    signer.payload = lambda _: payload  # type: ignore[method-assign, assignment]
    url = f"http://{request.headers.get('Host', '')}{request.raw_path}" + (f"?{query}" if query else "")
    headers = {name: request.headers[name] for name in signed if name in request.headers}
    recomputed = AWSRequest(method=request.method, url=url, headers=headers)
    recomputed.context["timestamp"] = timestamp
    text = signer.string_to_sign(recomputed, signer.canonical_request(recomputed))
    return str(signer.signature(text, recomputed))
