"""Everything that a spec names in AWS is found, wherever it stands."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.planning.desired import desired_state
from endpoint_operator.planning.tenancy.endpoint_references import references_of
from endpoint_operator.planning.tenancy.model_references import references_of as references_of_model
from endpoint_operator.planning.tenancy.things import Reference, Thing
from tests.unit.given import REGION, an_object, inputs_for, spec
from tests.unit.models.models_given import a_model, a_spec, a_target
from tests.unit.tenancy.tenancy_given import (
    IMAGE,
    KEY,
    LAMBDA,
    OTHER,
    PACKAGE,
    ROLE,
    TOPIC,
    container,
    everything_of_async,
    everything_of_multi_model,
    everything_of_realtime,
    everything_of_variants,
    instance,
)

Path = tuple[str | int, ...]
WORLDS = (everything_of_realtime, everything_of_variants, everything_of_async, everything_of_multi_model)
# Strings that name nothing in AWS, whatever they hold: nobody acts on them.
WORDS = (
    "redeploy",
    "tags",
    "environment",  # a container does with it what its execution role may do
    "csvContentTypes",
    "jsonContentTypes",
    "customMetric",  # figures, looked up by their name in the object's own account and region
    "schedules",
    "metric",
    "framework",  # found in AWS's catalogue, and judged as the image that it comes to
    "key",
)
FOREIGN = (
    f"arn:aws:iam::{OTHER}:role/theirs",
    f"arn:aws:kms:{REGION}:{OTHER}:key/theirs",
    f"arn:aws:sns:{REGION}:{OTHER}:theirs",
    f"arn:aws:sagemaker:{REGION}:{OTHER}:model-package/theirs/1",
    f"arn:aws:lambda:{REGION}:{OTHER}:function:theirs",
    f"arn:aws:secretsmanager:{REGION}:{OTHER}:secret:theirs",
    "s3://theirs/models/model.tar.gz",
    "s3://theirs/models/",
    "https://theirs.s3.amazonaws.com/models/model.tar.gz",
    f"{OTHER}.dkr.ecr.{REGION}.amazonaws.com/theirs:1",
)


def found_in(wanted: dict[str, Any]) -> tuple[Reference, ...]:
    endpoint = an_object(wanted)
    assert endpoint.spec_error is None
    desired = desired_state(endpoint, inputs_for(wanted))
    assert desired is not None
    return references_of(endpoint, desired)


def strings(value: Any, at: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from strings(member, (*at, name))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from strings(member, (*at, index))
    elif isinstance(value, str):
        yield at


def put(into: Any, at: Path, value: Any) -> Any:
    changed = copy.deepcopy(into)
    inner = changed
    for part in at[:-1]:
        inner = inner[part]
    inner[at[-1]] = value
    return changed


def is_a_word(at: Path) -> bool:
    return any(part in WORDS for part in at)


PLACES = [(make, at) for make in WORLDS for at in strings(make())]


@settings(max_examples=200, deadline=None)
@given(place=st.sampled_from(PLACES), value=st.sampled_from(FOREIGN))
def test_whatever_names_something_in_aws_shows_up_whichever_field_holds_it(place: tuple[Any, Path], value: str) -> None:
    make, at = place
    wanted = put(make(), at, value)
    try:
        InferenceEndpointSpec.model_validate(wanted)
    except ValidationError:
        return  # the API server refuses it
    if is_a_word(at):
        return
    assert value in {reference.value for reference in found_in(wanted)}, at


names = st.sampled_from(["Uri", "ManifestS3Uri", "Arn", "Deeper", "S3DataSource", "Image", "Anything", "Config"])
nested = st.recursive(
    st.just(None),
    lambda inner: st.dictionaries(names, inner, min_size=1, max_size=2) | st.lists(inner, min_size=1, max_size=2),
    max_leaves=4,
)


def filled(shape: Any, value: str) -> Any:
    if shape is None:
        return value
    if isinstance(shape, dict):
        return {name: filled(member, value) for name, member in shape.items()}
    return [filled(member, value) for member in shape]


def with_overrides(where: str, members: dict[str, Any]) -> dict[str, Any]:
    match where:
        case "container":
            return spec(containers=[container(overrides=members)])
        case "instance":
            return spec(instance=instance(overrides=members))
        case "shadow":
            shadow = {"name": "shadow", "samplingPercent": 1, "containers": [container()]}
            return spec(shadow={**shadow, "instance": instance(overrides=members)})
        case _:
            return spec(overrides={where: members})


@pytest.mark.parametrize("where", ["container", "instance", "shadow", "model", "endpointConfig", "endpoint"])
@settings(max_examples=25, deadline=None)
@given(shape=st.dictionaries(names, nested, min_size=1, max_size=2), value=st.sampled_from(FOREIGN))
def test_no_override_hides_anything_at_any_depth(where: str, shape: dict[str, Any], value: str) -> None:
    assert value in {reference.value for reference in found_in(with_overrides(where, filled(shape, value)))}


def test_the_worlds_of_this_test_hold_every_field_that_takes_a_string() -> None:
    """A field that is added later must be put there, or be said to be a word."""
    held = {tuple(part for part in at if isinstance(part, str)) for _, at in PLACES}
    optional = {("containers", "framework", "baseFramework"), ("containers", "framework", "python")}
    missing = {
        at
        for at in string_fields(InferenceEndpointSpec)
        if at not in held and not is_a_word(at) and as_in_variants(at) not in held and at not in optional
    }
    assert missing == set()


def as_in_variants(at: tuple[str, ...]) -> tuple[str, ...]:
    return ("containers", *at[2:]) if at[:2] in (("variants", "containers"), ("shadow", "containers")) else at


def string_fields(model: type[BaseModel], at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        here = (*at, field.alias or name)
        yield from _of_type(field.annotation, here)


def _of_type(kind: Any, at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if kind is str:
        yield at
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from string_fields(kind, at)
    elif get_origin(kind) is not dict:
        for inner in get_args(kind):
            yield from _of_type(inner, at)


@pytest.mark.parametrize(
    ("field", "thing", "value"),
    [
        ("spec.assumeRoleArn", Thing.ASSUMED_ROLE, f"arn:aws:iam::{ROLE.split(':')[4]}:role/operator"),
        ("spec.endpointName", Thing.ENDPOINT_NAME, "team-a-churn"),
        ("spec.executionRoleArn", Thing.EXECUTION_ROLE, ROLE),
        ("spec.containers[0].image", Thing.IMAGE, IMAGE),
        ("spec.containers[0].modelData.s3Uri", Thing.S3, "s3://models/churn/model.tar.gz"),
        ("spec.containers[1].modelPackageArn", Thing.MODEL_PACKAGE, PACKAGE),
        ("spec.shadow.containers[0].modelData.s3Uri", Thing.S3, "s3://models/shadow/"),
        ("spec.instance.overrides.CoreDumpConfig.DestinationS3Uri", Thing.S3, "s3://dumps/churn"),
        ("spec.shadow.instance.overrides.CoreDumpConfig.DestinationS3Uri", Thing.S3, "s3://dumps/churn"),
        ("spec.network.subnetIds", Thing.SUBNET, "subnet-1"),
        ("spec.network.securityGroupIds", Thing.SECURITY_GROUP, "sg-1"),
        ("spec.kmsKeyId", Thing.KMS_KEY, KEY),
        ("spec.dataCapture.s3Uri", Thing.S3, "s3://capture/churn"),
        ("spec.dataCapture.kmsKeyId", Thing.KMS_KEY, KEY),
        ("spec.rollout.alarms[0].name", Thing.ALARM, "alarm"),
    ],
)
def test_each_is_named_by_its_path_in_the_manifest(field: str, thing: Thing, value: str) -> None:
    reads_below = value.endswith("/")
    assert Reference(thing=thing, field=field, value=value, reads_below=reads_below) in found_in(
        everything_of_realtime()
    )


def test_fields_of_the_other_modes_are_named_by_theirs() -> None:
    assert {(each.field, each.value) for each in found_in(everything_of_async())} >= {
        ("spec.async.outputS3Uri", "s3://answers/churn"),
        ("spec.async.failureS3Uri", "s3://answers/failed"),
        ("spec.async.successTopicArn", TOPIC),
        ("spec.async.errorTopicArn", TOPIC),
        ("spec.async.kmsKeyId", KEY),
    }
    prefix = Reference(thing=Thing.S3, field="spec.multiModel.s3Prefix", value="s3://models/all/", reads_below=True)
    assert prefix in found_in(everything_of_multi_model())
    fields = {each.field for each in found_in(everything_of_variants())}
    assert "spec.variants[0].containers[0].framework" in fields
    assert "spec.variants[0].instance.overrides.CoreDumpConfig.DestinationS3Uri" in fields


def test_the_default_role_is_used_like_any_other() -> None:
    assert "spec.executionRoleArn" in {each.field for each in found_in(spec())}


@pytest.mark.parametrize(
    ("overrides", "field", "thing"),
    [
        (
            {"ImageConfig": {"RepositoryAuthConfig": {"RepositoryCredentialsProviderArn": LAMBDA}}},
            "spec.containers[0].overrides.ImageConfig.RepositoryAuthConfig.RepositoryCredentialsProviderArn",
            Thing.OTHER,
        ),
        (
            {"AdditionalModelDataSources": [{"S3DataSource": {"S3Uri": "s3://theirs/a/"}}]},
            "spec.containers[0].overrides.AdditionalModelDataSources.S3DataSource.S3Uri",
            Thing.S3,
        ),
        ({"ModelDataUrl": "s3://theirs/x.tar.gz"}, "spec.containers[0].modelData.s3Uri", Thing.S3),
        ({"Image": "theirs:1"}, "spec.containers[0].image", Thing.IMAGE),
    ],
)
def test_an_override_is_named_by_its_path(overrides: dict[str, Any], field: str, thing: Thing) -> None:
    found = found_in(spec(containers=[container(overrides=overrides)]))
    assert (field, thing) in {(each.field, each.thing) for each in found}


def test_what_a_model_reads_and_what_is_used_of_its_endpoint() -> None:
    model = a_model(
        spec=a_spec(
            source={"s3Uri": "s3://source/tree/"}, warmUp={"bodyS3Uri": "s3://source/body"}, targetModel="a/b.tar.gz"
        )
    )
    there = a_target()
    target = replace(there, place=replace(there.place, assume_role_arn=ROLE))
    found = {(each.thing, each.value, each.reads_below) for each in references_of_model(model, target)}
    assert found == {
        (Thing.S3, "s3://source/tree/", True),
        (Thing.S3, "s3://source/body", False),
        (Thing.S3, there.s3_prefix, True),
        (Thing.S3, f"{there.s3_prefix}a/b.tar.gz", False),
        (Thing.ASSUMED_ROLE, ROLE, False),
    }
    assert [each.value for each in references_of_model(model, None)] == ["s3://source/tree/", "s3://source/body"]
