"""What S3's refusals mean for a model: which of the two places is meant, what is wrong there, and what to do.

Sources: S3 API reference, "Error responses"; HEAD requests are answered without a body, by their status alone.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.error_faults import fault_of
from endpoint_operator.aws.errors import is_about_credentials, is_denied, is_not_found, is_throttled, is_unreachable
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.outcome import SOURCE_CHANGED, SOURCE_NOT_FOUND

SOURCE_FIELD: Final = "spec.source.s3Uri"
BODY_FIELD: Final = "spec.warmUp.bodyS3Uri"
_REDIRECTS = frozenset({"301", "307", "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed"})


class Part(StrEnum):
    """Which part a place has in a model's way; the beginning of every reason."""

    SOURCE = "Source"
    PREFIX = "Prefix"
    BODY = "WarmUpBody"


_RIGHTS = {
    Part.SOURCE: "s3:GetObject on it and s3:ListBucket on its bucket",
    Part.PREFIX: "s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload below the prefix, and "
    "s3:ListBucket and s3:ListBucketMultipartUploads on its bucket",
    Part.BODY: "s3:GetObject on it and s3:ListBucket on its bucket",
}


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place in S3 and the field of a manifest that names it."""

    part: Part
    field: str
    s3_uri: str

    @property
    def bucket(self) -> str:
        return self.s3_uri.removeprefix("s3://").partition("/")[0]


def source_spot(s3_uri: str) -> Spot:
    """What spec.source names."""
    return Spot(part=Part.SOURCE, field=SOURCE_FIELD, s3_uri=s3_uri)


def former_spot(s3_uri: str) -> Spot:
    """What is published under a prefix that the endpoint had before, where it is the source of a copy."""
    return Spot(part=Part.SOURCE, field="status.artifactS3Uri", s3_uri=s3_uri)


def prefix_spot(s3_uri: str, *, endpoint: str) -> Spot:
    """`endpoint` is the InferenceEndpoint's name."""
    return Spot(part=Part.PREFIX, field=f"spec.multiModel.s3Prefix of InferenceEndpoint {endpoint}", s3_uri=s3_uri)


def is_condition_failed(error: CallFailed) -> bool:
    """412: what was asked for is not what is there."""
    return error.code in ("PreconditionFailed", "412") or error.status == 412


def is_conflict(error: CallFailed) -> bool:
    """409: somebody else writes the same key at this moment (S3 User Guide, "Conditional requests")."""
    return error.code in ("ConditionalRequestConflict", "OperationAborted")


def is_bucket_missing(error: CallFailed) -> bool:
    return error.code == "NoSuchBucket" or (error.operation == "head_bucket" and is_not_found(error))


def fault_at(error: CallFailed, spot: Spot) -> Fault:
    """The failure of a call that is about one place."""
    for applies, fault in _FAULTS:
        if applies(error):
            return fault(error, spot)
    message = f"{spot.field}: S3 refused {error.action} for {spot.s3_uri}: {error.text}"
    return Fault(blame=Blame.OPERATOR_SETUP, reason=f"{spot.part}Refused", message=message)


def source_changed(spot: Spot) -> Fault:
    message = f"{spot.field}: {spot.s3_uri} was changed while it was being published; it is looked at again"
    return Fault(blame=Blame.WORLD, reason=SOURCE_CHANGED, message=message)


def in_other_region(spot: Spot, *, found: str, wanted: str) -> Fault:
    """Regions as AWS names them."""
    message = (
        f"{spot.field}: the bucket {spot.bucket} is in {found} and the endpoint in {wanted}, which takes models from "
        "its own region only; give a bucket there"
    )
    return Fault(blame=Blame.USER, reason=f"{spot.part}InOtherRegion", message=message, about_inputs=True)


def no_bucket(spot: Spot) -> Fault:
    """There is no such bucket."""
    message = f"{spot.field}: there is no bucket {spot.bucket}; make it or correct the URI"
    return Fault(blame=Blame.USER, reason=_not_found_reason(spot), message=message, about_inputs=True)


