"""Autoscaling walked at random: edits, crashes, hands and time in any order, and what must hold after each.

Decided by decide_scaling alone, against Application Auto Scaling as the API reference describes it: no policy and no
action without a target, a deregistration takes them along, a scheduled action changes the bounds when it runs.
"""

from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from endpoint_operator.api.autoscaling import Autoscaling, Schedule
from endpoint_operator.api.scaling_status import ScalingStatus
from endpoint_operator.planning.async_wake_up import WAKE_UP_POLICY, alarm_name, watched
from endpoint_operator.planning.scaling.live import (
    NOT_REGISTERED,
    LivePolicy,
    LiveScaling,
    LiveSchedule,
    LiveTarget,
    LiveWakeUpAlarm,
)
from endpoint_operator.planning.scaling.memory import resources_to_look_at
from endpoint_operator.planning.scaling.plan import ScalingQuestion, decide_scaling, rows_as_seen
from endpoint_operator.planning.scaling.schedule import last_run
from endpoint_operator.planning.scaling.steps import (
    DeleteScalingPolicy,
    DeleteScheduledAction,
    DeleteWakeUpAlarm,
    DeregisterScalableTarget,
    PutScalingPolicy,
    PutScheduledAction,
    PutWakeUpAlarm,
    RegisterScalableTarget,
    ScalableResource,
    ScalingStep,
)
from endpoint_operator.planning.scaling.wanted import WantedScaling, scalable_resource, wanted_scaling

RESOURCE = scalable_resource(endpoint_name="ml-churn", variant="AllTraffic")
ALARM = alarm_name("ml-churn")
BY_HAND = LivePolicy(name="by-hand", kind="StepScaling", configuration={"AdjustmentType": "ChangeInCapacity"})
# More passes than a change needs: intent, calls, look.
MOST_PASSES = 6

Named = TypeVar("Named", LivePolicy, LiveSchedule)


class NotRegistered(Exception):
    """ObjectNotFoundException: there is no target to put something on."""


@dataclass
class ScalingInMemory:
    now: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    scaling: dict[ScalableResource, LiveScaling] = field(default_factory=dict)
    made: dict[tuple[ScalableResource, str], datetime] = field(default_factory=dict)
    alarms: dict[str, LiveWakeUpAlarm] = field(default_factory=dict)
    calls: list[ScalingStep] = field(default_factory=list)

    def of(self, resource: ScalableResource) -> LiveScaling:
        """An alarm is looked for where the policy that it fires is there."""
        live = self.scaling.get(resource, NOT_REGISTERED)
        sleeps = any(policy.name == WAKE_UP_POLICY for policy in live.policies)
        return replace(live, wake_up_alarm=self.alarms.get(ALARM) if sleeps else None)

    def call(self, step: ScalingStep) -> None:
        self.calls.append(step)
        if isinstance(step, RegisterScalableTarget):
            target = LiveTarget(minimum=step.minimum, maximum=step.maximum)
            self.scaling[step.resource] = replace(self.of(step.resource), target=target)
        elif isinstance(step, DeregisterScalableTarget):
            self.scaling.pop(step.resource, None)
        elif isinstance(step, DeleteWakeUpAlarm):
            self.alarms.pop(step.name, None)
        elif self.of(step.resource).target is None:
            raise NotRegistered(step)
        elif isinstance(step, PutWakeUpAlarm):
            (policy,) = [policy for policy in self.of(step.resource).policies if policy.name == step.policy]
            self.alarms[step.name] = LiveWakeUpAlarm(
                name=step.name, configuration=watched(step.request), actions=(policy.arn or "",)
            )
        else:
            self._change(step)

    def _change(self, step: ScalingStep) -> None:
        live = self.of(step.resource)
        match step:
            case PutScalingPolicy():
                # One that is there keeps its ARN; one that is made again has another.
                arn = next((item.arn for item in live.policies if item.name == step.name), f"arn:{len(self.calls)}")
                policy = LivePolicy(name=step.name, kind=step.kind, configuration=step.configuration, arn=arn)
                live = replace(live, policies=(*_without(live.policies, step.name), policy))
            case DeleteScalingPolicy():
                live = replace(live, policies=_without(live.policies, step.name))
            case PutScheduledAction():
                action = LiveSchedule(
                    name=step.name,
                    schedule=step.schedule,
                    timezone=step.timezone or "UTC",
                    minimum=step.minimum,
                    maximum=step.maximum,
                )
                live = replace(live, schedules=(*_without(live.schedules, step.name), action))
                self.made[step.resource, step.name] = self.now
            case DeleteScheduledAction():
                live = replace(live, schedules=_without(live.schedules, step.name))
        self.scaling[step.resource] = live

    def passes(self, elapsed: timedelta) -> None:
        """Time goes on, and the actions that are due run, each on its own clock."""
        before, self.now = self.now, self.now + elapsed
        for resource, live in self.scaling.items():
            runs = [(ran, item) for item in live.schedules if (ran := self._ran(resource, item, before)) is not None]
            if runs and live.target is not None:
                _, item = max(runs, key=lambda run: run[0])
                target = replace(live.target, minimum=item.minimum or 0, maximum=item.maximum or 0)
                self.scaling[resource] = replace(live, target=target)

    def _ran(self, resource: ScalableResource, item: LiveSchedule, before: datetime) -> datetime | None:
        schedule = Schedule(name="s", schedule=item.schedule, timezone=item.timezone, min_count=1, max_count=1)
        made = self.made.get((resource, item.name), before)
        ran = last_run(schedule, since=made, now=self.now)
        return ran if ran is not None and ran > before else None


