"""Alarms that call scaling policies: what is decided when one is in ALARM, every minute for as long as it is."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sagemaker_simulator.cloudwatch.alarm_actions import AlarmCall
from sagemaker_simulator.cloudwatch.alarm_record import Alarm, State
from sagemaker_simulator.cloudwatch.alarm_values import looked_at
from sagemaker_simulator.cloudwatch.books import Books

from .arithmetic import aggregated, stepped, tracked
from .capacity import Count
from .cooldowns import base_of_growth, may_shrink
from .holdings import Holdings
from .policy_checks import TRACKING
from .records import Activity, Holding, Policy, Target
from .scaler import Scaler

_COOLDOWN_SECONDS: Final = 300  # default for SageMaker's variants (StepScalingPolicyConfiguration, Cooldown)


@dataclass(frozen=True)
class Asked:
    """A policy that was called, on a target whose endpoint is at rest; `values` are the alarm's, oldest first."""

    holding: Holding
    policy: Policy
    target: Target
    count: Count
    alarm: Alarm
    values: list[float]

    @property
    def activities(self) -> list[Activity]:
        return self.holding.activities.get(self.policy.key, [])


class ScalingPolicyAction:
    """Alarm actions whose ARN is a scaling policy's."""

    repeats = True

    def __init__(self, holdings: Holdings, *, scaler: Scaler, books: Books) -> None:
        self._holdings = holdings
        self._scaler = scaler
        self._books = books

    def takes(self, action: str) -> bool:
        return ":autoscaling:" in action and ":scalingPolicy:" in action

    def carry_out(self, call: AlarmCall) -> None:
        asked = self._asked(call)
        if asked is None:
            return
        wanted = self._tracked(asked) if asked.policy.type == TRACKING else self._stepped(asked)
        if wanted is None:
            return
        after = min(max(wanted, asked.target.minimum), asked.target.maximum)
        if after == asked.count.desired or _suspended(asked, grows=after > asked.count.desired):
            return
        self._scaler.begin(
            asked.holding,
            asked.policy.key,
            before=asked.count.desired,
            after=after,
            cause=f"monitor alarm {call.alarm.name} in state {call.alarm.state} triggered policy {asked.policy.name}",
            policy=asked.policy.name,
        )

    def _asked(self, call: AlarmCall) -> Asked | None:
        """Return what is to be decided, None when there is nothing: no such policy, endpoint not at rest, no data."""
        holding = self._holdings.at(account=call.account, region=call.region)
        policy = next((each for each in holding.policies.values() if each.arn == call.action), None)
        if policy is None:
            return None
        count = self._scaler.look(holding, policy.key)
        values = [value for _, value in call.looked.newest(call.alarm.periods)]
        if count is None or not count.at_rest or not values:
            return None
        return Asked(holding, policy, holding.targets[policy.key], count, call.alarm, values)

    def _tracked(self, asked: Asked) -> int | None:
        configuration, now = asked.policy.configuration, self._holdings.clock.now()
        target, desired = float(configuration["TargetValue"]), asked.count.desired
        if asked.alarm.name == asked.policy.alarms[0]:
            cooldown = timedelta(seconds=configuration.get("ScaleOutCooldown", _COOLDOWN_SECONDS))
            base = base_of_growth(asked.activities, asked.policy.name, now=now, cooldown=cooldown, current=desired)
            wanted = tracked(base=base, value=asked.values[-1], target=target)
            return wanted if wanted > desired else None
        cooldown = timedelta(seconds=configuration.get("ScaleInCooldown", _COOLDOWN_SECONDS))
        if not may_shrink(asked.activities, asked.policy.name, now=now, cooldown=cooldown):
            return None
        return self._shrunk(asked)

    def _shrunk(self, asked: Asked) -> int | None:
        """Return the most that any of the target's policies asks for, None unless all of them would scale in.

        Application Auto Scaling User Guide, "Target tracking scaling policies": it scales in only if all target
        tracking policies whose scale-in is enabled are ready to.
        """
        proposals = []
        book = self._books.at(account=asked.holding.account, region=asked.holding.region)
        for (key, _), policy in asked.holding.policies.items():
            if key != asked.policy.key or policy.type != TRACKING or policy.configuration.get("DisableScaleIn", False):
                continue
            alarm = book.alarms.get(policy.alarms[1])
            if alarm is None or alarm.state is not State.ALARM:
                return None
            looked = looked_at(alarm, book, now=self._books.clock.seconds())
            values = [value for _, value in looked.newest(alarm.periods)]
            if not values:
                return None
            target = float(policy.configuration["TargetValue"])
            proposals.append(tracked(base=asked.count.desired, value=max(values), target=target))
        return max(proposals) if proposals and max(proposals) < asked.count.desired else None

    def _stepped(self, asked: Asked) -> int | None:
        configuration, now = asked.policy.configuration, self._holdings.clock.now()
        value = aggregated(asked.values, configuration["MetricAggregationType"])
        delta = value - float(asked.alarm.definition["Threshold"])
        cooldown = timedelta(seconds=configuration.get("Cooldown", _COOLDOWN_SECONDS))
        desired, activities = asked.count.desired, asked.activities
        wanted = stepped(configuration, base=desired, delta=delta)
        if wanted is None or wanted == desired:
            return None
        if wanted < desired:
            return wanted if may_shrink(activities, asked.policy.name, now=now, cooldown=cooldown) else None
        base = base_of_growth(activities, asked.policy.name, now=now, cooldown=cooldown, current=desired)
        wanted = stepped(configuration, base=base, delta=delta)
        return wanted if wanted is not None and wanted > desired else None


def _suspended(asked: Asked, *, grows: bool) -> bool:
    member = "DynamicScalingOutSuspended" if grows else "DynamicScalingInSuspended"
    return bool(asked.target.suspended.get(member, False))
