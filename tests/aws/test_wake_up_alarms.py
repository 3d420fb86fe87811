"""The alarm that wakes an asynchronous endpoint, over HTTP with boto3: put, read back, put right, removed; never a
stranger's."""

from typing import Any

import pytest

from endpoint_operator.api.autoscaling import Autoscaling
from endpoint_operator.api.scaling_status import ScalingAsked
from endpoint_operator.aws.alarms import AlarmApi
from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.fleet import Fleet
from endpoint_operator.aws.scaling.calls import ScalingApi
from endpoint_operator.aws.scaling.inventory import ScalingInventory
from endpoint_operator.aws.scaling.steps import ScalingSteps
from endpoint_operator.aws.scaling.troubles import ScalingTroubles
from endpoint_operator.aws.steps import Pass, StepRefused
from endpoint_operator.aws.wake_up_alarms import WakeUpAlarms
from endpoint_operator.planning.desired import ownership_tags
from endpoint_operator.planning.scaling.compare import steps_towards
from endpoint_operator.planning.scaling.live import NOT_REGISTERED, LiveScaling
from endpoint_operator.planning.scaling.steps import (
    DeleteWakeUpAlarm,
    DeregisterScalableTarget,
    PutWakeUpAlarm,
    RegisterScalableTarget,
    ScalingStep,
)
from endpoint_operator.planning.scaling.wanted import WantedScaling, scalable_resource, wanted_scaling
from tests.simulator.world import World
from tests.unit.given import INPUTS, NOW, an_object

RESOURCE = scalable_resource(endpoint_name="e1", variant="AllTraffic")
ALARM = "endpoint-operator-wake-up-e1"
ENDPOINT = an_object()
PASS = Pass(endpoint=ENDPOINT, inputs=INPUTS)
BEING_DELETED = Pass(endpoint=an_object(deleted=True), inputs=INPUTS)
DELETE = DeleteWakeUpAlarm(resource=RESOURCE, name=ALARM, because="a test")
DENIED = {"code": "AccessDenied", "message": "User: u is not authorized to perform: it", "status": 403}


@pytest.fixture
def world(empty_world: World) -> World:
    """With one endpoint in service."""
    empty_world.given_endpoint("e1")
    return empty_world


@pytest.fixture
def api(calls: Calls) -> ScalingApi:
    return ScalingApi(calls, alarms=WakeUpAlarms(AlarmApi(calls)))


@pytest.fixture
def steps(calls: Calls, api: ScalingApi) -> ScalingSteps:
    return steps_with(api, calls)


def steps_with(api: ScalingApi, calls: Calls, **members: Any) -> ScalingSteps:
    alarms, fleet = WakeUpAlarms(AlarmApi(calls)), Fleet(consistency_window=0.0)
    return ScalingSteps(api=api, alarms=alarms, inventory=ScalingInventory(api), fleet=fleet, **members)


def wanted(**fields: Any) -> WantedScaling:
    spec = Autoscaling.model_validate({"minCount": 0, "maxCount": 4, "backlogPerInstance": 5, **fields})
    tags = ownership_tags(ENDPOINT, INPUTS)
    return wanted_scaling(spec, endpoint_name="e1", variant="AllTraffic", instance_type="ml.m5.large", tags=tags)


def asked(item: WantedScaling, *, alarm: str | None = ALARM) -> ScalingAsked:
    return ScalingAsked(
        min_count=item.spec.min_count,
        max_count=item.spec.max_count,
        since=NOW.isoformat(),
        schedules_digest=item.schedules_digest,
        policies_digest=item.policies_digest,
        wake_up_alarm=alarm,
    )


def towards(item: WantedScaling, live: LiveScaling) -> tuple[ScalingStep, ...]:
    return steps_towards(item, live, asked(item), now=NOW)


async def do(steps: ScalingSteps, *wanted_steps: ScalingStep, current: Pass = PASS) -> None:
    for step in wanted_steps:
        await steps.doers()[type(step)](step, current)


def alarms(world: World) -> list[dict[str, Any]]:
    found = world.client("cloudwatch").describe_alarms(AlarmNamePrefix="endpoint-operator-")
    return list(found["MetricAlarms"])


def by_hand(world: World, **changes: Any) -> None:
    """Somebody puts an alarm of that name."""
    request = {**dict(getattr(wanted().alarm, "request", {})), **changes}
    world.client("cloudwatch").put_metric_alarm(**request)


async def test_what_was_put_reads_back_as_wanted_and_fires_its_policy(api: ScalingApi, steps: ScalingSteps) -> None:
    await do(steps, *towards(wanted(), NOT_REGISTERED))
    live = await api.of(RESOURCE)
    assert live.wake_up_alarm is not None
    assert towards(wanted(), live) == ()
    assert await api.all() == {RESOURCE: live}