def not_there(spot: Spot) -> Fault:
    """There is no such object, or nothing below a directory."""
    what = f"there is no object below {spot.s3_uri}" if spot.s3_uri.endswith("/") else f"there is no {spot.s3_uri}"
    message = f"{spot.field}: {what} (the bucket {spot.bucket} exists); upload it or correct the URI"
    return Fault(blame=Blame.USER, reason=_not_found_reason(spot), message=message, about_inputs=True)


def _not_found_reason(spot: Spot) -> str:
    return SOURCE_NOT_FOUND if spot.part is Part.SOURCE else f"{spot.part}NotFound"


def _by_errors_file(error: CallFailed, _: Spot) -> Fault:
    return fault_of(error)


def _throttled(error: CallFailed, spot: Spot) -> Fault:
    message = f"S3 asks to slow down at {spot.bucket} ({error.action}); it is tried again"
    return Fault(blame=Blame.WORLD, reason="Throttled", message=message)


def _no_bucket(_: CallFailed, spot: Spot) -> Fault:
    return no_bucket(spot)


def _not_found(_: CallFailed, spot: Spot) -> Fault:
    return not_there(spot)


def _denied(error: CallFailed, spot: Spot) -> Fault:
    said = "" if error.operation.startswith("head_") else f" ({error.text})"
    message = (
        f"{spot.field}: the operator's role may not {_doing(error)} {spot.s3_uri}{said}; it needs "
        f"{_RIGHTS[spot.part]} (without s3:ListBucket what is not there is refused the same way)"
    )
    return Fault(blame=Blame.OPERATOR_SETUP, reason=f"{spot.part}Forbidden", message=message)


def _doing(error: CallFailed) -> str:
    if error.operation.startswith(("head_", "get_")):
        return "read"
    if error.operation.startswith("list_"):
        return "list"
    return "remove" if error.operation.startswith(("delete_", "abort_")) else "write"


def _redirected(_: CallFailed, spot: Spot) -> Fault:
    message = (
        f"{spot.field}: the bucket {spot.bucket} is in another region than the endpoint, which takes models from its "
        "own region only; give a bucket there"
    )
    return Fault(blame=Blame.USER, reason=f"{spot.part}InOtherRegion", message=message, about_inputs=True)


def _archived(_: CallFailed, spot: Spot) -> Fault:
    message = (
        f"{spot.field}: {spot.s3_uri} is archived (S3 Glacier) and cannot be read; restore it or copy it to S3 Standard"
    )
    return Fault(blame=Blame.USER, reason=f"{spot.part}Archived", message=message, about_inputs=True)


def _wordless(error: CallFailed, spot: Spot) -> Fault:
    message = (
        f"{spot.field}: S3 answered 400 to {error.action} of {spot.s3_uri} without a word, as it does for a key of "
        "SSE-C and for credentials that are out of date; objects under SSE-C cannot be published"
    )
    return Fault(blame=Blame.OPERATOR_SETUP, reason=f"{spot.part}Refused", message=message)


def _conflict(_: CallFailed, spot: Spot) -> Fault:
    message = f"somebody else writes {spot.s3_uri} at this moment; it is tried again"
    return Fault(blame=Blame.WORLD, reason="WriteConflict", message=message)


def _changed(_: CallFailed, spot: Spot) -> Fault:
    return source_changed(spot)


_FAULTS = (
    (is_about_credentials, _by_errors_file),
    (is_throttled, _throttled),
    (lambda error: error.status == 503, _throttled),
    (is_bucket_missing, _no_bucket),
    (is_not_found, _not_found),
    (is_condition_failed, _changed),
    (is_conflict, _conflict),
    (lambda error: error.code in _REDIRECTS or error.status in (301, 307), _redirected),
    (lambda error: error.code == "InvalidObjectState", _archived),
    # Of an assumed role's own troubles errors.py knows more.
    (lambda error: is_denied(error) and error.fails_before_the_call, _by_errors_file),
    (is_denied, _denied),
    (is_unreachable, _by_errors_file),
    (lambda error: error.code == "400", _wordless),
)
