"""Whose an S3 prefix is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_operator.api.status import InferenceEndpointStatus, Resolved, RevisionState
from endpoint_operator.planning.tenancy.prefix_claims import claims_of, who_hold
from endpoint_operator.planning.tenancy.prefix_holders import PrefixClaim, PrefixHolders
from tests.unit.given import an_object, multi_model, row, spec, status
from tests.unit.tenancy.tenancy_given import claim, rules

OLD, NEW = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"


def refused(*claims: PrefixClaim) -> set[str]:
    """Namespaces whose own prefix somebody else holds."""
    holders = PrefixHolders(claims)
    return {
        each.namespace
        for each in claims
        if holders.other_holder(each.prefix, namespace=each.namespace, reads_below=True) is not None
    }


@pytest.mark.parametrize("theirs", ["s3://m/a/", "s3://m/", "s3://m/a/deeper/"])
def test_of_two_namespaces_that_ask_for_one_prefix_the_older_has_it(theirs: str) -> None:
    old, new = claim("s3://m/a/", namespace="a", created=OLD), claim(theirs, namespace="b", created=NEW)
    assert refused(old, new) == refused(new, old) == {"b"}


def test_who_serves_keeps_the_prefix_however_old_the_other_is() -> None:
    """An edit of an older endpoint takes nothing away."""
    serves = claim("s3://m/a/", namespace="a", created=NEW, serves=True)
    assert refused(serves, claim("s3://m/", namespace="b", created=OLD)) == {"b"}


def test_endpoints_of_one_namespace_share() -> None:
    assert refused(claim("s3://m/a/", namespace="a"), claim("s3://m/a/", namespace="a"), claim("s3://m/")) == {"team-b"}


def test_neighbours_do_not_overlap() -> None:
    assert refused(claim("s3://m/a/", namespace="a"), claim("s3://m/ab/"), claim("s3://ma/", namespace="c")) == set()


def test_a_claim_that_was_refused_keeps_nobody_else_away() -> None:
    first = claim("s3://m/a/", namespace="a", created=OLD)
    greedy = claim("s3://m/", namespace="b", created=NEW)
    third = claim("s3://m/c/", namespace="c", created="2026-03-01T00:00:00Z")
    assert refused(first, greedy, third) == {"b"}


def test_a_claim_that_the_rules_do_not_allow_keeps_nobody_away() -> None:
    squatter = claim("s3://m/", namespace="b", created=OLD)
    holders = who_hold([squatter], rules(s3Prefixes=["s3://m/"]))
    assert holders.other_holder("s3://m/a/", namespace="a", reads_below=True) is None
    assert who_hold([squatter], None).other_holder("s3://m/a/", namespace="a", reads_below=True) == squatter


prefixes = st.lists(st.sampled_from("ab"), max_size=3).map(lambda parts: "/".join(["s3://m", *parts]) + "/")
claims = st.lists(
    st.builds(
        claim,
        prefixes,
        namespace=st.sampled_from(["one", "two", "three"]),
        serves=st.booleans(),
        created=st.sampled_from([OLD, NEW]),
        uid=st.sampled_from("xyz"),
    ),
    max_size=8,
)


@given(claims)
def test_what_two_namespaces_hold_never_overlaps_and_everybody_refused_has_somebody_to_name(
    asked: list[PrefixClaim],
) -> None:
    holders = PrefixHolders(asked)
    held = [
        each for each in asked if holders.other_holder(each.prefix, namespace=each.namespace, reads_below=True) is None
    ]
    for mine in held:
        for other in held:
            overlap = mine.prefix.startswith(other.prefix) or other.prefix.startswith(mine.prefix)
            assert not overlap or mine.namespace == other.namespace
    if asked:
        assert min(asked, key=lambda each: each.rank).namespace in {each.namespace for each in held}


def with_prefix(prefix: str | None, state: RevisionState) -> InferenceEndpointStatus:
    made = row(spec(), state=state)
    resolved = Resolved(execution_role_arn=made.resolved.execution_role_arn, s3_prefix=prefix)
    return status(made.model_copy(update={"resolved": resolved}))


@pytest.mark.parametrize(
    ("prefix", "state", "serves"),
    [
        ("s3://models/all/", RevisionState.ACTIVE, True),
        ("s3://models/all/", RevisionState.DEPLOYING, True),
        ("s3://models/all/", RevisionState.SUPERSEDED, False),
        ("s3://models/all/", RevisionState.FAILED, False),
        ("s3://models/before/", RevisionState.ACTIVE, False),
        (None, RevisionState.ACTIVE, False),
    ],
)
def test_an_endpoint_has_the_prefix_that_its_serving_revision_was_made_with(
    prefix: str | None, state: RevisionState, *, serves: bool
) -> None:
    found = claims_of(an_object(multi_model(), status=with_prefix(prefix, state)))
    assert {claim.prefix: claim.serves for claim in found}["s3://models/all/"] is serves


def test_until_another_revision_serves_the_prefix_of_the_one_before_is_kept_as_well() -> None:
    """Also where it was rolled back, and where the endpoint is to be of another mode."""
    before = with_prefix("s3://models/before/", RevisionState.ACTIVE)
    moving = claims_of(an_object(multi_model(), status=before))
    assert {claim.prefix: claim.serves for claim in moving} == {
        "s3://models/before/": True,
        "s3://models/all/": False,
    }
    assert [claim.prefix for claim in claims_of(an_object(spec(), status=before))] == ["s3://models/before/"]


def test_only_multi_model_endpoints_claim() -> None:
    assert claims_of(an_object(spec())) == ()
