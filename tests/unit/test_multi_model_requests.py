"""From spec.multiModel to CreateModel, and what of it is part of the revision."""

from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from endpoint_operator.planning.scaling.steps import PutScalingPolicy
from tests.unit.given import desired, multi_model, revision, spec
from tests.unit.operator_in_memory import OperatorInMemory
from tests.unit.sagemaker_in_memory import SageMakerInMemory
from tests.unit.settling import settle


def container(wanted: dict[str, Any]) -> dict[str, Any]:
    """PrimaryContainer of the model that is made."""
    (step,) = desired(wanted).create_models()
    made: dict[str, Any] = step.request["PrimaryContainer"]
    return made


def models(**fields: Any) -> dict[str, Any]:
    return {"multiModel": {"s3Prefix": "s3://models/all/", **fields}}


@pytest.mark.parametrize(("fields", "cache"), [({}, "Enabled"), ({"cache": "Disabled"}, "Disabled")])
def test_the_container_takes_its_models_from_the_prefix(fields: dict[str, Any], cache: str) -> None:
    assert container(multi_model(**models(**fields))) == {
        "Image": "repo/churn:1",
        "Mode": "MultiModel",
        "ModelDataUrl": "s3://models/all/",
        "MultiModelConfig": {"ModelCacheSetting": cache},
    }


def test_no_other_mode_says_anything_of_many_models() -> None:
    assert not {"Mode", "MultiModelConfig"} & container(spec()).keys()


def test_botocore_takes_it_and_the_words_are_those_of_the_api() -> None:
    (step,) = desired(multi_model(**models(cache="Disabled"))).create_models()
    shape: Any = get_session().get_service_model("sagemaker").operation_model("CreateModel").input_shape
    report = ParamValidator().validate(step.request, shape)
    assert not report.has_errors(), report.generate_report()
    members = shape.members["PrimaryContainer"].members
    made = step.request["PrimaryContainer"]
    assert made["Mode"] in members["Mode"].enum
    settings = members["MultiModelConfig"].members["ModelCacheSetting"].enum
    assert set(settings) == {"Enabled", "Disabled"}
    assert made["MultiModelConfig"]["ModelCacheSetting"] in settings


@pytest.mark.parametrize(
    ("edited", "same"),
    [
        (multi_model(**models(cache="Enabled")), True),
        (multi_model(count=3), True),
        (multi_model(autoscaling={"minCount": 1, "maxCount": 3, "invocationsPerInstance": 10}), True),
        (multi_model(**models(cache="Disabled")), False),
        (multi_model(**models(s3Prefix="s3://models/others/")), False),
        (multi_model(image="repo/churn:2"), False),
    ],
    ids=["the default said", "count", "autoscaling", "cache", "prefix", "image"],
)
def test_what_sagemaker_cannot_change_in_place_is_part_of_the_revision(edited: dict[str, Any], *, same: bool) -> None:
    assert (revision(edited) == revision(multi_model())) is same


def test_a_custom_metric_of_the_instances_has_the_dimensions_that_sagemaker_publishes_it_with() -> None:
    """Instance metrics are in /aws/sagemaker/Endpoints, by EndpointName and VariantName (SageMaker Developer Guide)."""
    metric = {
        "namespace": "/aws/sagemaker/Endpoints",
        "metricName": "GPUMemoryUtilization",
        "statistic": "Average",
        "target": 80,
    }
    wanted = multi_model(
        containers=[{"framework": {"name": "triton", "version": "24.09"}}],
        instance={"type": "ml.g4dn.xlarge", "count": 2},
        autoscaling={"minCount": 2, "maxCount": 4, "customMetric": metric},
    )
    assert container(wanted)["Image"] == (
        "763104351884.dkr.ecr.us-east-1.amazonaws.com/sagemaker-tritonserver:24.09-py3"
    )
    operator = OperatorInMemory(sagemaker=SageMakerInMemory(), wanted=wanted)
    settle(operator)
    (policy,) = [each for each in operator.calls if isinstance(each, PutScalingPolicy)]
    specification = policy.configuration["CustomizedMetricSpecification"]
    assert specification["Namespace"] == "/aws/sagemaker/Endpoints"
    assert specification["Dimensions"] == [
        {"Name": "EndpointName", "Value": "ml-churn"},
        {"Name": "VariantName", "Value": "AllTraffic"},
    ]
