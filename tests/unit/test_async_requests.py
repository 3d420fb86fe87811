"""From spec.async to AsyncInferenceConfig, checked by botocore's own model of SageMaker."""

from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from endpoint_operator.api.endpoint_settings import Async
from endpoint_operator.planning.async_requests import async_inference_config
from endpoint_operator.planning.desired import desired_state
from tests.unit.given import INPUTS, an_object, spec

GOOD, BAD = (f"arn:aws:sns:us-east-1:123456789012:{name}" for name in ("good", "bad"))
OUTPUT = {"outputS3Uri": "s3://out/churn"}
BOTH = ["SUCCESS_NOTIFICATION_TOPIC", "ERROR_NOTIFICATION_TOPIC"]
EVERYTHING = {
    **OUTPUT,
    "failureS3Uri": "s3://out/failed",
    "maxConcurrentInvocationsPerInstance": 4,
    "successTopicArn": GOOD,
    "errorTopicArn": BAD,
    "includeInferenceResponseIn": BOTH,
    "kmsKeyId": "key",
}


def config(**fields: Any) -> dict[str, Any]:
    return async_inference_config(Async.model_validate({**OUTPUT, **fields}))


def topics(**members: Any) -> dict[str, Any]:
    return {"OutputConfig": {"S3OutputPath": "s3://out/churn", "NotificationConfig": members}}


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, {"OutputConfig": {"S3OutputPath": "s3://out/churn"}}),
        (
            {"failureS3Uri": "s3://out/failed"},
            {"OutputConfig": {"S3OutputPath": "s3://out/churn", "S3FailurePath": "s3://out/failed"}},
        ),
        ({"kmsKeyId": "key"}, {"OutputConfig": {"S3OutputPath": "s3://out/churn", "KmsKeyId": "key"}}),
        ({"successTopicArn": GOOD}, topics(SuccessTopic=GOOD)),
        ({"errorTopicArn": BAD}, topics(ErrorTopic=BAD)),
        (
            {"successTopicArn": GOOD, "includeInferenceResponseIn": BOTH[:1]},
            topics(SuccessTopic=GOOD, IncludeInferenceResponseIn=BOTH[:1]),
        ),
        ({"includeInferenceResponseIn": []}, {"OutputConfig": {"S3OutputPath": "s3://out/churn"}}),
        (
            {"maxConcurrentInvocationsPerInstance": 4},
            {
                "OutputConfig": {"S3OutputPath": "s3://out/churn"},
                "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 4},
            },
        ),
    ],
)
def test_what_is_set_enters_the_endpoint_config_and_nothing_else(
    fields: dict[str, Any], wanted: dict[str, Any]
) -> None:
    assert config(**fields) == wanted


def test_botocore_takes_the_endpoint_config_of_an_asynchronous_endpoint() -> None:
    desired = desired_state(an_object({**spec(mode="Async"), "async": EVERYTHING}), INPUTS)
    assert desired is not None
    step = desired.create_config(config_name="ml-churn-1", made_with=None)
    shape: Any = get_session().get_service_model("sagemaker").operation_model("CreateEndpointConfig").input_shape
    report = ParamValidator().validate(step.request, shape)
    assert not report.has_errors(), report.generate_report()
    said = shape.members["AsyncInferenceConfig"].members
    assert step.request["AsyncInferenceConfig"].keys() == said.keys()
    told = step.request["AsyncInferenceConfig"]["OutputConfig"]
    assert told.keys() == said["OutputConfig"].members.keys(), "a member that SageMaker has and nobody can ask for"
    notifications = said["OutputConfig"].members["NotificationConfig"].members
    assert told["NotificationConfig"].keys() == notifications.keys()
    assert set(BOTH) == set(notifications["IncludeInferenceResponseIn"].member.enum)


@pytest.mark.parametrize(
    ("fewest", "most", "count", "begins"), [(0, 5, 1, 1), (0, 5, 3, 3), (0, 0, 1, 1), (2, 5, 1, 2)]
)
def test_a_new_asynchronous_endpoint_begins_with_an_instance_though_it_may_sleep(
    *, fewest: int, most: int, count: int, begins: int
) -> None:
    """InitialInstanceCount is at least 1 (SageMaker API reference)."""
    bounds = {"minCount": fewest, "maxCount": most, "backlogPerInstance": 5}
    instance = {"type": "ml.m5.large", "count": count}
    wanted = {**spec(mode="Async", autoscaling=bounds, instance=instance), "async": OUTPUT}
    desired = desired_state(an_object(wanted), INPUTS)
    assert desired is not None
    (variant,) = desired.create_config(config_name="c", made_with=None).request["ProductionVariants"]
    assert variant["InitialInstanceCount"] == begins
