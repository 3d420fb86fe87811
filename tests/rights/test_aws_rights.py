"""The comparison of what was needed of AWS with a policy, on small cases of both."""

from typing import Any

from tests.rights.aws_rights import lacking, unused

TAG = "aws:resourcetag/inference.endpoint-operator.dev/managed-by"
OURS: dict[str, Any] = {TAG: "endpoint-operator"}
ENDPOINT = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/churn"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **each} for each in statements]}


def row(action: str, *, resource: str = ENDPOINT, there: bool = True, **conditions: Any) -> dict[str, Any]:
    return {
        "call": f"service:{action.partition(':')[2]}",
        "action": action,
        "resource": resource,
        "there": there,
        "conditions": conditions,
    }


DELETES = {
    "Sid": "Delete",
    "Action": ["sagemaker:DeleteEndpoint", "sagemaker:DeleteModel"],
    "Condition": {"StringEquals": {"aws:ResourceTag/inference.endpoint-operator.dev/managed-by": "endpoint-operator"}},
}
ASSUMES = {"Sid": "Assume", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/mine"}


def test_what_is_needed_and_not_allowed_is_named_with_the_call_that_needed_it() -> None:
    [sentence] = lacking(policy(DELETES), [row("sagemaker:DeleteEndpointConfig", **OURS)], anywhere={})
    assert "lacks sagemaker:DeleteEndpointConfig on" in sentence
    assert "which service:DeleteEndpointConfig needed" in sentence


def test_an_action_that_is_allowed_under_a_condition_is_lacking_without_it() -> None:
    assert lacking(policy(DELETES), [row("sagemaker:DeleteEndpoint", **OURS)], anywhere={}) == []
    [sentence] = lacking(policy(DELETES), [row("sagemaker:DeleteEndpoint")], anywhere={})
    assert "without tags of the operator" in sentence


def test_a_deletion_of_what_is_gone_already_has_no_tags_to_look_at() -> None:
    assert lacking(policy(DELETES), [row("sagemaker:DeleteEndpoint", there=False)], anywhere={}) == []
    assert len(lacking(policy(DELETES), [row("sagemaker:UpdateEndpoint", there=False)], anywhere={})) == 1


def test_what_was_needed_often_is_said_once() -> None:
    rows = [row("s3:GetObject", resource=f"arn:aws:s3:::b/{number}") for number in range(3)]
    assert len(lacking(policy(DELETES), rows, anywhere={})) == 1


def test_a_right_that_nothing_needed_is_unused_in_its_statement() -> None:
    also = {"Sid": "Elsewhere", "Action": "sagemaker:DeleteEndpoint", "Resource": "arn:aws:sagemaker:*:*:model/*"}
    needed = [row("sagemaker:DeleteEndpoint", **OURS)]
    assert unused(policy(DELETES, also), needed, anywhere={}) == [
        "Delete sagemaker:DeleteModel",
        "Elsewhere sagemaker:DeleteEndpoint",
    ]


def test_of_a_resource_to_be_replaced_only_the_action_counts() -> None:
    needed = [row("sts:AssumeRole", resource="arn:aws:iam::222222222222:role/theirs")]
    assert len(lacking(policy(ASSUMES), needed, anywhere={})) == 1
    assert lacking(policy(ASSUMES), needed, anywhere={"sts:AssumeRole": "named by others"}) == []
    assert unused(policy(ASSUMES), needed, anywhere={"sts:AssumeRole": "named by others"}) == []
    assert len(lacking(policy(DELETES), needed, anywhere={"sts:AssumeRole": "named by others"})) == 1
