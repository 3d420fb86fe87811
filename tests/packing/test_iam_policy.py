"""config/iam/packer-policy.json: a right for every call that the packer makes, where it makes it, and none besides."""

import ast
import json
from fnmatch import fnmatchcase
from typing import Any

import boto3
import pytest

from endpoint_operator.planning.models.packer_exits import PackerExit
from tests.packing.packer import NAME, PROJECT, Bucket
from tests.simulator.world import REGION

POLICY = PROJECT / "config" / "iam" / "packer-policy.json"
PROGRAM = PROJECT / "operator" / "endpoint_operator" / "packing"
# The target's bucket is another than the source's, so that each right is seen to be for one of them.
MODELS, TARGET_KEY = "fleet", "tenants/churn/0123456789.tar.gz"
PLACES = {
    "SOURCE_BUCKET": NAME,
    "SOURCE_PREFIX": "training",
    "MODELS_BUCKET": MODELS,
    "MODELS_PREFIX": "tenants",
}
FILES = {"model.bin": b"weights" * 1000, "code/inference.py": b"print()"}
# IAM's own names (Service Authorization Reference), where they are not the operation's.
ACTIONS = {
    "CompleteMultipartUpload": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "HeadObject": "GetObject",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectsV2": "ListBucket",
    "UploadPart": "PutObject",
}
# Without the right to list, S3 says 403 and not 404 of what is not there (Amazon S3 API Reference, HeadObject).
TELLS_WHAT_IS_MISSING = {"GetObject", "HeadObject"}

Right = tuple[str, str]
"""An action, and the ARN that it is for."""


@pytest.fixture
def calls(bucket: Bucket) -> list[dict[str, Any]]:
    """All that a packer asked for that found an upload of an earlier one under its key, and packed."""
    bucket.s3.create_bucket(Bucket=MODELS)
    bucket.s3.create_multipart_upload(Bucket=MODELS, Key=TARGET_KEY)
    ending = bucket.holds(FILES).packer(target=f"s3://{MODELS}/{TARGET_KEY}").ends()
    assert ending.code == PackerExit.PACKED, ending
    return [row for row in bucket.world.calls() if row["accessKey"] == "packer"]


def statements(effect: str) -> list[dict[str, Any]]:
    text = POLICY.read_text(encoding="utf-8")
    for placeholder, place in PLACES.items():
        text = text.replace(placeholder, place)
    return [each for each in json.loads(text)["Statement"] if each["Effect"] == effect]


def rights(statement: dict[str, Any]) -> set[Right]:
    actions = statement["Action"]
    return {(action, statement["Resource"]) for action in ([actions] if isinstance(actions, str) else actions)}


def needed_by(row: dict[str, Any]) -> set[Right]:
    assert row["service"] == "s3", row
    operation, resource = row["operation"], f"arn:aws:s3:::{row['resource']}"
    needed = {(f"s3:{ACTIONS.get(operation, operation)}", resource)}
    if operation in TELLS_WHAT_IS_MISSING:
        needed.add(("s3:ListBucket", resource.partition("/")[0]))
    return needed


def covers(given: Right, needed: Right) -> bool:
    return given[0] == needed[0] and fnmatchcase(needed[1], given[1])


def test_every_call_of_the_packer_is_allowed_where_it_makes_it_and_nothing_else_is(calls: list[dict[str, Any]]) -> None:
    needed = {right for row in calls for right in needed_by(row)}
    given = {right for each in statements("Allow") for right in rights(each) if right[0].startswith("s3:")}
    assert {right for right in needed if not any(covers(one, right) for one in given)} == set(), "not allowed"
    assert {right for right in given if not any(covers(right, one) for one in needed)} == set(), "not needed"


def test_the_calls_are_all_that_the_program_can_make(calls: list[dict[str, Any]]) -> None:
    """Else a right that only a rare way needs would be missed."""
    operations = boto3.client("s3", region_name=REGION).meta.method_to_api_mapping
    words: set[str] = set()
    for file in PROGRAM.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(attr=word) | ast.Constant(value=str(word)):
                    words.add(word)
    assert {row["operation"] for row in calls} == {operations[word] for word in words if word in operations}


def test_what_overwrites_is_denied_and_is_no_call_of_the_packer(calls: list[dict[str, Any]]) -> None:
    """An object is made by CompleteMultipartUpload alone, which is refused where there is one (`test_packing`)."""
    [denied] = statements("Deny")
    assert rights(denied) == {("s3:PutObject", f"arn:aws:s3:::{MODELS}/tenants/*")}
    # "Enforce conditional writes on Amazon S3 buckets" (Amazon S3 User Guide): beginning an upload and its parts take
    # no condition, and make no object.
    assert denied["Condition"] == {
        "Null": {"s3:if-none-match": "true"},
        "Bool": {"s3:ObjectCreationOperation": "true"},
    }
    makes_objects = {"CompleteMultipartUpload", "CopyObject", "PutObject"}
    assert {row["operation"] for row in calls} & makes_objects == {"CompleteMultipartUpload"}


def test_encrypted_buckets_need_no_more_of_a_key_than_reading_and_writing_do() -> None:
    """ "Protecting data using multipart upload with AWS KMS": parts are read again when they are put together."""
    keys = [each for each in statements("Allow") if "kms" in each["Resource"]]
    assert {each["Sid"]: {action for action, _ in rights(each)} for each in keys} == {
        "SourceKey": {"kms:Decrypt"},
        "ModelsKey": {"kms:Decrypt", "kms:GenerateDataKey"},
    }
    assert all(each["Condition"] == {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}} for each in keys)
