"""config/iam: a right for every call that the operator can make, and none for a call that it cannot."""

import json
from pathlib import Path

from endpoint_operator.aws.service_models import OPERATIONS

POLICY = Path(__file__).parents[2] / "config" / "iam" / "operator-policy.json"
# IAM's own names (Service Authorization Reference), where they are not the service's of botocore.
PREFIXES = {"resourcegroupstaggingapi": "tag", "sagemaker-runtime": "sagemaker", "service-quotas": "servicequotas"}
ACTIONS = {
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:CopyObject": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:UploadPartCopy": "s3:PutObject",
}
# GetCallerIdentity needs no right; who may assume which role is said in config/iam/README.md.
NEED_NONE = {"sts:GetCallerIdentity", "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"}
# What comes with a call: roles that are passed, tags that are given to an alarm, the role that AWS makes for itself.
COME_WITH_OTHERS = {"iam:PassRole", "iam:CreateServiceLinkedRole", "cloudwatch:TagResource"}


def called() -> set[str]:
    named = {f"{PREFIXES.get(service, service)}:{name}" for service, names in OPERATIONS.items() for name in names}
    return {ACTIONS.get(action, action) for action in named} - NEED_NONE


def allowed() -> set[str]:
    found: set[str] = set()
    for statement in json.loads(POLICY.read_text(encoding="utf-8"))["Statement"]:
        actions = statement["Action"]
        found |= {actions} if isinstance(actions, str) else set(actions)
    return found


def test_every_call_is_allowed_and_nothing_else_is() -> None:
    assert allowed() - COME_WITH_OTHERS == called()
    assert allowed() >= COME_WITH_OTHERS
