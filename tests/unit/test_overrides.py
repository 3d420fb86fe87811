"""Overrides may say what this API does not, and nothing else: what is refused names its path and the field to use."""

from typing import Any

import pytest

from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.overrides import fault_in_overrides
from tests.unit.given import INPUTS, an_object, facts, spec

BASE = spec()
CONTAINER, INSTANCE = BASE["containers"][0], BASE["instance"]
VARIANT = {"name": "blue", "containers": [CONTAINER], "instance": INSTANCE}


def container(**overrides: Any) -> dict[str, Any]:
    return spec(containers=[{**CONTAINER, "overrides": overrides}])


def instance(**overrides: Any) -> dict[str, Any]:
    return spec(instance={**INSTANCE, "overrides": overrides})


def wide(part: str, **members: Any) -> dict[str, Any]:
    return spec(overrides={part: members})


def complaint(wanted: dict[str, Any]) -> str | None:
    fault = fault_in_overrides(InferenceEndpointSpec.model_validate(wanted))
    return fault.message if fault is not None else None


@pytest.mark.parametrize(
    ("wanted", "path", "remedy"),
    [
        (wide("model", VpcConfig={"Subnets": ["s"]}), "spec.overrides.model.VpcConfig", "spec.network"),
        (wide("model", ModelName="x"), "spec.overrides.model.ModelName", "the operator makes it"),
        (wide("model", ExecutionRoleArn="arn"), "spec.overrides.model.ExecutionRoleArn", "spec.executionRoleArn"),
        (wide("model", Tags=[]), "spec.overrides.model.Tags", "spec.tags"),
        (wide("model", PrimaryContainer={"Image": "x"}), "spec.overrides.model.PrimaryContainer", "containers[]"),
        (wide("endpointConfig", KmsKeyId="k"), "spec.overrides.endpointConfig.KmsKeyId", "spec.kmsKeyId"),
        (wide("endpointConfig", ProductionVariants=[]), "spec.overrides.endpointConfig.Prod", "spec.variants"),
        (wide("endpointConfig", DataCaptureConfig={}), "spec.overrides.endpointConfig.DataCap", "spec.dataCapture"),
        (wide("endpoint", EndpointName="x"), "spec.overrides.endpoint.EndpointName", "spec.endpointName"),
        (wide("endpoint", RetainAllVariantProperties=False), "spec.overrides.endpoint.Retain", "follow the spec"),
        (
            wide("endpoint", DeploymentConfig={"AutoRollbackConfiguration": {"Alarms": []}}),
            "spec.overrides.endpoint.DeploymentConfig.AutoRollbackConfiguration",
            "spec.rollout.alarms",
        ),
        (container(Image="x"), "spec.containers[0].overrides.Image", "spec.containers[0].image"),
        (container(Environment={"A": "1"}), "spec.containers[0].overrides.Environment", "containers[0].environment"),
        (
            container(ModelDataSource={"S3DataSource": {"S3Uri": "s3://x/y"}}),
            "spec.containers[0].overrides.ModelDataSource.S3DataSource.S3Uri",
            "spec.containers[0].modelData.s3Uri",
        ),
        (instance(InstanceType="ml.m5.large"), "spec.instance.overrides.InstanceType", "spec.instance.type"),
        (instance(CoreDumpConfig={"KmsKeyId": "k"}), "spec.instance.overrides.CoreDumpConfig.KmsKeyId", "keys stand"),
        (
            {"mode": "RealTime", "variants": [{**VARIANT, "instance": {**INSTANCE, "overrides": {"ModelName": "x"}}}]},
            "spec.variants[0].instance.overrides.ModelName",
            "the operator makes it",
        ),
        (
            spec(shadow={**VARIANT, "containers": [{**CONTAINER, "overrides": {"Mode": "x"}}], "samplingPercent": 1}),
            "spec.shadow.containers[0].overrides.Mode",
            "spec.mode",
        ),
    ],
)
def test_a_member_that_has_a_field_is_refused_with_its_path_and_that_field(
    wanted: dict[str, Any], path: str, remedy: str
) -> None:
    said = complaint(wanted)
    assert said is not None
    assert said.startswith(path)
    assert remedy in said


@pytest.mark.parametrize(
    "wanted",
    [
        BASE,
        wide("model"),
        wide("endpointConfig", ExplainerConfig={"ClarifyExplainerConfig": {}}, MetricsConfig={}),
        wide(
            "endpoint",
            DeploymentConfig={
                "RollingUpdatePolicy": {"RollbackMaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 1}}
            },
        ),
        container(ImageConfig={"RepositoryAccessMode": "Vpc"}, InferenceSpecificationName="a"),
        container(ModelDataSource={"S3DataSource": {"ModelAccessConfig": {"AcceptEula": True}}}),
        instance(EnableSSMAccess=True, CapacityReservationConfig={"CapacityReservationPreference": "x"}),
    ],
)
def test_a_member_that_has_no_field_is_left_alone(wanted: dict[str, Any]) -> None:
    assert complaint(wanted) is None


def test_every_refused_member_is_told_at_once() -> None:
    said = complaint({**container(Image="x"), "overrides": {"model": {"Tags": []}}})
    assert said is not None
    assert "spec.overrides.model.Tags" in said
    assert "spec.containers[0].overrides.Image" in said


def test_a_refused_override_stalls_the_object_and_asks_nothing_of_aws() -> None:
    plan = make_plan(an_object(container(Image="x")), facts(), INPUTS)
    assert (plan.reason, plan.steps, plan.next_look) == ("OverrideNotAllowed", (), None)
