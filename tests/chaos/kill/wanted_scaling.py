"""What Application Auto Scaling and CloudWatch must hold of an endpoint, and nothing beside."""

from collections.abc import Iterator
from typing import Any

from tests.chaos.kill.estate import Estate
from tests.chaos.kill.versions import ONLY_VARIANT, Version


def scaling_complaints(estate: Estate, latest: Version, *, endpoint: str) -> Iterator[str]:
    """Targets, policies, schedules, and alarms: of a rollout that is over none, of a policy those that call it."""
    resource, scaling = f"endpoint/{endpoint}/variant/{ONLY_VARIANT}", latest.scaling
    bounds = {name: (each["MinCapacity"], each["MaxCapacity"]) for name, each in estate.targets.items()}
    if bounds != ({resource: (scaling.minimum, scaling.maximum)} if scaling else {}):
        yield f"scalable targets are {bounds}, not of {scaling}"
    policies = [_told_policy(each) for each in estate.policies.values()]
    if policies != ([(resource, scaling.metric, scaling.target)] if scaling else []):
        yield f"scaling policies are {policies}, not of {scaling}"
    schedules = [_told_schedule(each) for each in estate.schedules.values()]
    if schedules != ([(resource, scaling.schedule, scaling.at, 1, scaling.maximum)] if scaling else []):
        yield f"scheduled actions are {schedules}, not of {scaling}"
    of_policies = {alarm["AlarmName"] for policy in estate.policies.values() for alarm in policy["Alarms"]}
    if set(estate.alarms) != of_policies:
        yield f"alarms are {sorted(estate.alarms)}, not {sorted(of_policies)}"


def _told_policy(policy: dict[str, Any]) -> tuple[str, str, float]:
    configuration = policy["TargetTrackingScalingPolicyConfiguration"]
    metric = configuration["PredefinedMetricSpecification"]["PredefinedMetricType"]
    return policy["ResourceId"], metric, configuration["TargetValue"]


def _told_schedule(action: dict[str, Any]) -> tuple[str, str, str, int, int]:
    bounds = action["ScalableTargetAction"]
    name = action["ScheduledActionName"].rpartition("-")[2]
    return action["ResourceId"], name, action["Schedule"], bounds["MinCapacity"], bounds["MaxCapacity"]
