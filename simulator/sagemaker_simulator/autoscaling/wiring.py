"""Application Auto Scaling as one thing: its operations, and what other services ask of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from sagemaker_simulator.clock import Clock
from sagemaker_simulator.cloudwatch.wiring import CloudWatch
from sagemaker_simulator.wire.modelled import Operation
from sagemaker_simulator.wire.request import Caller

from . import activities, scheduled_actions, targets
from .capacity import Capacity
from .holdings import Holdings
from .limits import Limits
from .policies import Policies
from .policy_action import ScalingPolicyAction
from .records import Holding
from .scaler import Scaler
from .schedule_clock import ScheduleClock
from .target_tags import TargetTags


class Autoscaling:
    """Application Auto Scaling of every account and region."""

    def __init__(self, clock: Clock, *, cloudwatch: CloudWatch, capacity: Capacity) -> None:
        self.holdings = Holdings(clock)
        self._scaler = Scaler(self.holdings, capacity=capacity)
        self._limits = Limits(self.holdings, scaler=self._scaler)
        self._schedule_clock = ScheduleClock(self.holdings, limits=self._limits, scaler=self._scaler)
        self._policies = Policies(self.holdings, alarms=cloudwatch.alarms, books=cloudwatch.books)
        self._targets = targets.Targets(
            self.holdings,
            capacity=capacity,
            limits=self._limits,
            policies=self._policies,
            schedule_clock=self._schedule_clock,
        )
        cloudwatch.actions.register(ScalingPolicyAction(self.holdings, scaler=self._scaler, books=cloudwatch.books))
        self.operations = self._operations()

    def is_scalable_target(self, *, account: str, region: str, endpoint: str, variant: str) -> bool:
        """Tell whether the variant's instance count is registered as a scalable target."""
        return self._targets.is_scalable_target(account=account, region=region, endpoint=endpoint, variant=variant)

    def deregister_all(self, *, account: str, region: str, endpoint: str) -> None:
        """Remove every target of an endpoint that is being deleted, with policies and scheduled actions."""
        self._targets.deregister_all(account=account, region=region, endpoint=endpoint)

    def tagged(self, caller: Caller) -> Iterable[tuple[str, Mapping[str, str]]]:
        """Return the ARNs of the caller's scalable targets with their tags."""
        return self.holdings.of(caller).tags.items()

    def shown(self) -> dict[str, Any]:
        """Return everything there is by ACCOUNT/REGION, for the control API."""
        return {
            f"{holding.account}/{holding.region}": self._shown(holding)
            for holding in self.holdings.all()
            if holding.targets or holding.activities
        }

    def clear(self) -> None:
        self._limits.clear()
        self._schedule_clock.clear()
        self.holdings.clear()

    def _shown(self, holding: Holding) -> dict[str, Any]:
        for key in list(holding.activities):
            self._scaler.look(holding, key)
        done = [activity for each in holding.activities.values() for activity in reversed(each)]
        return {
            "scalableTargets": [targets.describe(target) for _, target in sorted(holding.targets.items())],
            "scalingPolicies": [
                self._policies.describe(holding, policy) for _, policy in sorted(holding.policies.items())
            ],
            "scheduledActions": [
                scheduled_actions.describe(schedule) for _, schedule in sorted(holding.schedules.items())
            ],
            "scalingActivities": [activities.describe(activity) for activity in done],
            "tags": {arn: dict(tags) for arn, tags in holding.tags.items()},
        }

    def _operations(self) -> Mapping[str, Operation]:
        schedules = scheduled_actions.ScheduledActions(self.holdings, schedule_clock=self._schedule_clock)
        done = activities.Activities(self.holdings, scaler=self._scaler)
        tags = TargetTags(self.holdings)
        return {
            "RegisterScalableTarget": self._targets.register_scalable_target,
            "DeregisterScalableTarget": self._targets.deregister_scalable_target,
            "DescribeScalableTargets": self._targets.describe_scalable_targets,
            "PutScalingPolicy": self._policies.put_scaling_policy,
            "DeleteScalingPolicy": self._policies.delete_scaling_policy,
            "DescribeScalingPolicies": self._policies.describe_scaling_policies,
            "PutScheduledAction": schedules.put_scheduled_action,
            "DeleteScheduledAction": schedules.delete_scheduled_action,
            "DescribeScheduledActions": schedules.describe_scheduled_actions,
            "DescribeScalingActivities": done.describe_scaling_activities,
            "TagResource": tags.tag_resource,
            "UntagResource": tags.untag_resource,
            "ListTagsForResource": tags.list_tags_for_resource,
        }
