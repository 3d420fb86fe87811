"""Which entry covers what, whose account a thing is in, and the sentence for whoever may not use it."""

import pytest

from endpoint_operator.planning.faults import Blame
from endpoint_operator.planning.tenancy.judge import fault_in
from endpoint_operator.planning.tenancy.rules import Rules
from endpoint_operator.planning.tenancy.things import Reference, Thing
from tests.unit.given import ACCOUNT, REGION
from tests.unit.tenancy.tenancy_given import (
    IMAGE,
    KEY,
    LAMBDA,
    OTHER,
    PACKAGE,
    ROLE,
    TOPIC,
    claim,
    reference,
    rules,
    rules_of,
    tenancy,
)

XGBOOST = f"683313688378.dkr.ecr.{REGION}.amazonaws.com/sagemaker-xgboost:1.7-1"
POINT = f"s3://arn:aws:s3:{REGION}:{OTHER}:accesspoint:theirs/model.tar.gz"


def elsewhere(value: str) -> str:
    return value.replace(ACCOUNT, OTHER)


def may(
    thing: Thing, value: str, known: Rules | None, *, namespace: str = "team-a", home: str | None = ACCOUNT
) -> bool:
    found = fault_in([reference(thing, value)], namespace=namespace, tenancy=tenancy(known), home=home)
    return found is None


@pytest.mark.parametrize(
    ("thing", "value"),
    [
        (Thing.EXECUTION_ROLE, ROLE),
        (Thing.ASSUMED_ROLE, ROLE),
        (Thing.KMS_KEY, KEY),
        (Thing.TOPIC, TOPIC),
        (Thing.MODEL_PACKAGE, PACKAGE),
        (Thing.OTHER, LAMBDA),
        (Thing.IMAGE, IMAGE),
        (Thing.IMAGE, IMAGE.replace("dkr.ecr", "dkr.ecr-fips")),
        (Thing.IMAGE, IMAGE.replace("dkr.ecr", "dkr-ecr").replace("amazonaws.com", "on.aws")),
        (Thing.S3, f"s3://arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint:ours/model.tar.gz"),
    ],
)
def test_without_a_file_all_of_the_own_account_may_be_used_and_nothing_of_another(thing: Thing, value: str) -> None:
    assert may(thing, value, None)
    assert not may(thing, elsewhere(value), None)
    assert may(thing, elsewhere(value), None, home=OTHER)


@pytest.mark.parametrize(
    ("thing", "value"),
    [
        (Thing.S3, "s3://anybodys/model.tar.gz"),
        (Thing.SUBNET, "subnet-1"),
        (Thing.SECURITY_GROUP, "sg-1"),
        (Thing.KMS_KEY, "alias/shared"),
        (Thing.KMS_KEY, "11111111-2222-3333-4444-555555555555"),
        (Thing.ENDPOINT_NAME, "any"),
        (Thing.ALARM, "any"),
        (Thing.IMAGE, "public.ecr.aws/nginx/nginx:1"),
        (Thing.IMAGE, XGBOOST),
    ],
)
def test_without_a_file_what_shows_no_account_and_aws_own_images_may_be_used(thing: Thing, value: str) -> None:
    assert may(thing, value, None)
    assert not may(thing, value, Rules(rules=())), "with a file nothing may be used that no rule allows"


ALL = {thing.value: ["*"] for thing in Thing}


@pytest.mark.parametrize("thing", Thing)
def test_a_star_covers_all_of_a_thing_in_the_own_account_and_nothing_of_another(thing: Thing) -> None:
    values = {Thing.EXECUTION_ROLE: ROLE, Thing.ASSUMED_ROLE: ROLE, Thing.KMS_KEY: KEY, Thing.TOPIC: TOPIC}
    values |= {Thing.MODEL_PACKAGE: PACKAGE, Thing.OTHER: LAMBDA, Thing.IMAGE: IMAGE}
    value = values.get(thing, "s3://bucket/key")
    assert may(thing, value, rules(**{thing.value: ["*"]}))
    others = {name: ["*"] for name in ALL if name != thing.value}
    assert not may(thing, value, rules(**others)), "an entry of another list covers nothing"
    if thing in values:
        assert not may(thing, elsewhere(value), rules(**ALL))


