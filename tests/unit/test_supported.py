"""No field of the spec is passed over in silence: each is acted on, or named as not supported yet."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.api.status import RevisionState
from endpoint_operator.planning.decide import make_plan, wants_look
from endpoint_operator.planning.supported import not_yet_supported
from tests.unit.given import INPUTS, REGION, an_object, facts, known, live, numbered_row, row, spec, status

BASE = spec()
CONTAINER = BASE["containers"][0]
INSTANCE = BASE["instance"]


def container(**members: Any) -> dict[str, Any]:
    return spec(containers=[{**CONTAINER, **members}])


def framework() -> dict[str, Any]:
    return spec(containers=[{"framework": {"name": "pytorch", "version": "2.6"}}])


def instance(**members: Any) -> dict[str, Any]:
    return spec(instance={**INSTANCE, **members})


def environment(**variable: Any) -> dict[str, Any]:
    return container(environment=[{"name": "A", **variable}])


VARIANT = {"name": "blue", "containers": [CONTAINER], "instance": INSTANCE}
SECRET = {"secretKeyRef": {"name": "token", "key": "value"}}

# What is acted on: a spec that differs from the base in this field alone.
ACTED_ON: dict[str, dict[str, Any]] = {
    "spec.endpointName": spec(endpointName="another"),
    "spec.executionRoleArn": spec(executionRoleArn="arn:aws:iam::123456789012:role/another"),
    "spec.containers[].name": container(name="main"),
    "spec.containers[].image": container(image="repo/churn:2"),
    "spec.containers[].modelData.s3Uri": container(modelData={"s3Uri": "s3://models/other.tar.gz"}),
    "spec.containers[].environment[].name": environment(value="1"),
    "spec.containers[].environment[].value": environment(value="2"),
    "spec.instance.type": instance(type="ml.m5.xlarge"),
    "spec.instance.count": instance(count=2),
    "spec.instance.volumeSizeGB": instance(volumeSizeGB=30),
    "spec.instance.startupTimeoutSeconds": instance(startupTimeoutSeconds=600),
    "spec.instance.modelDownloadTimeoutSeconds": instance(modelDownloadTimeoutSeconds=600),
    "spec.instance.inferenceAmiVersion": instance(inferenceAmiVersion="al2-ami-sagemaker-inference-gpu-2"),
    "spec.instance.routingStrategy": instance(routingStrategy="Random"),
    "spec.tags": spec(tags={"team": "growth"}),
    "spec.redeploy": spec(redeploy="again"),
    "spec.deletionPolicy": spec(deletionPolicy="Retain"),
    "spec.revisionHistoryLimit": spec(revisionHistoryLimit=0),
    "spec.preflight": spec(preflight="Off"),
}

# What is not yet, with how it is named; everything below such a field is meant too.
NAMED: dict[str, tuple[str, dict[str, Any]]] = {
    "spec.mode": ("spec.mode", spec(mode="Async")),
    "spec.serverless": ("spec.mode", spec(mode="Serverless", serverless={"memoryMB": 1024, "maxConcurrency": 1})),
    "spec.multiModel": ("spec.mode", spec(mode="MultiModel", multiModel={"s3Prefix": "s3://models/all/"})),
    "spec.async": ("spec.mode", {**spec(mode="Async"), "async": {"outputS3Uri": "s3://out/"}}),
    "spec.region": ("spec.region", spec(region="eu-west-1")),
    "spec.assumeRoleArn": ("spec.assumeRoleArn", spec(assumeRoleArn="arn:aws:iam::123456789012:role/other")),
    "spec.containers[].framework": ("spec.containers[0].framework", framework()),
    "spec.containers[].modelPackageArn": (
        "spec.containers[0].modelPackageArn",
        spec(containers=[{"modelPackageArn": "arn:aws:sagemaker:us-east-1:123456789012:model-package/x/1"}]),
    ),
    "spec.containers[].modelData.compression": (
        "spec.containers[0].modelData.compression",
        container(modelData={"s3Uri": "s3://models/churn/", "compression": "None"}),
    ),
    "spec.containers[].environment[].valueFrom": (
        "spec.containers[0].environment[0].valueFrom",
        environment(valueFrom=SECRET),
    ),
    "spec.containers[].overrides": (
        "spec.containers[0].overrides",
        container(overrides={"ImageConfig": {"RepositoryAccessMode": "Vpc"}}),
    ),
    "spec.containerInvocation": ("spec.containerInvocation", spec(containerInvocation="Direct")),
    "spec.instance.pools": ("spec.instance.pools", instance(pools=[{"type": "ml.m5.xlarge", "priority": 1}])),
    "spec.instance.overrides": ("spec.instance.overrides", instance(overrides={"EnableSSMAccess": True})),
    "spec.variants": ("spec.variants", {"mode": "RealTime", "variants": [VARIANT]}),
    "spec.shadow": ("spec.shadow", spec(shadow={**VARIANT, "samplingPercent": 10})),
    "spec.autoscaling": ("spec.autoscaling", spec(autoscaling={"minCount": 1, "maxCount": 2})),
    "spec.rollout": ("spec.rollout", spec(rollout={"terminationWaitSeconds": 60})),
    "spec.dataCapture": (
        "spec.dataCapture",
        spec(dataCapture={"s3Uri": "s3://capture/", "samplingPercent": 1, "capture": ["Input"]}),
    ),
    "spec.network": ("spec.network", spec(network={"isolation": True})),
    "spec.kmsKeyId": ("spec.kmsKeyId", spec(kmsKeyId="key")),
    "spec.rolloutOnInputChange": ("spec.rolloutOnInputChange", spec(rolloutOnInputChange=True)),
    "spec.adoptionPolicy": ("spec.adoptionPolicy", spec(adoptionPolicy="TakeOver")),
    "spec.paused": ("spec.paused", spec(paused=True)),
    "spec.stopped": ("spec.stopped", spec(stopped=True)),
    "spec.replacePolicy": ("spec.replacePolicy", spec(replacePolicy="Recreate")),
    "spec.export": ("spec.export", spec(export={"configMapName": "names"})),
    "spec.overrides": ("spec.overrides", spec(overrides={"model": {"EnableNetworkIsolation": True}})),
}


def fields_of(model: type[BaseModel], path: str) -> Iterator[str]:
    """The path of every field, down to those that hold no other model."""
    for name, field in model.model_fields.items():
        here = f"{path}.{field.alias or name}"
        below = list(models_in(field.annotation))
        if not below:
            yield here
        for child, in_list in below:
            yield from fields_of(child, f"{here}[]" if in_list else here)


def models_in(annotation: Any, *, in_list: bool = False) -> Iterator[tuple[type[BaseModel], bool]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, in_list
    for argument in get_args(annotation):
        yield from models_in(argument, in_list=in_list or getattr(annotation, "__origin__", None) is list)


def is_below(field: str, other: str) -> bool:
    return field == other or field.startswith((f"{other}.", f"{other}["))


def parsed(wanted: dict[str, Any]) -> InferenceEndpointSpec:
    return InferenceEndpointSpec.model_validate(wanted)


def footprint(wanted: dict[str, Any]) -> object:
    """What a spec leads to: everything made, everything kept, everything let go, whether preflight looks."""
    remembered = make_plan(an_object(wanted), facts(), INPUTS).memory
    assert remembered is not None
    intent = status(*remembered.revisions, rollout=remembered.rollout)
    old = [numbered_row(number) for number in range(3)]
    served = status(*old, row(wanted, state=RevisionState.ACTIVE), endpoint=known(live(wanted), tags=wanted))
    return (
        make_plan(an_object(wanted, status=intent), facts(), INPUTS).as_json()["calls"],
        len(make_plan(an_object(wanted, status=served), facts(live(wanted)), INPUTS).steps),
        make_plan(an_object(wanted, status=served, deleted=True), facts(missing_seconds=90.0), INPUTS).reason,
        wants_look(an_object(wanted), facts(), INPUTS) is not None,
    )


@pytest.mark.parametrize("field", sorted(set(fields_of(InferenceEndpointSpec, "spec"))))
def test_every_field_is_acted_on_or_named(field: str) -> None:
    assert field in ACTED_ON or any(is_below(field, named) for named in NAMED), (
        f"{field} is new: act on it and give an example of its effect in ACTED_ON, "
        "or name it in planning/supported.py and here in NAMED"
    )


@pytest.mark.parametrize("field", ACTED_ON)
def test_what_is_acted_on_has_an_effect(field: str) -> None:
    assert not_yet_supported(parsed(ACTED_ON[field]), region=REGION) == []
    base = environment(value="1") if field.endswith("environment[].value") else BASE
    assert footprint(ACTED_ON[field]) != footprint(base)


@pytest.mark.parametrize("field", NAMED)
def test_what_is_not_supported_yet_is_named(field: str) -> None:
    name, wanted = NAMED[field]
    assert name in not_yet_supported(parsed(wanted), region=REGION)
    plan = make_plan(an_object(wanted), facts(), INPUTS)
    assert (plan.reason, plan.steps) == ("NotYetSupported", ())
    assert name in plan.message


@pytest.mark.parametrize(
    "wanted",
    [
        BASE,
        spec(region=REGION),
        spec(rollout={}),
        spec(rollout={"strategy": "AllAtOnce"}),
        spec(network={}),
        spec(overrides={}),
        spec(paused=False, stopped=False, adoptionPolicy="Never", replacePolicy="Refuse"),
        container(modelData={**CONTAINER["modelData"], "compression": "Gzip"}),
        instance(overrides={}, count=1),
    ],
)
def test_a_field_that_says_its_default_is_not_in_use(wanted: dict[str, Any]) -> None:
    assert not_yet_supported(parsed(wanted), region=REGION) == []


def test_all_fields_in_use_are_named_at_once() -> None:
    plan = make_plan(an_object(spec(paused=True, kmsKeyId="key")), facts(), INPUTS)
    assert "spec.kmsKeyId, spec.paused are not supported" in plan.message
