"""What PutScalingPolicy refuses in a policy's configuration."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from sagemaker_simulator.wire.errors import NotModelled

from .records import INSTANCE_COUNT, PROVISIONED_CONCURRENCY
from .refusals import validation

TRACKING: Final = "TargetTrackingScaling"
STEP: Final = "StepScaling"
INVOCATIONS: Final = "SageMakerVariantInvocationsPerInstance"
CONCURRENCY: Final = "SageMakerVariantConcurrentRequestsPerModelHighResolution"
UTILIZATION: Final = "SageMakerVariantProvisionedConcurrencyUtilization"
_PREDEFINED: Final = {INSTANCE_COUNT: (INVOCATIONS, CONCURRENCY), PROVISIONED_CONCURRENCY: (UTILIZATION,)}
_CONFIGURATIONS: Final = {
    TRACKING: "TargetTrackingScalingPolicyConfiguration",
    STEP: "StepScalingPolicyConfiguration",
}
_NOT_MODELLED: Final = {
    "SageMakerInferenceComponentInvocationsPerCopy": "inference components",
    "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution": "inference components",
}
Parameters = Mapping[str, Any]


def configuration_member(policy_type: str) -> str:
    """Return the member that holds the configuration of a policy of that type."""
    return _CONFIGURATIONS[policy_type]


def checked_configuration(policy_type: str, parameters: Parameters) -> Parameters:
    """Return the configuration of the policy's type. Raises AwsError."""
    if policy_type not in _CONFIGURATIONS:
        raise NotModelled(f"{policy_type} policies are not modelled")
    for other, member in _CONFIGURATIONS.items():
        if (member in parameters) != (other == policy_type):
            raise validation(f"A {policy_type} policy needs {_CONFIGURATIONS[policy_type]} and nothing else.")
    configuration: Parameters = parameters[_CONFIGURATIONS[policy_type]]
    if policy_type == TRACKING:
        _check_tracking(configuration, parameters["ScalableDimension"])
        return configuration
    _check_step(configuration)
    return {"MetricAggregationType": "Average", **configuration}


def _check_tracking(configuration: Parameters, dimension: str) -> None:
    if not configuration["TargetValue"] > 0:
        raise validation("TargetValue must be greater than 0.")
    for member in ("ScaleOutCooldown", "ScaleInCooldown"):
        if configuration.get(member, 0) < 0:
            raise validation(f"{member} must be greater than or equal to 0.")
    predefined = configuration.get("PredefinedMetricSpecification")
    customized = configuration.get("CustomizedMetricSpecification")
    if (predefined is None) == (customized is None):
        raise validation("Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification is needed.")
    if predefined is not None:
        _check_predefined(predefined["PredefinedMetricType"], dimension)
    elif customized is not None:
        _check_customized(customized)


def _check_predefined(metric_type: str, dimension: str) -> None:
    if metric_type in _NOT_MODELLED:
        raise NotModelled(f"metrics of {_NOT_MODELLED[metric_type]} are not modelled ({metric_type})")
    if metric_type not in _PREDEFINED[dimension]:
        raise validation(f"{metric_type} is not a metric of {dimension}.")


def _check_customized(customized: Parameters) -> None:
    plain = {"MetricName", "Namespace", "Statistic"} & set(customized)
    if "Metrics" in customized and plain:
        raise validation(f"Metrics cannot be combined with {min(plain)}.")
    if "Metrics" not in customized and len(plain) < 3:
        raise validation("A customized metric needs MetricName, Namespace and Statistic, or Metrics.")


def _check_step(configuration: Parameters) -> None:
    if "AdjustmentType" not in configuration:
        raise validation("AdjustmentType must be specified for a step scaling policy.")
    steps: Sequence[Parameters] = configuration.get("StepAdjustments", [])
    if not steps:
        raise validation("At least one step adjustment must be specified.")
    if configuration["AdjustmentType"] == "ExactCapacity" and any(step["ScalingAdjustment"] < 0 for step in steps):
        raise validation("The scaling adjustment of ExactCapacity must not be negative.")
    ordered = sorted((_low(step), _high(step)) for step in steps)
    if any(low >= high for low, high in ordered):
        raise validation("The lower bound of a step must be below its upper bound.")
    if any(before[1] != after[0] for before, after in pairwise(ordered)):
        raise validation("The intervals of the steps must have neither gaps nor overlaps.")
    if ordered[0][0] < 0 and ordered[0][0] != -math.inf:
        raise validation("A negative lower bound needs a step whose lower bound is not given.")
    if ordered[-1][1] > 0 and ordered[-1][1] != math.inf:
        raise validation("A positive upper bound needs a step whose upper bound is not given.")


def _low(step: Parameters) -> float:
    return float(step.get("MetricIntervalLowerBound", -math.inf))


def _high(step: Parameters) -> float:
    return float(step.get("MetricIntervalUpperBound", math.inf))
