"""Short words of users: S3 URIs, images, versions, ARNs, the packer's command line, files for the command line tool."""

import contextlib
import io
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from endpoint_operator.api.containers import Framework
from endpoint_operator.api.names import default_endpoint_name
from endpoint_operator.aws.s3_uris import s3_place
from endpoint_operator.catalogue.images import BundledImages
from endpoint_operator.cli.complaint import Complaint
from endpoint_operator.cli.manifest import read_manifests
from endpoint_operator.packing.order import parse
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.images import ImageChoice, resolve
from endpoint_operator.planning.tenancy.accounts import account_of
from endpoint_operator.planning.tenancy.rules_file import API_VERSION, TenancyFileRefused, parse_rules
from endpoint_operator.planning.tenancy.things import Thing
from endpoint_operator.planning.version_order import nearest, numbers
from tests.unit.fuzz.budget import fuzzed
from tests.unit.fuzz.written_by_users import json_values, texts

CATALOGUE = BundledImages()
versions = st.one_of(
    texts.map(lambda text: text[:64]), st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}(-[0-9])?", fullmatch=True)
)


@given(bucket=st.text(st.characters(exclude_characters="/"), min_size=1, max_size=20), key=st.text(max_size=40))
@example(bucket="b", key="a?b#c%2F/../d")
@fuzzed
def test_an_s3_uri_comes_apart_into_what_it_was_made_of(bucket: str, key: str) -> None:
    assert s3_place(f"s3://{bucket}/{key}") == (bucket, key)


@given(wanted=versions, offered=st.lists(versions, max_size=5))
@fuzzed
def test_versions_are_ordered_whatever_they_are(wanted: str, offered: list[str]) -> None:
    found = nearest(wanted, offered)
    assert set(found) <= set(offered)
    assert [numbers(each) for each in found] == sorted((numbers(each) for each in found), reverse=True)


@given(
    name=st.sampled_from(["pytorch", "xgboost", "triton", "huggingface", "of-nobody"]),
    others=st.fixed_dictionaries({"version": versions}, optional={"base_framework": versions, "python": versions}),
    instance_type=st.sampled_from([None, "ml.g5.xlarge", "ml.c7g.large", "ml.inf2.xlarge", "ml.", ""]),
)
@example(name="pytorch", others={"version": "2.10", "python": "py3x"}, instance_type=None)
@fuzzed
def test_a_framework_is_an_image_or_a_fault(name: str, others: dict[str, str], instance_type: str | None) -> None:
    words: dict[str, Any] = {member: word[:16] for member, word in others.items()}
    framework = Framework.model_construct(name=name, **words)
    found = resolve(framework, region="us-east-1", instance_type=instance_type, catalogue=CATALOGUE, field="spec")
    assert isinstance(found, ImageChoice | Fault)


@given(thing=st.sampled_from(list(Thing)), value=texts)
@fuzzed
def test_the_account_of_a_name_is_read_or_unknown(thing: Thing, value: str) -> None:
    assert account_of(thing, value) != ""


@given(namespace=texts, name=texts)
@fuzzed
def test_an_endpoint_gets_a_name_that_sagemaker_takes(namespace: str, name: str) -> None:
    assert len(default_endpoint_name(namespace=namespace, name=name)) <= 63


@given(text=st.one_of(texts, json_values.map(lambda value: f"apiVersion: {API_VERSION}\nrules: {value!r}")))
@example(text="a: &a [*a]")
@example(text="? [a]\n: b")
@example(text="2026-99-99")
@fuzzed
def test_a_tenancy_file_is_taken_or_refused(text: str) -> None:
    with contextlib.suppress(TenancyFileRefused):
        parse_rules(text)


@given(text=st.one_of(texts, json_values.map(lambda value: f"kind: InferenceEndpoint\nmetadata: {value!r}")))
@example(text="kind: List\nitems: [1]")
@example(text="- &a [*a]")
@example(text="? {a: b}\n: c")
@fuzzed
def test_a_manifest_is_taken_or_complained_of(text: str) -> None:
    with contextlib.suppress(Complaint):
        file = io.StringIO(text)
        file.name = "endpoint.yaml"
        read_manifests(file, namespace=None, default_namespace="default")


@given(source=texts, target=texts, metadata=texts)
@fuzzed
def test_the_packer_takes_its_order_or_ends_with_usage(source: str, target: str, metadata: str) -> None:
    words = [f"--source={source}", f"--target={target}", "--source-digest=d", f"--metadata={metadata}"]
    with contextlib.suppress(SystemExit):
        order = parse(["pack", *words])
        assert order.source.s3_uri == source
