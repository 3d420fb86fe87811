"""Names in AWS: always ones that SageMaker takes, and never the same for two objects."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endpoint_operator.api.names import capacities_suffix, default_endpoint_name, revision_object_name, revision_of

# EndpointName, EndpointConfigName and VariantName in SageMaker's service model; ModelName takes all of these.
SAGEMAKER_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")

# RFC 1123: a namespace is a label, an object's name a subdomain.
LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
namespaces = st.from_regex(LABEL, fullmatch=True)
object_names = st.from_regex(rf"{LABEL}(\.{LABEL}){{0,3}}", fullmatch=True)
endpoint_names = st.from_regex(SAGEMAKER_NAME, fullmatch=True).filter(lambda name: len(name) <= 63)
revisions = st.from_regex(r"[0-9a-f]{10}", fullmatch=True)
bounded = settings(derandomize=True, database=None, deadline=None)


def is_taken(name: str) -> bool:
    return len(name) <= 63 and SAGEMAKER_NAME.fullmatch(name) is not None


@pytest.mark.parametrize(
    ("namespace", "name", "expected"),
    [
        ("ml", "churn", "ml-churn"),
        ("ml", "churn-v2", "ml-churn-v2"),
        ("a-b", "c", "a-b-c-4e8471"),
        ("a", "b-c", "a-b-c"),
        ("ml", "churn.v2", "ml-churn-v2-d896e0"),
        ("ml", "x" * 60, "ml-" + "x" * 60),
        ("ml", "x" * 61, "ml-" + "x" * 53 + "-ff8890"),
        ("ml", "x" * 52 + "-" + "y" * 20, "ml-" + "x" * 52 + "-c836d6"),
    ],
)
def test_the_default_name_is_namespace_and_name_with_a_hash_where_it_could_be_another_objects(
    namespace: str, name: str, expected: str
) -> None:
    assert default_endpoint_name(namespace=namespace, name=name) == expected


@bounded
@given(namespace=namespaces, name=object_names)
def test_sagemaker_takes_every_default_name(namespace: str, name: str) -> None:
    made = default_endpoint_name(namespace=namespace, name=name)
    assert is_taken(made)
    assert made == made.lower(), "ARNs carry names in lower case"


@bounded
@given(first=st.tuples(namespaces, object_names), second=st.tuples(namespaces, object_names))
def test_two_objects_never_have_the_same_default_name(first: tuple[str, str], second: tuple[str, str]) -> None:
    names = {default_endpoint_name(namespace=namespace, name=name) for namespace, name in (first, second)}
    assert len(names) == len({first, second})


@bounded
@given(parts=st.lists(st.from_regex("[a-z0-9]{1,4}", fullmatch=True), min_size=2, max_size=6))
def test_the_same_words_cut_elsewhere_into_namespace_and_name_have_other_names(parts: list[str]) -> None:
    cuts = [("-".join(parts[:cut]), "-".join(parts[cut:])) for cut in range(1, len(parts))]
    cuts += [(namespace, name.replace("-", ".")) for namespace, name in cuts if "-" in name]
    assert len({default_endpoint_name(namespace=namespace, name=name) for namespace, name in cuts}) == len(cuts)


@bounded
@given(
    endpoint=endpoint_names,
    revision=revisions,
    counts=st.none() | st.fixed_dictionaries({"AllTraffic": st.integers(min_value=1, max_value=10000)}),
)
def test_a_config_name_is_taken_and_leads_back_to_its_revision(
    endpoint: str, revision: str, counts: dict[str, int] | None
) -> None:
    suffix = capacities_suffix(counts, {}) if counts is not None else None
    name = revision_object_name(endpoint_name=endpoint, revision=revision, suffix=suffix)
    assert is_taken(name)
    assert revision_of(config_name=name, endpoint_name=endpoint) == revision


@pytest.mark.parametrize(
    "config_name",
    ["churn-0123456789", "ml-churn", "ml-churn-by-hand", "ml-churn-0123456789-abcd-2", "ml-churn-x-0123456789"],
)
def test_a_config_of_somebody_else_belongs_to_no_revision(config_name: str) -> None:
    assert revision_of(config_name=config_name, endpoint_name="ml-churn") is None