def _without(items: tuple[Named, ...], name: str) -> tuple[Named, ...]:
    return tuple(item for item in items if item.name != name)


@dataclass
class Operator:
    """Passes over one endpoint. What is in `rows` survives a crash, what is in `remembered` does not."""

    aws: ScalingInMemory
    spec: dict[str, Any] | None
    rows: tuple[ScalingStatus, ...] = ()
    remembered: dict[ScalableResource, LiveScaling] = field(default_factory=dict)

    @property
    def wanted(self) -> tuple[WantedScaling, ...]:
        if self.spec is None:
            return ()
        spec = Autoscaling.model_validate(self.spec)
        return (
            wanted_scaling(
                spec, endpoint_name="ml-churn", variant="AllTraffic", instance_type="ml.m5.large", tags={"who": "us"}
            ),
        )

    def a_pass(self, *, dies_after: int | None = None) -> bool:
        """One pass; `dies_after` so many calls the process is killed. Answers whether there was anything to do."""
        for resource in resources_to_look_at(self.wanted, self.rows):
            self.remembered[resource] = self.aws.of(resource)
        question = ScalingQuestion(
            endpoint_name="ml-churn",
            wanted=self.wanted,
            rows=self.rows,
            known=self.remembered,
            spec_variants=frozenset({"AllTraffic"}),
            live_variants=frozenset({"AllTraffic"}),
            serves_wanted=True,
            update_follows=False,
            now=self.aws.now,
        )
        decision = decide_scaling(question)
        if decision is None:
            before, self.rows = self.rows, rows_as_seen(question)
            return self.rows != before
        for number, step in enumerate(decision.steps):
            if number == dies_after:
                return self.restarts()
            self.aws.call(step)
            self.remembered.pop(step.resource, None)
        if dies_after is not None:
            return self.restarts()
        self.rows = decision.rows
        return True

    def restarts(self) -> bool:
        """A new process lists everything first."""
        self.sweep()
        return True

    def sweep(self) -> None:
        self.remembered = {RESOURCE: self.aws.of(RESOURCE)}

    def settles(self) -> None:
        for _ in range(MOST_PASSES):
            if not self.a_pass():
                return
        raise AssertionError(f"never at rest: {self.aws.calls[-3:]}")


bounds = st.tuples(st.integers(min_value=0, max_value=4), st.integers(min_value=4, max_value=9))
metrics = st.sampled_from([{}, {"invocationsPerInstance": 500}, {"concurrentRequestsPerModel": 3}])
# No two of them ever run at the same moment, for AWS promises no order then.
expressions = st.sampled_from(
    ["cron(0 8 * * ? *)", "cron(5 19 ? * MON-FRI *)", "cron(10/30 * * * ? *)", "at(2026-11-24T06:01:00)"]
)
schedules = st.lists(
    st.builds(
        lambda expression, held: {"schedule": expression, "minCount": held[0] + 10, "maxCount": held[1] + 10},
        expressions,
        bounds,
    ),
    max_size=3,
    unique_by=lambda row: row["schedule"],
)
crashes = st.none() | st.integers(min_value=0, max_value=4)
hours = st.integers(min_value=1, max_value=50).map(lambda halves: timedelta(minutes=30 * halves + 7))


