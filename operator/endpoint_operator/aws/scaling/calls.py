"""Application Auto Scaling: what it has for SageMaker variants, and the calls that change it.

What is registered for a variant of our endpoint is ours to set: the endpoint carries our tags (see
planning/scaling/wanted.py on why the target itself does not).
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.errors import is_denied
from endpoint_operator.aws.scaling.errors import SERVICE, is_no_such_scaling
from endpoint_operator.aws.wake_up_alarms import WakeUpAlarms
from endpoint_operator.planning.async_wake_up import WAKE_UP_POLICY
from endpoint_operator.planning.scaling.live import (
    NOT_REGISTERED,
    KnownScaling,
    LivePolicy,
    LiveScaling,
    LiveSchedule,
    LiveTarget,
)
from endpoint_operator.planning.scaling.steps import (
    DeleteScalingPolicy,
    DeleteScheduledAction,
    DeregisterScalableTarget,
    PutScalingPolicy,
    PutScheduledAction,
    RegisterScalableTarget,
    ScalableResource,
)
from endpoint_operator.planning.scaling.wanted import INSTANCES, PROVISIONED_CONCURRENCY

log = logging.getLogger(__name__)

_NAMESPACE: Final = "sagemaker"

# What is asked of Application Auto Scaling itself; a wake-up alarm is CloudWatch's.
ScalingCall = (
    RegisterScalableTarget
    | DeregisterScalableTarget
    | PutScalingPolicy
    | DeleteScalingPolicy
    | PutScheduledAction
    | DeleteScheduledAction
)

# A policy is answered with the member for its type alone.
_CONFIGURATIONS: Final = (
    "TargetTrackingScalingPolicyConfiguration",
    "StepScalingPolicyConfiguration",
    "PredictiveScalingPolicyConfiguration",
)


class ScalingApi:
    """The calls on scalable targets; each raises CallFailed. Pages are as long as the API allows: 50, policies 10."""

    def __init__(self, calls: Calls, *, alarms: WakeUpAlarms) -> None:
        self._calls = calls
        self._alarms = alarms

    async def of(self, resource: ScalableResource) -> LiveScaling:
        """What one variant has, in three calls, and in a fourth for one that sleeps."""
        dimension, resource_id = resource.dimension, resource.resource_id
        targets = await self._pages(
            "describe_scalable_targets", "ScalableTargets", ResourceIds=[resource_id], ScalableDimension=dimension
        )
        one = {"ResourceId": resource_id, "ScalableDimension": dimension}
        policies = await self._pages("describe_scaling_policies", "ScalingPolicies", **one)
        schedules = await self._pages("describe_scheduled_actions", "ScheduledActions", **one)
        found = await self._with_alarms(_together(targets, policies, schedules))
        return found.get(resource, NOT_REGISTERED)

    async def all(self) -> KnownScaling:
        """What every variant of the account and region has; those without a target are not in it."""
        found = _together(
            await self._pages("describe_scalable_targets", "ScalableTargets"),
            await self._pages("describe_scaling_policies", "ScalingPolicies"),
            await self._pages("describe_scheduled_actions", "ScheduledActions"),
        )
        try:
            return await self._with_alarms(found)
        except CallFailed as error:
            if not is_denied(error):
                raise
            # Who has no right to alarms sees everything else; what sleeps is told so when its alarm is put.
            log.warning("alarms that wake endpoints from zero could not be listed: %s", error)
            return found

    async def policy_arn(self, resource: ScalableResource, name: str) -> str | None:
        """The policy's ARN; None where it is not there, or not yet."""
        one = {"ResourceId": resource.resource_id, "ScalableDimension": resource.dimension}
        found = await self._pages("describe_scaling_policies", "ScalingPolicies", PolicyNames=[name], **one)
        return next((str(item["PolicyARN"]) for item in found), None)

    async def _with_alarms(self, found: dict[ScalableResource, LiveScaling]) -> dict[ScalableResource, LiveScaling]:
        """With the alarms of those that have the policy which an alarm fires."""
        sleepers = [
            resource
            for resource, live in found.items()
            if any(policy.name == WAKE_UP_POLICY for policy in live.policies)
        ]
        alarms = await self._alarms.of(sleepers)
        return {resource: replace(live, wake_up_alarm=alarms.get(resource)) for resource, live in found.items()}

    async def carry_out(self, step: ScalingCall) -> None:
        """Do one step; done twice it is the same as once, and what is to go may be gone already."""
        operation, parameters = request_of(step)
        try:
            await self._calls.call(SERVICE, operation, **parameters)
        except CallFailed as error:
            goes = isinstance(step, DeregisterScalableTarget | DeleteScalingPolicy | DeleteScheduledAction)
            if not (goes and is_no_such_scaling(error)):
                raise

    async def _pages(self, operation: str, member: str, **parameters: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        page: dict[str, Any] = {}
        while True:
            answer = await self._calls.call(SERVICE, operation, ServiceNamespace=_NAMESPACE, **parameters, **page)
            found += answer.get(member, ())
            if not answer.get("NextToken"):
                return found
            page = {"NextToken": answer["NextToken"]}


def request_of(step: ScalingCall) -> tuple[str, dict[str, Any]]:
    """The operation in boto3's spelling and its parameters."""
    common = {
        "ServiceNamespace": _NAMESPACE,
        "ResourceId": step.resource.resource_id,
        "ScalableDimension": step.resource.dimension,
    }
    match step:
        case RegisterScalableTarget():
            bounds = {"MinCapacity": step.minimum, "MaxCapacity": step.maximum}
            return "register_scalable_target", {**common, **bounds}
        case DeregisterScalableTarget():
            return "deregister_scalable_target", common
        case PutScalingPolicy():
            policy = {
                "PolicyName": step.name,
                "PolicyType": step.kind,
                f"{step.kind}PolicyConfiguration": step.configuration,
            }
            return "put_scaling_policy", {**common, **policy}
        case DeleteScalingPolicy():
            return "delete_scaling_policy", {**common, "PolicyName": step.name}
        case PutScheduledAction():
            return "put_scheduled_action", {**common, **_scheduled(step)}
        case DeleteScheduledAction():
            return "delete_scheduled_action", {**common, "ScheduledActionName": step.name}


def _scheduled(step: PutScheduledAction) -> dict[str, Any]:
    """Members that are left out keep their old value, all but start and end: the time zone is always said."""
    return {
        "ScheduledActionName": step.name,
        "Schedule": step.schedule,
        "Timezone": step.timezone or "UTC",
        "ScalableTargetAction": {"MinCapacity": step.minimum, "MaxCapacity": step.maximum},
    }


def _together(
    targets: list[dict[str, Any]], policies: list[dict[str, Any]], schedules: list[dict[str, Any]]
) -> dict[ScalableResource, LiveScaling]:
    policies_of, schedules_of = _by_resource(policies), _by_resource(schedules)
    return {
        resource: LiveScaling(
            target=_target(item),
            policies=tuple(_policy(policy) for policy in policies_of.get(resource, ())),
            schedules=tuple(_schedule(action) for action in schedules_of.get(resource, ())),
        )
        for resource, (item, *_) in _by_resource(targets).items()
    }


def _by_resource(items: list[dict[str, Any]]) -> dict[ScalableResource, list[dict[str, Any]]]:
    found: dict[ScalableResource, list[dict[str, Any]]] = {}
    for item in items:
        resource = _resource(item)
        if resource is not None:
            found.setdefault(resource, []).append(item)
    return found


def _resource(item: Mapping[str, Any]) -> ScalableResource | None:
    """The variant that an item is about; None where it is about something else, as an inference component."""
    dimension = item.get("ScalableDimension")
    if dimension not in (INSTANCES, PROVISIONED_CONCURRENCY):
        return None
    return ScalableResource(resource_id=item["ResourceId"], dimension=dimension)


def _target(item: Mapping[str, Any]) -> LiveTarget:
    suspended = item.get("SuspendedState") or {}
    return LiveTarget(
        minimum=item["MinCapacity"],
        maximum=item["MaxCapacity"],
        suspended=tuple(sorted(name for name, switched_off in suspended.items() if switched_off)),
    )


def _policy(item: Mapping[str, Any]) -> LivePolicy:
    configuration: Mapping[str, Any] = next((item[name] for name in _CONFIGURATIONS if item.get(name)), {})
    return LivePolicy(
        name=item["PolicyName"], kind=item["PolicyType"], configuration=configuration, arn=item["PolicyARN"]
    )


def _schedule(item: Mapping[str, Any]) -> LiveSchedule:
    action = item.get("ScalableTargetAction") or {}
    return LiveSchedule(
        name=item["ScheduledActionName"],
        schedule=item["Schedule"],
        timezone=item.get("Timezone"),
        minimum=action.get("MinCapacity"),
        maximum=action.get("MaxCapacity"),
        limited=bool(item.get("StartTime") or item.get("EndTime")),
    )
