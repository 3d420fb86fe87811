"""SageMaker's requests from fields of the spec: each is one that the API takes, and says what the spec says."""

from typing import Any

import pytest
from botocore.exceptions import ParamValidationError
from botocore.model import ServiceModel
from botocore.session import Session
from botocore.validate import validate_parameters

from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.planning.desired import Capacities
from endpoint_operator.planning.foresight import foresee
from endpoint_operator.planning.requests import merged
from endpoint_operator.planning.steps import (
    CreateEndpoint,
    CreateEndpointConfig,
    CreateModel,
    PutMetricAlarm,
    Step,
    UpdateEndpoint,
)
from endpoint_operator.planning.supported import not_yet_supported
from tests.unit.edits import CAPTURE, CONTAINER, EDITS, INSTANCE, NETWORK, variants, with_shadow
from tests.unit.edits_foreseen import REFUSED, STALLED
from tests.unit.given import an_object, desired, facts, inputs_for, known, live, row, spec, status

SAGEMAKER: ServiceModel = Session().get_service_model("sagemaker")
CLOUDWATCH: ServiceModel = Session().get_service_model("cloudwatch")
# A value that comes from a Secret stands in a plan as where it is read from; the executor puts it in.
PLACEHOLDER = {"valueFrom"}
USED = [
    field
    for field, edit in EDITS.items()
    if field not in {**REFUSED, **STALLED} and not not_yet_supported(InferenceEndpointSpec.model_validate(edit.after))
]


def steps(wanted: dict[str, Any]) -> tuple[Step, ...]:
    """Everything that is made for a spec, and what a rollout of it sends."""
    running = {**wanted, "stopped": False, "paused": False}
    edited = {**running, "redeploy": "the next"}
    settled = status(row(running), endpoint=known(live(running), tags=running))
    inputs = inputs_for(wanted)
    made = foresee(an_object(running), facts(missing_seconds=90.0), inputs).plan.steps
    return (*made, *foresee(an_object(edited, status=settled), facts(live(running)), inputs).plan.steps)


def faults_of(step: Step) -> str:
    """What botocore finds wrong with a step's request."""
    match step:
        case CreateModel() | CreateEndpointConfig():
            return report(SAGEMAKER, type(step).__name__, with_values(step.request))
        case PutMetricAlarm():
            return report(CLOUDWATCH, "PutMetricAlarm", step.request)
        case CreateEndpoint() | UpdateEndpoint():
            config = step.deployment_config if isinstance(step, UpdateEndpoint) else None
            deployment = {"DeploymentConfig": config} if config is not None else {}
            request = merged(
                {"EndpointName": step.name, "EndpointConfigName": step.config_name, **deployment}, step.overrides
            )
            return report(SAGEMAKER, type(step).__name__, request)
        case _:
            return ""


def report(service: ServiceModel, operation: str, request: dict[str, Any]) -> str:
    shape = service.operation_model(operation).input_shape
    assert shape is not None
    try:
        validate_parameters(request, shape)
    except ParamValidationError as error:
        return str(error)
    return ""


def with_values(body: Any) -> Any:
    if isinstance(body, dict):
        return "read" if body.keys() & PLACEHOLDER else {key: with_values(value) for key, value in body.items()}
    return [with_values(item) for item in body] if isinstance(body, list) else body


@pytest.mark.parametrize("field", USED)
def test_every_request_is_one_that_the_api_takes(field: str) -> None:
    for wanted in (EDITS[field].before, EDITS[field].after):
        found = steps(wanted)
        assert [faults_of(step) for step in found if faults_of(step)] == []
        assert {type(step) for step in found} >= {CreateModel, CreateEndpointConfig, UpdateEndpoint}


def model(wanted: dict[str, Any]) -> dict[str, Any]:
    return desired(wanted).create_models()[0].request


def config(wanted: dict[str, Any], *, made_with: Capacities | None = None) -> dict[str, Any]:
    return desired(wanted).create_config(config_name="c", made_with=made_with).request


