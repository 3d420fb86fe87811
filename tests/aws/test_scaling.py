"""The calls on Application Auto Scaling, over HTTP with boto3: what was put reads back as what was wanted."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from endpoint_operator.api.autoscaling import Autoscaling
from endpoint_operator.api.scaling_status import ScalingAsked
from endpoint_operator.aws.alarms import AlarmApi
from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.endpoints import EndpointApi
from endpoint_operator.aws.error_faults import fault_of
from endpoint_operator.aws.fleet import Fleet, Word
from endpoint_operator.aws.scaling.calls import ScalingApi, ScalingCall
from endpoint_operator.aws.scaling.inventory import ScalingInventory
from endpoint_operator.aws.scaling.steps import ScalingSteps
from endpoint_operator.aws.steps import Pass
from endpoint_operator.aws.wake_up_alarms import WakeUpAlarms
from endpoint_operator.planning.scaling.compare import steps_towards
from endpoint_operator.planning.scaling.live import NOT_REGISTERED, LiveScaling, LiveTarget
from endpoint_operator.planning.scaling.steps import (
    SCALING_STEPS,
    DeleteScalingPolicy,
    DeleteScheduledAction,
    DeleteWakeUpAlarm,
    DeregisterScalableTarget,
    PutScalingPolicy,
    PutWakeUpAlarm,
    RegisterScalableTarget,
)
from endpoint_operator.planning.scaling.wanted import WantedScaling, scalable_resource, wanted_scaling
from tests.simulator.world import World
from tests.unit.given import INPUTS, NOW, an_object

RESOURCE = scalable_resource(endpoint_name="e1", variant="AllTraffic")
REGISTER = RegisterScalableTarget(resource=RESOURCE, minimum=1, maximum=4, because="a test")
# Another variant, changed while a list is under way.
OTHER = scalable_resource(endpoint_name="e2", variant="AllTraffic")
PASS = Pass(endpoint=an_object(), inputs=INPUTS)
DEREGISTER = DeregisterScalableTarget(resource=RESOURCE, because="a test")
CUSTOM = {"namespace": "/aws/sagemaker/Endpoints", "metricName": "GPUUtilization", "unit": "Percent", "target": 70}
NIGHT = {"name": "night", "schedule": "cron(0 20 ? * MON-FRI *)", "minCount": 1, "maxCount": 2}
IN_SEOUL = {**NIGHT, "name": "in Seoul", "timezone": "Asia/Seoul"}
ONCE = {**NIGHT, "name": "once", "schedule": "at(2199-01-01T00:00:00)"}


@pytest.fixture
def world(empty_world: World) -> World:
    """With one endpoint in service."""
    empty_world.given_endpoint("e1")
    return empty_world


@pytest.fixture
def alarms(calls: Calls) -> WakeUpAlarms:
    return WakeUpAlarms(AlarmApi(calls))


@pytest.fixture
def api(calls: Calls, alarms: WakeUpAlarms) -> ScalingApi:
    return ScalingApi(calls, alarms=alarms)


def steps_with(
    api: ScalingApi, alarms: WakeUpAlarms, inventory: ScalingInventory, *, fleet: Fleet | None = None
) -> ScalingSteps:
    fleet = fleet or Fleet(consistency_window=0.0)
    return ScalingSteps(api=api, alarms=alarms, inventory=inventory, fleet=fleet)


def wanted(**fields: Any) -> WantedScaling:
    spec = Autoscaling.model_validate({"minCount": 1, "maxCount": 4, **fields})
    return wanted_scaling(spec, endpoint_name="e1", variant="AllTraffic", instance_type="ml.m5.large", tags={})


def asked(item: WantedScaling) -> ScalingAsked:
    return ScalingAsked(
        min_count=item.spec.min_count,
        max_count=item.spec.max_count,
        since=NOW.isoformat(),
        schedules_digest=item.schedules_digest,
        policies_digest=item.policies_digest,
    )


def towards(item: WantedScaling, live: LiveScaling) -> list[ScalingCall]:
    """Less the alarms of what sleeps: see test_wake_up_alarms.py."""
    steps = steps_towards(item, live, asked(item), now=NOW)
    return [step for step in steps if not isinstance(step, PutWakeUpAlarm | DeleteWakeUpAlarm)]


async def put(api: ScalingApi, item: WantedScaling) -> None:
    for step in towards(item, await api.of(RESOURCE)):
        await api.carry_out(step)


@pytest.mark.parametrize(
    "fields",
    [
        {"invocationsPerInstance": 500},
        {"concurrentRequestsPerModel": 2, "disableScaleIn": True, "scaleInCooldownSeconds": 0},
        {"customMetric": CUSTOM},
        {"schedules": [NIGHT, IN_SEOUL, ONCE]},
    ],
)
async def test_what_was_put_reads_back_as_wanted(api: ScalingApi, fields: dict[str, Any]) -> None:
    item = wanted(**fields)
    assert await api.of(RESOURCE) == NOT_REGISTERED
    await put(api, item)
    live = await api.of(RESOURCE)
    assert live.target == LiveTarget(minimum=1, maximum=4)
    assert steps_towards(item, live, asked(item), now=NOW) == ()
    assert await api.all() == {RESOURCE: live}


async def test_an_edit_leaves_nothing_of_the_old(api: ScalingApi) -> None:
    await put(api, wanted(invocationsPerInstance=500, schedules=[NIGHT]))
    edited = wanted(concurrentRequestsPerModel=2, schedules=[ONCE])
    await put(api, edited)
    live = await api.of(RESOURCE)
    assert [policy.name for policy in live.policies] == ["endpoint-operator-concurrent-requests-per-model"]
    assert [action.name for action in live.schedules] == ["endpoint-operator-once"]


async def test_every_step_may_be_done_twice(api: ScalingApi) -> None:
    item = wanted(invocationsPerInstance=500, schedules=[NIGHT])
    steps = towards(item, NOT_REGISTERED)
    for step in (*steps, *steps):
        await api.carry_out(step)
    live = await api.of(RESOURCE)
    assert (len(live.policies), len(live.schedules)) == (1, 1)
    for policy in live.policies:
        for _ in range(2):
            await api.carry_out(DeleteScalingPolicy(resource=RESOURCE, name=policy.name, because="a test"))
    for action in live.schedules:
        for _ in range(2):
            await api.carry_out(DeleteScheduledAction(resource=RESOURCE, name=action.name, because="a test"))
    for _ in range(2):
        await api.carry_out(DEREGISTER)
    assert await api.of(RESOURCE) == NOT_REGISTERED


async def test_a_policy_without_its_target_is_tried_again_and_not_blamed_on_anybody(api: ScalingApi) -> None:
    (policy,) = wanted(invocationsPerInstance=500).policies
    step = PutScalingPolicy(resource=RESOURCE, name=policy.name, configuration=policy.configuration, because="a test")
    with pytest.raises(CallFailed) as failed:
        await api.carry_out(step)
    assert fault_of(failed.value).reason == "NotVisibleYet"


async def test_lists_longer_than_a_page_are_read_to_the_end(api: ScalingApi, world: World) -> None:
    await api.carry_out(REGISTER)
    client = world.client("application-autoscaling")
    common = {"ServiceNamespace": "sagemaker", "ResourceId": RESOURCE.resource_id}
    common["ScalableDimension"] = RESOURCE.dimension
    step = {
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
    }
    for number in range(12):
        client.put_scaling_policy(
            **common, PolicyName=f"p{number}", PolicyType="StepScaling", StepScalingPolicyConfiguration=step
        )
    for number in range(53):
        client.put_scheduled_action(
            **common, ScheduledActionName=f"s{number}", Schedule="rate(9 days)", ScalableTargetAction={"MinCapacity": 1}
        )
    client.close()
    for live in (await api.of(RESOURCE), (await api.all())[RESOURCE]):
        assert len({policy.name for policy in live.policies}) == 12
        assert len({action.name for action in live.schedules}) == 53
        assert {policy.kind for policy in live.policies} == {"StepScaling"}


async def test_what_somebody_suspended_is_seen(api: ScalingApi, world: World) -> None:
    client = world.client("application-autoscaling")
    client.register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=RESOURCE.resource_id,
        ScalableDimension=RESOURCE.dimension,
        MinCapacity=1,
        MaxCapacity=4,
        SuspendedState={"DynamicScalingInSuspended": True},
    )
    client.close()
    await api.carry_out(REGISTER)  # an update that does not resume it
    live = await api.of(RESOURCE)
    assert live.target is not None
    assert live.target.suspended == ("DynamicScalingInSuspended",)


def scaling_calls(world: World, *, since: int) -> list[str]:
    rows = world.calls(since=since)
    return [row["operation"] for row in rows if row["service"] == "application-autoscaling"]


def last_call(world: World) -> int:
    return max(int(row["n"]) for row in world.calls())


async def test_at_rest_three_lists_serve_every_endpoint(api: ScalingApi, world: World) -> None:
    await api.carry_out(REGISTER)
    before = last_call(world)
    inventory = ScalingInventory(api)
    woken: list[set[str]] = []
    first = asyncio.Event()

    def wake(names: Any) -> None:
        woken.append(set(names))
        first.set()

    running = asyncio.create_task(inventory.run(period=3600, wake=wake, known=lambda: {"ml/churn"}))
    await asyncio.wait_for(first.wait(), 20)
    running.cancel()
    found = await inventory.known([RESOURCE, OTHER])
    assert found[RESOURCE].target == LiveTarget(minimum=1, maximum=4)
    assert found[OTHER] == NOT_REGISTERED
    assert woken == [{"ml/churn"}]
    assert scaling_calls(world, since=before) == [
        "DescribeScalableTargets",
        "DescribeScalingPolicies",
        "DescribeScheduledActions",
    ]


async def test_what_was_never_listed_is_not_taken_for_absent(api: ScalingApi) -> None:
    assert await ScalingInventory(api).known([RESOURCE]) == {}


async def test_after_a_change_the_next_pass_looks_again_and_only_once(
    api: ScalingApi, alarms: WakeUpAlarms, world: World
) -> None:
    inventory = ScalingInventory(api)
    await inventory.take_stock()
    assert await inventory.known([RESOURCE]) == {RESOURCE: NOT_REGISTERED}
    steps = steps_with(api, alarms, inventory).doers()
    await steps[RegisterScalableTarget](REGISTER, PASS)
    before = last_call(world)
    for _ in range(2):
        looked = await inventory.known([RESOURCE])
        assert looked[RESOURCE].target == LiveTarget(minimum=1, maximum=4)
    assert len(scaling_calls(world, since=before)) == 3


async def test_a_step_that_failed_may_have_been_done_all_the_same(
    api: ScalingApi, alarms: WakeUpAlarms, world: World
) -> None:
    inventory = ScalingInventory(api)
    await inventory.take_stock()
    match = {"service": "application-autoscaling", "operation": "RegisterScalableTarget"}
    world.fault(match=match, dropAnswer=True, times=1)
    world.fault(match=match, error={"code": "ThrottlingException", "message": "Rate exceeded", "status": 400})
    steps = steps_with(api, alarms, inventory).doers()
    with pytest.raises(CallFailed):
        await steps[RegisterScalableTarget](REGISTER, PASS)
    looked = await inventory.known([RESOURCE])
    assert looked[RESOURCE].target == LiveTarget(minimum=1, maximum=4)


async def test_an_endpoint_that_scaled_until_now_is_looked_at_and_one_that_scales_on_is_not(
    api: ScalingApi, calls: Calls, alarms: WakeUpAlarms
) -> None:
    fleet = Fleet(consistency_window=0.0)
    fleet.looked("e1", await EndpointApi(calls).describe("e1"), began=0.0)
    steps = steps_with(api, alarms, ScalingInventory(api), fleet=fleet).doers()
    await steps[RegisterScalableTarget](REGISTER, PASS)
    assert fleet.word("e1") is not Word.UNKNOWN
    await steps[DeregisterScalableTarget](DEREGISTER, PASS)
    assert fleet.word("e1") is Word.UNKNOWN


def test_there_is_somebody_for_every_step(api: ScalingApi, alarms: WakeUpAlarms) -> None:
    assert set(steps_with(api, alarms, ScalingInventory(api)).doers()) == set(SCALING_STEPS)


async def test_a_list_that_was_under_way_does_not_hide_a_change(api: ScalingApi, world: World) -> None:
    await api.carry_out(REGISTER)
    inventory = ScalingInventory(api)
    match = {"service": "application-autoscaling", "operation": "DescribeScheduledActions"}
    fault = world.fault(match=match, times=1, hold=True)
    listing = asyncio.create_task(inventory.take_stock())
    await asyncio.to_thread(world.until_held, fault, "the list under way, with the old bounds in it")
    inventory.changed(RESOURCE)
    await api.carry_out(replace(REGISTER, minimum=2))
    seen = await inventory.known([RESOURCE])
    inventory.changed(OTHER)
    world.do("DELETE", f"/faults/{fault}")
    await listing
    assert seen[RESOURCE].target == LiveTarget(minimum=2, maximum=4)
    assert await inventory.known([RESOURCE]) == seen
    before = last_call(world)
    await inventory.known([OTHER])
    assert len(scaling_calls(world, since=before)) == 3  # changed while it was listed: the list says nothing of it


async def test_a_list_that_fails_leaves_what_is_known(api: ScalingApi, world: World) -> None:
    await api.carry_out(REGISTER)
    inventory = ScalingInventory(api)
    await inventory.take_stock()
    known = await inventory.known([RESOURCE])
    denied = {"code": "AccessDeniedException", "message": "no", "status": 400}
    world.fault(match={"service": "application-autoscaling", "operation": "DescribeScalingPolicies"}, error=denied)
    with pytest.raises(CallFailed):
        await inventory.take_stock()
    assert await inventory.known([RESOURCE]) == known
    assert known[RESOURCE].target is not None