@pytest.mark.parametrize(
    ("entry", "covered"),
    [
        (f"arn:aws:iam::{OTHER}:role/serving", True),
        (f"arn:aws:iam::{OTHER}:role/*", True),
        ("arn:aws:iam::*:role/serving", False),
        ("arn:aws:*:role/serving", False),
        (f"arn:aws:iam::{ACCOUNT}:role/*", False),
        (f"arn:aws:iam::*:role/{OTHER}", False),
        ("*", False),
    ],
)
def test_only_an_entry_that_names_the_account_leads_into_it(entry: str, *, covered: bool) -> None:
    wanted = f"arn:aws:iam::{OTHER}:role/serving"
    assert may(Thing.EXECUTION_ROLE, wanted, rules(executionRoleArns=[entry])) is covered


@pytest.mark.parametrize(
    ("entry", "value", "covered"),
    [
        ("s3://models/team-a/", "s3://models/team-a/x.tar.gz", True),
        ("s3://models/team-a/", "s3://models/team-a/", True),
        ("s3://models/team-a/", "s3://models/team-a", False),
        ("s3://models/team-a/", "s3://models/team-ab/x.tar.gz", False),
        ("s3://models/team-a/", "s3://models/", False),
        ("s3://models/team-a/", "s3://models/team-a/../team-b/x.tar.gz", False),
        ("s3://models/team-a/", "s3://models/team-a/./x.tar.gz", False),
        ("s3://models/", "s3://models", True),
        ("s3://models/", "s3://models-of-others/x", False),
        ("s3://models/$(namespace)/", "s3://models/team-a/x", True),
        ("s3://models/$(namespace)/", "s3://models/team-b/x", False),
        ("s3://models/team-a/", "https://models.s3.amazonaws.com/team-a/x", False),
        ("s3://models/team-a/", "S3://models/team-a/x", False),
        ("*", POINT, False),
        (f"s3://arn:aws:s3:{REGION}:{OTHER}:accesspoint:theirs/", POINT, True),
    ],
)
def test_an_s3_prefix_covers_what_is_below_it_and_not_its_neighbours(entry: str, value: str, *, covered: bool) -> None:
    assert may(Thing.S3, value, rules(s3Prefixes=[entry])) is covered


