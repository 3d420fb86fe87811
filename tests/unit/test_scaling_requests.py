"""The requests that steps become, checked by botocore's own model of Application Auto Scaling."""

import re
from typing import Any

import pytest
from botocore.model import ServiceModel
from botocore.session import get_session
from botocore.validate import ParamValidator

from endpoint_operator.api.autoscaling import Autoscaling
from endpoint_operator.api.scaling_status import ScalingAsked
from endpoint_operator.aws.scaling.calls import ScalingCall, request_of
from endpoint_operator.aws.service_models import NeededOperationsLoader
from endpoint_operator.planning.scaling.compare import steps_towards
from endpoint_operator.planning.scaling.live import NOT_REGISTERED
from endpoint_operator.planning.scaling.steps import (
    DeleteScalingPolicy,
    DeleteScheduledAction,
    DeleteWakeUpAlarm,
    DeregisterScalableTarget,
    PutWakeUpAlarm,
)
from endpoint_operator.planning.scaling.wanted import scalable_resource, wanted_scaling
from tests.unit.given import NOW

RESOURCE = scalable_resource(endpoint_name="ml-churn", variant="AllTraffic")
METRICS: list[dict[str, Any]] = [
    {"invocationsPerInstance": 500},
    {"concurrentRequestsPerModel": 2},
    {"provisionedConcurrencyUtilization": 0.7},
    {"backlogPerInstance": 5},
    {"customMetric": {"namespace": "n", "metricName": "m", "dimensions": {"a": "b"}, "unit": "Percent", "target": 1}},
]
NIGHT = {"name": "night", "schedule": "cron(0 20 * * ? *)", "timezone": "Asia/Seoul", "minCount": 1, "maxCount": 1}


def all_steps() -> list[ScalingCall]:
    asked = ScalingAsked(
        min_count=1, max_count=4, since="2026-11-22T12:00:00Z", schedules_digest="", policies_digest=""
    )
    steps: list[ScalingCall] = [
        DeregisterScalableTarget(resource=RESOURCE, because="b"),
        DeleteScalingPolicy(resource=RESOURCE, name="endpoint-operator-custom-metric", because="b"),
        DeleteScheduledAction(resource=RESOURCE, name="endpoint-operator-night", because="b"),
    ]
    for metric in METRICS:
        spec = Autoscaling.model_validate(
            {"minCount": 0 if "backlogPerInstance" in metric else 1, "maxCount": 4, "schedules": [NIGHT], **metric}
        )
        serverless = "provisionedConcurrencyUtilization" in metric
        wanted = wanted_scaling(
            spec,
            endpoint_name="ml-churn",
            variant="AllTraffic",
            instance_type=None if serverless else "ml.m5.large",
            tags={},
        )
        towards = steps_towards(wanted, NOT_REGISTERED, asked, now=NOW)
        steps += [step for step in towards if not isinstance(step, PutWakeUpAlarm | DeleteWakeUpAlarm)]
    return steps


@pytest.fixture(scope="module")
def model() -> ServiceModel:
    """The operator's own cut of it: an operation that is missing there would be missing in a cluster."""
    core = get_session()
    core.register_component("data_loader", NeededOperationsLoader())
    return core.get_service_model("application-autoscaling")


@pytest.mark.parametrize("step", all_steps(), ids=lambda step: type(step).__name__)
def test_every_step_is_a_request_that_botocore_takes(step: ScalingCall, model: ServiceModel) -> None:
    operation, parameters = request_of(step)
    name = "".join(word.capitalize() for word in operation.split("_"))
    shape: Any = model.operation_model(name).input_shape
    report = ParamValidator().validate(parameters, shape)
    assert not report.has_errors(), report.generate_report()
    # botocore holds neither enums nor the pattern of a scheduled action's name.
    assert parameters["ScalableDimension"] in shape.members["ScalableDimension"].enum
    configuration = parameters.get("TargetTrackingScalingPolicyConfiguration", {})
    predefined = configuration.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
    policy: Any = model.operation_model("PutScalingPolicy").input_shape
    kinds = policy.members["TargetTrackingScalingPolicyConfiguration"].members["PredefinedMetricSpecification"]
    assert predefined in (None, *kinds.members["PredefinedMetricType"].enum)
    assert re.search(r"[\x00-\x1f:/|]", parameters.get("ScheduledActionName", "")) is None


def test_every_kind_of_step_is_among_them() -> None:
    assert len({type(step) for step in all_steps()}) == 6