@pytest.mark.parametrize(
    ("body", "overrides", "expected"),
    [
        ({"a": 1}, None, {"a": 1}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}, {"a": {"b": 3, "c": 2}}),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"d": 2}}}, {"a": {"b": {"c": 1, "d": 2}}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": 5, "e": 6}, {"a": 5, "e": 6}),
    ],
)
def test_overrides_merge_maps_deeply_and_replace_lists(
    body: dict[str, Any], overrides: dict[str, Any] | None, expected: dict[str, Any]
) -> None:
    before = repr(body)
    assert merged(body, overrides) == expected
    assert repr(body) == before


def test_the_vpc_is_given_whole_and_isolation_only_when_asked_for() -> None:
    found = model(spec(network={**NETWORK, "isolation": True}))
    assert found["VpcConfig"] == {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    assert found["EnableNetworkIsolation"] is True
    assert "EnableNetworkIsolation" not in model(spec(network=NETWORK))


def test_data_capture_says_what_and_how_much() -> None:
    assert config(spec(dataCapture={**CAPTURE, "capture": ["Input", "Output"], "kmsKeyId": "k"}))[
        "DataCaptureConfig"
    ] == {
        "EnableCapture": True,
        "InitialSamplingPercentage": 10,
        "DestinationS3Uri": "s3://capture/churn",
        "KmsKeyId": "k",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]},
    }


def test_the_key_of_the_volumes_is_the_configs() -> None:
    assert config(spec(kmsKeyId="alias/key"))["KmsKeyId"] == "alias/key"


@pytest.mark.parametrize(
    ("pools", "expected"),
    [
        ([("ml.m5.large", 1), ("ml.c5.large", 2)], [("ml.m5.large", 1), ("ml.c5.large", 2)]),
        ([("ml.c5.large", 1)], [("ml.m5.large", 1), ("ml.c5.large", 2)]),
        ([("ml.c5.large", 2), ("ml.c4.large", 5)], [("ml.m5.large", 1), ("ml.c5.large", 2), ("ml.c4.large", 3)]),
    ],
    ids=["the type among them", "the type comes first", "priorities without gaps"],
)
def test_the_instance_type_comes_first_among_the_pools(
    pools: list[tuple[str, int]], expected: list[tuple[str, int]]
) -> None:
    instance = {**INSTANCE, "pools": [{"type": kind, "priority": priority} for kind, priority in pools]}
    (variant,) = config(spec(instance=instance))["ProductionVariants"]
    assert [(pool["InstanceType"], pool["Priority"]) for pool in variant["InstancePools"]] == expected
    assert "InstanceType" not in variant


def test_a_model_that_is_not_compressed_is_a_prefix() -> None:
    data = {"s3Uri": "s3://models/llm/", "compression": "None"}
    container = model(spec(containers=[{**CONTAINER, "modelData": data}]))["PrimaryContainer"]
    source = {"S3Uri": "s3://models/llm/", "S3DataType": "S3Prefix", "CompressionType": "None"}
    assert container == {"Image": "repo/churn:1", "ModelDataSource": {"S3DataSource": source}}


def test_variants_have_models_of_their_own_in_the_order_of_their_names() -> None:
    turned = {**variants(), "variants": variants()["variants"][::-1]}
    assert desired(turned).revision == desired(variants()).revision
    found = config(turned)["ProductionVariants"]
    assert [item["VariantName"] for item in found] == ["blue", "green"]
    assert [item["ModelName"] for item in found] == desired(turned).model_names
    assert len(set(desired(turned).model_names)) == 2


@pytest.mark.parametrize(("percent", "weight"), [(0, 0.0), (20, 0.2), (100, 1.0)])
def test_a_shadow_gets_its_share_of_what_the_production_variant_gets(percent: int, weight: float) -> None:
    found = config(with_shadow(samplingPercent=percent))
    (production,), (shadow,) = found["ProductionVariants"], found["ShadowProductionVariants"]
    assert (production["InitialVariantWeight"], shadow["InitialVariantWeight"]) == (1.0, weight)
    assert shadow["ModelName"] != production["ModelName"]


def test_a_config_that_was_made_before_is_asked_for_with_what_it_was_made_with() -> None:
    before = Capacities(counts={"blue": 7, "green": 8}, weights={"blue": 0.3, "green": 0.7})
    found = config(variants(), made_with=before)["ProductionVariants"]
    assert [(item["InitialInstanceCount"], item["InitialVariantWeight"]) for item in found] == [(7, 0.3), (8, 0.7)]
