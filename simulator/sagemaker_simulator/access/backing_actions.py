"""Which IAM actions a call needs to the services that moto answers.

Sources: the Service Authorization Reference; for S3 "Required permissions for Amazon S3 API operations" in its User
Guide, where most operations are named otherwise than what allows them.
"""

from collections.abc import Callable, Mapping
from urllib.parse import unquote

from sagemaker_simulator.wire.request import Call

from .policy import Action

# Everybody may ask who he is; the trust policy alone says who may have a role for a token of another issuer.
_NEED_NOTHING = frozenset(
    {("sts", "GetCallerIdentity"), ("sts", "AssumeRoleWithWebIdentity"), ("sts", "AssumeRoleWithSAML")}
)
_S3_ACTIONS = {
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteObjects": "DeleteObject",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
_COPIES = frozenset({"CopyObject", "UploadPartCopy"})
_COPY_SOURCE = "X-Amz-Copy-Source"


def backing_actions(call: Call, *, headers: Mapping[str, str]) -> list[Action]:
    """Return every action that the caller must be allowed."""
    if (call.service, call.operation) in _NEED_NOTHING:
        return []
    if call.service == "s3":
        return _s3(call, headers)
    name = f"{call.service}:{call.operation}"
    return [Action(name=name, resource=BACKING[call.service](call) or "*", context={})]


def _s3(call: Call, headers: Mapping[str, str]) -> list[Action]:
    bucket, key = call.parameters.get("Bucket"), call.parameters.get("Key")
    operation = _S3_ACTIONS.get(call.operation, call.operation)
    where = "/".join(filter(None, (bucket, "*" if call.operation == "DeleteObjects" else key)))
    actions = [Action(name=f"s3:{operation}", resource=f"arn:aws:s3:::{where}" if where else "*", context={})]
    if call.operation in _COPIES and _COPY_SOURCE in headers:
        source, _, version = headers[_COPY_SOURCE].partition("?versionId=")
        read = "s3:GetObjectVersion" if version else "s3:GetObject"
        actions.append(Action(name=read, resource=f"arn:aws:s3:::{unquote(source).lstrip('/')}", context={}))
    return actions


def _role_or_user(call: Call) -> str | None:
    given = call.parameters
    for member, kind in (("RoleName", "role"), ("UserName", "user")):
        if member in given:
            return f"arn:aws:iam::{call.caller.account}:{kind}/{given[member]}"
    return given.get("PolicySourceArn")


BACKING: Mapping[str, Callable[[Call], str | None]] = {
    "s3": lambda _call: None,
    "sts": lambda call: call.parameters.get("RoleArn"),
    "iam": _role_or_user,
    "sns": lambda call: call.parameters.get("TopicArn"),
    "sqs": lambda _call: None,
    "events": lambda _call: None,
    "ec2": lambda _call: None,
    "kms": lambda _call: None,
}
"""The services, each with what of it a call is about; None for everything."""