async def test_it_carries_our_tags_from_its_first_moment(calls: Calls, steps: ScalingSteps) -> None:
    await do(steps, *towards(wanted(), NOT_REGISTERED))
    alarm = await AlarmApi(calls).find(ALARM)
    assert alarm is not None
    assert await AlarmApi(calls).tags(alarm) == ownership_tags(ENDPOINT, INPUTS)


async def test_every_step_may_be_done_twice_and_leaves_one_alarm_and_then_none(
    api: ScalingApi, steps: ScalingSteps, world: World
) -> None:
    to_make = towards(wanted(), NOT_REGISTERED)
    await do(steps, *to_make, *to_make)
    assert [alarm["AlarmName"] for alarm in alarms(world)] == [ALARM]
    deregister = DeregisterScalableTarget(resource=RESOURCE, because="a test")
    await do(steps, DELETE, deregister, DELETE, deregister)
    assert alarms(world) == []
    assert await api.of(RESOURCE) == NOT_REGISTERED


async def test_a_policy_that_was_made_again_is_fired_again(api: ScalingApi, steps: ScalingSteps, world: World) -> None:
    await do(steps, *towards(wanted(), NOT_REGISTERED))
    await do(steps, DeregisterScalableTarget(resource=RESOURCE, because="a test"))
    (before,) = alarms(world)
    await do(steps, *towards(wanted(), await api.of(RESOURCE)))
    (after,) = alarms(world)
    assert after["AlarmActions"] != before["AlarmActions"]
    assert towards(wanted(), await api.of(RESOURCE)) == ()


@pytest.mark.parametrize("changes", [{"Threshold": 9.0}, {"ActionsEnabled": False}, {"AlarmActions": []}])
async def test_what_somebody_did_to_it_is_seen_and_put_right(
    api: ScalingApi, steps: ScalingSteps, world: World, changes: dict[str, Any]
) -> None:
    await do(steps, *towards(wanted(), NOT_REGISTERED))
    (there,) = alarms(world)
    by_hand(world, **{"AlarmActions": there["AlarmActions"], **changes})
    again = towards(wanted(), await api.of(RESOURCE))
    assert [type(step) for step in again] == [PutWakeUpAlarm]
    await do(steps, *again)
    assert towards(wanted(), await api.of(RESOURCE)) == ()


async def test_an_alarm_of_that_name_that_somebody_else_made_is_neither_changed_nor_deleted(
    calls: Calls, api: ScalingApi, world: World
) -> None:
    by_hand(world, Tags=[{"Key": "owner", "Value": "somebody"}], Threshold=9.0)
    troubles = ScalingTroubles()
    steps = steps_with(api, calls, troubles=troubles)
    with pytest.raises(StepRefused) as refused:
        await do(steps, *towards(wanted(), NOT_REGISTERED))
    assert refused.value.fault.reason == "NameTaken"
    assert ALARM in refused.value.fault.message
    trouble = troubles.of(ENDPOINT)
    assert trouble is not None, "everything else goes on meanwhile"
    await do(steps, DELETE)
    (there,) = alarms(world)
    assert there["Threshold"] == 9.0


async def test_an_alarm_waits_for_a_policy_that_is_not_visible_yet(steps: ScalingSteps, world: World) -> None:
    await do(steps, RegisterScalableTarget(resource=RESOURCE, minimum=0, maximum=4, because="a test"))
    (put,) = [step for step in towards(wanted(), NOT_REGISTERED) if isinstance(step, PutWakeUpAlarm)]
    with pytest.raises(StepRefused) as refused:
        await do(steps, put)
    assert refused.value.fault.reason == "NotVisibleYet"
    assert alarms(world) == []


async def test_a_deletion_ends_without_the_right_to_look_at_alarms(steps: ScalingSteps, world: World) -> None:
    await do(steps, *towards(wanted(), NOT_REGISTERED))
    world.fault(match={"service": "cloudwatch", "operation": "DescribeAlarms"}, error=DENIED)
    with pytest.raises(CallFailed):
        await do(steps, DELETE)
    await do(steps, DELETE, current=BEING_DELETED)


async def test_without_the_right_to_alarms_the_list_shows_everything_else(
    api: ScalingApi, steps: ScalingSteps, world: World
) -> None:
    await do(steps, *towards(wanted(), NOT_REGISTERED))
    world.fault(match={"service": "cloudwatch", "operation": "DescribeAlarms"}, error=DENIED)
    found = await api.all()
    assert found[RESOURCE].target is not None
    assert [type(step) for step in towards(wanted(), found[RESOURCE])] == [PutWakeUpAlarm]
    with pytest.raises(CallFailed):
        await api.of(RESOURCE)


async def test_cloudwatch_is_asked_for_nothing_where_nothing_sleeps(
    api: ScalingApi, steps: ScalingSteps, world: World
) -> None:
    item = wanted(minCount=1)
    await do(steps, *steps_towards(item, NOT_REGISTERED, asked(item, alarm=None), now=NOW))
    await api.of(RESOURCE)
    await api.all()
    assert [row for row in world.calls() if row["service"] == "cloudwatch"] == []
