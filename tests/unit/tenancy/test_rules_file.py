"""The tenancy file: what is taken, and what is refused with which sentence."""

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_operator.planning.tenancy.rules_file import API_VERSION, TenancyFileRefused, parse_rules
from endpoint_operator.planning.tenancy.things import Thing

WHOLE = f"""
apiVersion: {API_VERSION}
rules:
  - namespaces: ["team-*", fraud]
    executionRoleArns: ["arn:aws:iam::123456789012:role/$(namespace)-*"]
    assumeRoleArns: ["arn:aws:iam::222222222222:role/operator"]
    s3Prefixes: ["s3://models/$(namespace)/", "*"]
    kmsKeyIds: ["arn:aws:kms:us-east-1:123456789012:key/1", alias/shared]
    subnetIds: ["subnet-*"]
    securityGroupIds: [sg-1]
    imageRegistries: [aws, "123456789012.dkr.ecr.us-east-1.amazonaws.com/"]
    endpointNames: ["$(namespace)-*"]
    topicArns: ["*"]
    modelPackageArns: ["arn:aws:sagemaker:us-east-1:123456789012:model-package/*"]
    alarmNames: ["*"]
    otherArns: ["arn:aws:lambda:us-east-1:123456789012:function:credentials"]
"""


def test_a_rule_may_speak_of_every_thing() -> None:
    (rule,) = parse_rules(WHOLE).rules
    assert rule.namespaces == ("team-*", "fraud")
    assert set(rule.allowed) == set(Thing)


def test_the_examples_of_the_documentation_are_taken_and_its_table_has_every_list() -> None:
    text = (Path(__file__).parents[3] / "docs" / "tenancy.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(examples) == 2
    assert all(parse_rules(example).rules for example in examples)
    table = "\n".join(line for line in text.splitlines() if line.startswith("| `"))
    assert [thing.value for thing in Thing if f"`{thing.value}`" not in table] == []


def test_a_file_without_rules_is_one_that_allows_nothing() -> None:
    assert parse_rules(f"apiVersion: {API_VERSION}\nrules: []").rules == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "it is no mapping"),
        ("- a", "it is no mapping"),
        ("rules: [", "while parsing"),
        ("rules: []", "apiVersion: Field required"),
        ("apiVersion: v1\nrules: []", f"apiVersion: Input should be '{API_VERSION}'"),
        (f"apiVersion: {API_VERSION}", "rules: Field required"),
        (f"apiVersion: {API_VERSION}\nrules:\n", "rules: Input should be a valid list"),
        (f"apiVersion: {API_VERSION}\nrules: []\nrules: []", "line 1: rules is there twice"),
        (f"apiVersion: {API_VERSION}\nrules: []\nallow: all", "allow: Extra inputs are not permitted"),
    ],
)
def test_what_is_no_tenancy_file_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(TenancyFileRefused, match=sentence.replace("(", r"\(").replace("[", r"\[")):
        parse_rules(text)


@pytest.mark.parametrize(
    ("member", "sentence"),
    [
        ("{}", "namespaces: Field required"),
        ("{namespaces: []}", "namespaces: List should have at least 1 item"),
        ("{namespaces: ['$(namespace)']}", "give names of namespaces"),
        ("{namespaces: [a], executionRoleARNs: ['*']}", "executionRoleARNs: Extra inputs are not permitted"),
        ("{namespaces: [a], executionRoleArns: [serving]}", "serving is no ARN"),
        ("{namespaces: [a], executionRoleArns: ['*:role/a']}", "is no ARN"),
        ("{namespaces: [a], executionRoleArns: null}", "executionRoleArns: Input should be a valid list"),
        ("{namespaces: [a], s3Prefixes: ['s3://models/a']}", "with a slash at its end"),
        ("{namespaces: [a], s3Prefixes: ['s3://models/*/a/']}", "holds no \\*"),
        ("{namespaces: [a], s3Prefixes: ['s3:///']}", "an S3 prefix is"),
        ("{namespaces: [a], endpointNames: ['$(name)-x']}", "is the only variable"),
        ("{namespaces: [a], endpointNames: ['']}", "at least 1 character"),
        ("{namespaces: [a], endpointNames: ['a b']}", "should match pattern"),
        ("{namespaces: [a], subnetIds: [1]}", "subnetIds\\[0\\]: Input should be a valid string"),
        ("{namespaces: [a], namespaces: ['*']}", "namespaces is there twice"),
    ],
)
def test_a_rule_that_says_something_else_than_was_meant_is_refused(member: str, sentence: str) -> None:
    with pytest.raises(TenancyFileRefused, match=sentence):
        parse_rules(f"apiVersion: {API_VERSION}\nrules:\n  - {member}")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_text_does_anything_but_being_taken_or_refused(text: str) -> None:
    with contextlib.suppress(TenancyFileRefused):
        parse_rules(text)


def test_a_text_that_would_grow_is_refused_by_its_length() -> None:
    with pytest.raises(TenancyFileRefused, match="characters"):
        parse_rules(" " * 1_048_577)
