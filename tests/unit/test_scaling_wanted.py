"""From spec.autoscaling to what Application Auto Scaling should have."""

from typing import Any

import pytest

from endpoint_operator.api.autoscaling import Autoscaling
from endpoint_operator.api.spec import Mode
from endpoint_operator.planning.faults import Blame
from endpoint_operator.planning.scaling.wanted import WantedScaling, scaling_fault, wanted_scaling

TAGS = {"team": "growth"}


def autoscaling(**fields: Any) -> Autoscaling:
    return Autoscaling.model_validate({"minCount": 1, "maxCount": 4, **fields})


def wanted(*, instance_type: str | None = "ml.m5.large", **fields: Any) -> WantedScaling:
    return wanted_scaling(
        autoscaling(**fields), endpoint_name="ml-churn", variant="AllTraffic", instance_type=instance_type, tags=TAGS
    )


def predefined(name: str) -> dict[str, Any]:
    return {"PredefinedMetricSpecification": {"PredefinedMetricType": name}}


@pytest.mark.parametrize(
    ("field", "name", "metric"),
    [
        ("invocationsPerInstance", "invocations-per-instance", "SageMakerVariantInvocationsPerInstance"),
        (
            "concurrentRequestsPerModel",
            "concurrent-requests-per-model",
            "SageMakerVariantConcurrentRequestsPerModelHighResolution",
        ),
    ],
)
def test_a_predefined_metric_becomes_a_policy_named_after_it(field: str, name: str, metric: str) -> None:
    fields: dict[str, Any] = {field: 500}
    (policy,) = wanted(**fields).policies
    assert policy.name == f"endpoint-operator-{name}"
    assert policy.configuration == {
        "TargetValue": 500.0,
        **predefined(metric),
        "ScaleInCooldown": 300,
        "ScaleOutCooldown": 300,
        "DisableScaleIn": False,
    }


def test_cooldowns_and_disabled_scale_in_are_passed_on_a_cooldown_of_nothing_too() -> None:
    found = wanted(invocationsPerInstance=5, scaleInCooldownSeconds=600, scaleOutCooldownSeconds=0, disableScaleIn=True)
    (policy,) = found.policies
    assert policy.configuration["ScaleInCooldown"] == 600
    assert policy.configuration["ScaleOutCooldown"] == 0
    assert policy.configuration["DisableScaleIn"] is True
    (without,) = wanted(invocationsPerInstance=5, scaleInCooldownSeconds=0).policies
    assert without.configuration["ScaleInCooldown"] == 0


def test_a_custom_metric_is_asked_for_this_endpoint_and_variant() -> None:
    metric = {
        "namespace": "/aws/sagemaker/Endpoints",
        "metricName": "GPUMemoryUtilization",
        "dimensions": {"Zone": "a"},
        "unit": "Percent",
        "target": 80,
    }
    (policy,) = wanted(customMetric=metric).policies
    assert policy.configuration["TargetValue"] == 80.0
    assert policy.configuration["CustomizedMetricSpecification"] == {
        "Namespace": "/aws/sagemaker/Endpoints",
        "MetricName": "GPUMemoryUtilization",
        "Dimensions": [
            {"Name": "EndpointName", "Value": "ml-churn"},
            {"Name": "VariantName", "Value": "AllTraffic"},
            {"Name": "Zone", "Value": "a"},
        ],
        "Statistic": "Average",
        "Unit": "Percent",
    }


def test_a_backlog_is_the_endpoints_and_not_a_variants() -> None:
    (policy,) = wanted(backlogPerInstance=5).policies
    metric = policy.configuration["CustomizedMetricSpecification"]
    assert metric["MetricName"] == "ApproximateBacklogSizePerInstance"
    assert metric["Dimensions"] == [{"Name": "EndpointName", "Value": "ml-churn"}]


def test_a_serverless_variant_scales_its_provisioned_concurrency() -> None:
    found = wanted(instance_type=None, provisionedConcurrencyUtilization=0.7)
    assert found.resource.resource_id == "endpoint/ml-churn/variant/AllTraffic"
    assert found.resource.dimension == "sagemaker:variant:DesiredProvisionedConcurrency"
    assert found.policies[0].configuration["TargetValue"] == 0.7


def test_schedules_alone_need_no_policy() -> None:
    rows = [
        {"name": "morning", "schedule": "cron(0 8 * * ? *)", "timezone": "Asia/Seoul", "minCount": 4, "maxCount": 9}
    ]
    found = wanted(schedules=rows)
    assert found.policies == ()
    (action,) = found.schedules
    assert (action.name, action.minimum, action.maximum) == ("endpoint-operator-morning", 4, 9)
    assert (action.schedule, action.timezone) == ("cron(0 8 * * ? *)", "Asia/Seoul")


def schedule(**fields: Any) -> dict[str, Any]:
    return {"name": "morning", "schedule": "cron(0 8 * * ? *)", "minCount": 1, "maxCount": 2, **fields}


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"schedules": [schedule(schedule="cron(0 8 * * *)")]}, "schedules[0] (morning): cron(0 8 * * *) has 5 fields"),
        ({"schedules": [schedule(timezone="Mars/Olympus")]}, "schedules[0] (morning): there is no time zone"),
        ({"schedules": [schedule(name="a/b")]}, "schedules[0].name: 'a/b' has"),
        ({"schedules": [schedule(name="a ")]}, "schedules[0].name: 'a ' has"),
        ({"schedules": [schedule(), schedule(name="night", minCount=0)]}, "schedules[1].minCount: 0 needs mode Async"),
        ({"minCount": 0}, "minCount: 0 needs mode Async"),
        ({"backlogPerInstance": 5}, "backlogPerInstance needs mode Async"),
        (
            {"customMetric": {"namespace": "n", "metricName": "m", "statistic": "p99", "target": 1}},
            "customMetric.statistic: p99 is not one of",
        ),
    ],
)
def test_what_aws_would_refuse_is_the_users_fault_and_names_the_field(fields: dict[str, Any], complaint: str) -> None:
    fault = scaling_fault(autoscaling(**fields), field="spec.variants[1].autoscaling", mode=Mode.REAL_TIME)
    assert fault is not None
    assert fault.blame == Blame.USER
    assert fault.message.startswith(f"spec.variants[1].autoscaling.{complaint}")


def test_nothing_is_wrong_with_what_aws_takes() -> None:
    rows = [schedule(), schedule(name="once", schedule="at(2026-11-22T12:00:00)", timezone="Europe/Berlin")]
    spec = autoscaling(invocationsPerInstance=1, schedules=rows)
    assert scaling_fault(spec, field="spec.autoscaling", mode=Mode.REAL_TIME) is None


def test_the_digests_tell_policies_and_schedules_apart() -> None:
    plain = wanted(invocationsPerInstance=5, schedules=[schedule()])
    other_target = wanted(invocationsPerInstance=6, schedules=[schedule()])
    other_time = wanted(invocationsPerInstance=5, schedules=[schedule(schedule="cron(0 9 * * ? *)")])
    assert plain.policies_digest != other_target.policies_digest
    assert plain.schedules_digest == other_target.schedules_digest
    assert plain.schedules_digest != other_time.schedules_digest
    assert plain.policies_digest == other_time.policies_digest
