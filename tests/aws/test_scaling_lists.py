"""Lists of autoscaling that change while their pages are fetched: what they pass over is not put again."""

import asyncio
from typing import Any

import pytest

from endpoint_operator.aws.alarms import AlarmApi
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.scaling.calls import ScalingApi
from endpoint_operator.aws.scaling.inventory import ScalingInventory
from endpoint_operator.aws.scaling.observer import ScalingObserver
from endpoint_operator.aws.scaling.troubles import ScalingTroubles
from endpoint_operator.aws.wake_up_alarms import WakeUpAlarms
from endpoint_operator.planning.desired import endpoint_name_of
from endpoint_operator.planning.scaling.compare import steps_towards
from endpoint_operator.planning.scaling.decision import wanted_of
from endpoint_operator.planning.scaling.live import NOT_REGISTERED
from endpoint_operator.planning.scaling.memory import in_place, seen, with_intent
from tests.simulator.world import World
from tests.unit.given import INPUTS, NOW, an_object, desired, live, spec, status

AUTOSCALED = spec(autoscaling={"minCount": 1, "maxCount": 4, "invocationsPerInstance": 500})
# Application Auto Scaling answers so many policies a page.
PAGE = 10


def put_policy(client: Any, resource_id: str, name: str) -> None:
    """One that somebody else put."""
    client.put_scaling_policy(
        ServiceNamespace="sagemaker",
        ResourceId=resource_id,
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        PolicyName=name,
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
        },
    )


@pytest.fixture
def world(empty_world: World) -> World:
    return empty_world


async def test_a_policy_that_falls_between_two_pages_is_found_before_it_is_put_again(
    calls: Calls, world: World
) -> None:
    (item,) = wanted_of(desired(AUTOSCALED))
    world.given_endpoint(endpoint_name_of(an_object(AUTOSCALED)))
    api = ScalingApi(calls, alarms=WakeUpAlarms(AlarmApi(calls)))
    row = with_intent(item, None, serving_type=None, now=NOW)
    (register, *puts) = steps_towards(item, NOT_REGISTERED, row.asked, now=NOW)
    await api.carry_out(register)  # type: ignore[arg-type]
    client = world.client("application-autoscaling")
    for number in range(PAGE):
        put_policy(client, item.resource.resource_id, f"0-{number}")
    for step in puts:
        await api.carry_out(step)  # type: ignore[arg-type]
    row = in_place(seen(row, await api.of(item.resource)))
    inventory = ScalingInventory(api)
    match = {"service": "application-autoscaling", "operation": "DescribeScalingPolicies"}
    fault = world.fault(match=match, times=1, hold=True)
    listing = asyncio.create_task(inventory.take_stock())
    await asyncio.to_thread(world.until_held, fault, "the first page on its way")
    client.delete_scaling_policy(
        PolicyName="0-0",
        ServiceNamespace="sagemaker",
        ResourceId=item.resource.resource_id,
        ScalableDimension=item.resource.dimension,
    )
    client.close()
    world.do("DELETE", f"/faults/{fault}")
    await listing
    ours = {policy.name for policy in item.policies}
    listed = inventory.remembered([item.resource])[item.resource]
    assert not ours & {policy.name for policy in listed.policies}, "the lists passed it over"
    endpoint = an_object(AUTOSCALED, status=status().model_copy(update={"autoscaling": [row]}))
    known, _ = await ScalingObserver(inventory=inventory, troubles=ScalingTroubles()).look(
        endpoint, live(AUTOSCALED), INPUTS
    )
    assert ours <= {policy.name for policy in known[item.resource].policies}
    assert steps_towards(item, known[item.resource], row.asked, now=NOW) == ()