def spec_of(held: tuple[int, int], metric: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    named = [{"name": f"s{number}", "timezone": "Asia/Seoul", **row} for number, row in enumerate(rows)]
    return {"minCount": held[0], "maxCount": held[1], **metric, **({"schedules": named} if named else {})}


class Walk(RuleBasedStateMachine):
    """One autoscaled variant of an endpoint that is InService."""

    def __init__(self) -> None:
        super().__init__()
        self.aws = ScalingInMemory()
        self.operator = Operator(aws=self.aws, spec=None)
        self.by_hand = False

    @rule(held=bounds, metric=metrics, rows=schedules, crash=crashes)
    def an_edit(
        self, held: tuple[int, int], metric: dict[str, Any], rows: list[dict[str, Any]], crash: int | None
    ) -> None:
        old, self.operator.spec = self.operator.spec, spec_of(held, metric, rows)
        self.operator.a_pass()
        self.operator.a_pass(dies_after=crash)
        self._rests()
        if old is None or (old["minCount"], old["maxCount"]) != held:
            assert self.aws.of(RESOURCE).target == LiveTarget(minimum=held[0], maximum=held[1])

    @precondition(lambda self: self.operator.spec is not None)
    @rule(metric=metrics)
    def another_metric_moves_no_bounds(self, metric: dict[str, Any]) -> None:
        held = self.aws.of(RESOURCE).target
        spec = self.operator.spec or {}
        kept = {key: value for key, value in spec.items() if key in ("minCount", "maxCount", "schedules")}
        self.operator.spec = {**kept, **metric}
        self._rests()
        assert self.aws.of(RESOURCE).target == held

    @precondition(lambda self: self.operator.spec is not None)
    @rule()
    def no_more_autoscaling(self) -> None:
        self.operator.spec = None
        self._rests()
        assert (self.aws.of(RESOURCE), self.aws.alarms) == (NOT_REGISTERED, {})
        assert self.operator.rows == ()
        self.by_hand = False

    @rule(elapsed=hours)
    def time_goes_on_and_the_schedules_rule(self, elapsed: timedelta) -> None:
        self.aws.passes(elapsed)
        before = self.aws.of(RESOURCE), len(self.aws.calls)
        self.operator.sweep()
        self.operator.settles()
        assert (self.aws.of(RESOURCE), len(self.aws.calls)) == before

    @precondition(lambda self: self.operator.spec is not None)
    @rule(elapsed=hours)
    def deregistered_by_hand_for_a_while(self, elapsed: timedelta) -> None:
        """What comes back is what there would be had nobody touched it."""
        undisturbed = deepcopy(self.aws)
        undisturbed.passes(elapsed)
        self.aws.scaling.pop(RESOURCE)
        self.aws.passes(elapsed)
        self.operator.sweep()
        self._rests()
        self.by_hand = False
        assert self.aws.of(RESOURCE).target == undisturbed.of(RESOURCE).target

    @precondition(lambda self: self.operator.spec is not None)
    @rule()
    def a_policy_by_hand(self) -> None:
        live = self.aws.of(RESOURCE)
        others = _without(live.policies, BY_HAND.name)
        self.aws.scaling[RESOURCE] = replace(live, policies=(*others, BY_HAND))
        self.by_hand = True
        self.operator.sweep()
        self._rests()

    @precondition(lambda self: bool(self.aws.of(RESOURCE).policies))
    @rule()
    def ours_changed_by_hand(self) -> None:
        live = self.aws.of(RESOURCE)
        kept = [
            policy if policy == BY_HAND else replace(policy, configuration={"TargetValue": 1.0})
            for policy in live.policies
        ]
        self.aws.scaling[RESOURCE] = replace(live, policies=tuple(kept))
        self.operator.sweep()
        self._rests()

    @precondition(lambda self: bool(self.aws.alarms))
    @rule(change=st.sampled_from([None, {"Threshold": 9.0}, {"actions": ()}, {"actions": ("arn:somebodys",)}]))
    def the_alarm_changed_by_hand(self, change: dict[str, Any] | None) -> None:
        alarm = self.aws.alarms.pop(ALARM)
        if change is not None:
            actions = change.get("actions", alarm.actions)
            watching = {**alarm.configuration, **{key: change[key] for key in change if key != "actions"}}
            self.aws.alarms[ALARM] = replace(alarm, configuration=watching, actions=actions)
        self.operator.sweep()
        self._rests()

    @precondition(lambda self: bool(self.aws.of(RESOURCE).policies))
    @rule()
    def policies_deleted_by_hand(self) -> None:
        """Those that come back have other ARNs."""
        live = self.aws.of(RESOURCE)
        self.aws.scaling[RESOURCE] = replace(live, policies=())
        self.by_hand = False
        self.operator.sweep()
        self._rests()

    @invariant()
    def it_is_woken_exactly_where_it_sleeps(self) -> None:
        wanted = {item.alarm.name: item.alarm.configuration for item in self.operator.wanted if item.alarm is not None}
        assert {name: alarm.configuration for name, alarm in self.aws.alarms.items()} == wanted
        waking = [policy.arn for policy in self.aws.of(RESOURCE).policies if policy.name == WAKE_UP_POLICY]
        assert [action for alarm in self.aws.alarms.values() for action in alarm.actions] == waking

    @invariant()
    def aws_has_what_the_spec_asks_for(self) -> None:
        live = self.aws.of(RESOURCE)
        for item in self.operator.wanted:
            found = {policy.name: policy.configuration for policy in live.policies}
            found.pop(BY_HAND.name, None)
            assert found == {policy.name: policy.configuration for policy in item.policies}
            asked = {action.name for action in item.schedules}
            assert {action.name for action in live.schedules} <= asked
            assert live.target is not None
            if not item.schedules:
                assert (live.target.minimum, live.target.maximum) == (item.spec.min_count, item.spec.max_count)

    @invariant()
    def what_was_made_by_hand_is_left_alone(self) -> None:
        assert (BY_HAND in self.aws.of(RESOURCE).policies) is self.by_hand

    def _rests(self) -> None:
        """It comes to rest, and stays there through sweeps and restarts."""
        self.operator.settles()
        before = len(self.aws.calls), self.operator.rows
        self.operator.sweep()
        self.operator.settles()
        assert (len(self.aws.calls), self.operator.rows) == before


Walk.TestCase.settings = settings(
    max_examples=60, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_autoscaling_converges_and_then_is_silent = Walk.TestCase
