"""What Application Auto Scaling and CloudWatch must hold of an endpoint, and nothing beside."""

from collections.abc import Iterator
from typing import Any

from tests.chaos.kill.estate import WAKE_UP_ALARM, Estate
from tests.chaos.kill.scalings import Scaling
from tests.chaos.kill.versions import ONLY_VARIANT, Version

# What wakes an endpoint: a policy that adds one instance.
_WAKES = ("one instance more", 1)


def scaling_complaints(estate: Estate, latest: Version, *, endpoint: str) -> Iterator[str]:
    """Targets, policies, schedules, and alarms: of a rollout that is over none, of a policy those that call it."""
    resource = f"endpoint/{endpoint}/variant/{ONLY_VARIANT}"
    scaling = None if latest.stopped else latest.scaling
    bounds = [(each["ResourceId"], *_told_bounds(each)) for each in estate.targets.values()]
    if bounds != ([(resource, scaling.dimension, scaling.minimum, scaling.maximum)] if scaling else []):
        yield f"scalable targets are {bounds}, not of {scaling}"
    policies = sorted((each["ResourceId"], *_told_policy(each)) for each in estate.policies.values())
    if policies != sorted((resource, *each) for each in _wanted_policies(scaling)):
        yield f"scaling policies are {policies}, not of {scaling}"
    schedules = [_told_schedule(each) for each in estate.schedules.values()]
    if schedules != ([(resource, scaling.schedule, scaling.at, 1, scaling.maximum)] if scaling else []):
        yield f"scheduled actions are {schedules}, not of {scaling}"
    yield from _alarms(estate, scaling, endpoint=endpoint)


def _wanted_policies(scaling: Scaling | None) -> Iterator[tuple[str, float]]:
    if scaling is not None:
        yield scaling.metric, scaling.target
        if scaling.minimum == 0:
            yield _WAKES


def _alarms(estate: Estate, scaling: Scaling | None, *, endpoint: str) -> Iterator[str]:
    """Those that call policies; by what they call, CloudWatch itself tells them."""
    called = {alarm["AlarmName"] for policy in estate.policies.values() for alarm in policy["Alarms"]}
    if set(estate.alarms) != called:
        yield f"alarms are {sorted(estate.alarms)}, not {sorted(called)}"
    wakes = [alarm["AlarmName"] for each in _steps(estate) for alarm in each["Alarms"]]
    if wakes != ([f"{WAKE_UP_ALARM}{endpoint}"] if scaling is not None and scaling.minimum == 0 else []):
        yield f"what wakes it is {wakes}"
    for name in wakes:
        metric = estate.alarms.get(name, {}).get("MetricName")
        if metric != "HasBacklogWithoutCapacity":
            yield f"{name} watches {metric}"


def _steps(estate: Estate) -> list[dict[str, Any]]:
    return [each for each in estate.policies.values() if each["PolicyType"] == "StepScaling"]


def _told_bounds(target: dict[str, Any]) -> tuple[str, int, int]:
    return target["ScalableDimension"], target["MinCapacity"], target["MaxCapacity"]


def _told_policy(policy: dict[str, Any]) -> tuple[str, float]:
    """The metric and its target; of a step policy what it does."""
    if policy["PolicyType"] == "StepScaling":
        steps = policy["StepScalingPolicyConfiguration"]["StepAdjustments"]
        return _WAKES[0], sum(step["ScalingAdjustment"] for step in steps)
    configuration = policy["TargetTrackingScalingPolicyConfiguration"]
    predefined, customized = "PredefinedMetricSpecification", "CustomizedMetricSpecification"
    if customized in configuration:
        return configuration[customized]["MetricName"], configuration["TargetValue"]
    return configuration[predefined]["PredefinedMetricType"], configuration["TargetValue"]


def _told_schedule(action: dict[str, Any]) -> tuple[str, str, str, int, int]:
    bounds = action["ScalableTargetAction"]
    name = action["ScheduledActionName"].rpartition("-")[2]
    return action["ResourceId"], name, action["Schedule"], bounds["MinCapacity"], bounds["MaxCapacity"]
