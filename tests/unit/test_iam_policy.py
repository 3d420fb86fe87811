"""config/iam: a right for every call that the operator can make, and none for a call that it cannot.

That it makes them, and where and with which tags, is held against the recording of a whole run by `tests.rights`.
"""

import json
from typing import Any

import pytest

from endpoint_operator.aws.service_models import OPERATIONS
from tests.rights import combined_policy
from tests.rights.combined_policy import COMBINED, combined, features, text

# IAM and AWS STS quotas: of a managed policy, without white space.
LONGEST = 6144
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
NEED_NONE = {"sts:GetCallerIdentity", "sts:AssumeRoleWithWebIdentity"}
# What comes with a call: roles that are passed, tags that are given to an alarm, the role that AWS makes for itself,
# keys that S3 and SageMaker use in the caller's name.
COME_WITH_OTHERS = {
    *("iam:PassRole", "iam:CreateServiceLinkedRole", "cloudwatch:TagResource"),
    *("kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey"),
}


def called() -> set[str]:
    named = {f"{PREFIXES.get(service, service)}:{name}" for service, names in OPERATIONS.items() for name in names}
    return {ACTIONS.get(action, action) for action in named} - NEED_NONE


def actions(statement: dict[str, Any]) -> set[str]:
    named = statement["Action"]
    return {named} if isinstance(named, str) else set(named)


def allowed() -> set[str]:
    return {action for statement in combined()["Statement"] for action in actions(statement)}


def test_every_call_is_allowed_and_nothing_else_is() -> None:
    assert allowed() - COME_WITH_OTHERS == called()
    assert allowed() >= COME_WITH_OTHERS


def test_the_file_of_one_policy_is_that_of_all_features_but_those_for_keys_of_ones_own() -> None:
    assert COMBINED.read_text(encoding="utf-8") == text(), "run make generate"
    assert not any(action.startswith("kms:") for each in json.loads(text())["Statement"] for action in actions(each))


def test_a_key_is_used_through_a_service_alone() -> None:
    for statement in features()["encryption"]:
        assert {action.partition(":")[0] for action in actions(statement)} == {"kms"}
        [(operator, conditions)] = statement["Condition"].items()
        assert (operator, set(conditions)) == ("StringLike", {"kms:ViaService"})
        assert conditions["kms:ViaService"] in ("s3.*.amazonaws.com", "sagemaker.*.amazonaws.com")


def test_no_statement_holds_a_wildcard_in_its_actions_or_allows_what_another_denies() -> None:
    statements = combined()["Statement"]
    assert {statement["Effect"] for statement in statements} == {"Allow"}
    assert [action for action in allowed() if "*" in action or "?" in action] == []


def test_what_changes_sagemaker_asks_for_the_operators_tag() -> None:
    """But the tags that come with what is made, which are no more than what is made with them."""
    changing = [
        (statement["Sid"], action, json.dumps(statement.get("Condition", {})))
        for statement in combined()["Statement"]
        for action in sorted(actions(statement))
        if action.startswith(("sagemaker:", "cloudwatch:"))
        and not action.partition(":")[2].startswith(("Describe", "List"))
    ]
    untagged = {(sid, action) for sid, action, conditions in changing if '"endpoint-operator"' not in conditions}
    assert untagged == {
        ("TagWhatIsMade", "sagemaker:AddTags"),
        ("AlarmsOfTargetTracking", "cloudwatch:DeleteAlarms"),  # AWS makes them in the caller's name, without tags
        ("AlarmsOfTargetTracking", "cloudwatch:PutMetricAlarm"),
    }


def test_each_policy_fits_into_a_managed_one() -> None:
    documents = {name: {"Version": "2012-10-17", "Statement": each} for name, each in features().items()}
    lengths = {
        name: len(json.dumps(document, separators=(",", ":")))
        for name, document in {**documents, COMBINED.name: json.loads(text())}.items()
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_one_sid_for_two_statements_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    [price] = features()["prices"]
    monkeypatch.setattr(combined_policy, "features", lambda: {"a": [price], "b": [price]})
    with pytest.raises(ValueError, match="LookAtPrices is there twice"):
        combined()