@pytest.mark.parametrize(
    ("entry", "value", "covered"),
    [
        (f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/team-a/", IMAGE, True),
        (f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/team-a/*", IMAGE, True),
        (f"{ACCOUNT}.dkr.ecr.*.amazonaws.com/$(namespace)/", IMAGE, True),
        (f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/team-b/", IMAGE, False),
        (f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/team-a", IMAGE, False),
        ("aws", IMAGE, False),
        ("aws", XGBOOST, True),
        ("*", XGBOOST, True),
        ("aws", f"{OTHER}.dkr.ecr.{REGION}.amazonaws.com/aws", False),
        (f"{OTHER}.dkr.ecr.{REGION}.amazonaws.com/", elsewhere(IMAGE), True),
        ("public.ecr.aws/", "public.ecr.aws/nginx/nginx:1", True),
    ],
)
def test_an_image_is_covered_by_its_registry_or_as_one_of_aws_own(entry: str, value: str, *, covered: bool) -> None:
    assert may(Thing.IMAGE, value, rules(imageRegistries=[entry])) is covered


@pytest.mark.parametrize(
    ("glob", "namespace", "named"),
    [
        ("team-*", "team-a", True),
        ("team-*", "team-", True),
        ("team-*", "my-team-a", False),
        ("team.a", "team-a", False),
        ("*", "any", True),
        ("team-a", "team-a-b", False),
    ],
)
def test_a_rule_is_about_the_namespaces_of_its_globs(glob: str, namespace: str, *, named: bool) -> None:
    known = rules_of({"namespaces": [glob], "subnetIds": ["subnet-1"]})
    assert may(Thing.SUBNET, "subnet-1", known, namespace=namespace) is named


def test_rules_add_up_and_one_namespace_never_gets_what_another_ones_rule_gives() -> None:
    known = rules_of(
        {"namespaces": ["*"], "subnetIds": ["subnet-1"]},
        {"namespaces": ["team-a"], "subnetIds": ["subnet-2"]},
    )
    assert [may(Thing.SUBNET, f"subnet-{number}", known) for number in (1, 2, 3)] == [True, True, False]
    assert not may(Thing.SUBNET, "subnet-2", known, namespace="team-b")


@pytest.mark.parametrize(
    ("uri", "reads_below", "refused"),
    [
        ("s3://models/b/x.tar.gz", False, True),
        ("s3://models/b/", True, True),
        ("s3://models/b/deeper/", True, True),
        ("s3://models/", True, True),
        ("s3://models/", False, False),
        ("s3://models/bb/x.tar.gz", False, False),
        ("s3://models/b", True, True),
        ("s3://models/b", False, True),
        ("s3://models/b/deeper", False, True),
        ("s3://models/c", False, False),
        ("s3://others/b/x.tar.gz", False, False),
    ],
)
def test_nobody_reads_below_the_prefix_of_another_namespace_with_and_without_rules(
    uri: str, *, reads_below: bool, refused: bool
) -> None:
    for known in (None, rules(s3Prefixes=["*"])):
        held = tenancy(known, claim("s3://models/b/"))
        asked = [reference(Thing.S3, uri, reads_below=reads_below)]
        assert (fault_in(asked, namespace="team-a", tenancy=held, home=ACCOUNT) is not None) is refused
        assert fault_in(asked, namespace="team-b", tenancy=tenancy(None, claim("s3://models/b/")), home=ACCOUNT) is None


@pytest.mark.parametrize(
    "uri", ["https://models.s3.amazonaws.com/b/x", "http://models/b/x", "S3://models/b/x", " s3://models/b/x"]
)
def test_what_does_not_tell_whose_it_is_is_used_by_nobody_with_and_without_rules(uri: str) -> None:
    for known in (None, rules(s3Prefixes=["*"])):
        found = fault_in([reference(Thing.S3, uri)], namespace="team-a", tenancy=tenancy(known), home=ACCOUNT)
        assert found is not None
        assert "write it as s3://BUCKET/KEY" in found.message


def test_the_sentence_names_field_value_namespace_and_who_can_mend_it_how() -> None:
    asked = [reference(Thing.EXECUTION_ROLE, ROLE), reference(Thing.KMS_KEY, KEY)]
    known = rules(kmsKeyIds=["alias/*"])
    found = fault_in(asked, namespace="team-a", tenancy=tenancy(known), home=ACCOUNT)
    assert found is not None
    assert (found.blame, found.reason) == (Blame.USER, "NotAllowed")
    assert found.message == (
        f"spec.field: namespace team-a may not use {ROLE}; use one that it may, or have an administrator of the "
        "operator add it to executionRoleArns of a rule for this namespace"
    )


def test_the_sentence_says_that_no_rule_is_about_the_namespace_and_names_the_other_fields() -> None:
    asked = [Reference(thing=Thing.SUBNET, field=f"spec.{name}", value="subnet-1") for name in "abc"]
    found = fault_in(asked, namespace="team-b", tenancy=tenancy(rules()), home=ACCOUNT)
    assert found is not None
    assert "no rule of the tenancy file is about this namespace" in found.message
    assert "a new rule with namespaces: [team-b]" in found.message
    assert found.message.endswith("the same goes for spec.b, spec.c")


def test_the_sentence_without_a_file_names_both_accounts_and_the_flag() -> None:
    asked = [reference(Thing.EXECUTION_ROLE, elsewhere(ROLE))]
    found = fault_in(asked, namespace="team-a", tenancy=tenancy(), home=ACCOUNT)
    assert found is not None
    for word in (OTHER, ACCOUNT, "--tenancy-file", "executionRoleArns", "team-a"):
        assert word in found.message


def test_what_names_an_account_waits_until_the_own_one_is_known() -> None:
    found = fault_in([reference(Thing.ASSUMED_ROLE, ROLE)], namespace="team-a", tenancy=tenancy(), home=None)
    assert found is not None
    assert (found.blame, found.reason) == (Blame.WORLD, "AccountUnknown")
    assert may(Thing.S3, "s3://bucket/key", None, home=None)
