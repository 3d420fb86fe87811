"""Schedules move min and max, and from then on these are theirs; what is deregistered comes back as it would be now."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scaling_truth import POLICY, ScalingTruth, autoscaling
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import Spec, field, instance_type

OFFICE_HOURS = Path(__file__).with_name("manifests") / "accepted" / "office-hours.yaml"
SEOUL = ZoneInfo("Asia/Seoul")
SUNDAY, MONDAY = 6, 0
OFTEN = {"--inventory-seconds": "1"}
LAST_YEARLY = "endpoint-operator-yearly"


def simulated_time(world: Scene) -> datetime:
    world.boto3("sagemaker").list_endpoints(MaxResults=1)
    return datetime.fromisoformat(world.simulator.calls(since=world.shared.calls.newest() - 1)[-1]["time"])


def to_next(world: Scene, weekday: int, *, hour: int, minute: int = 0) -> None:
    """Moves AWS's clock to the next such moment in Seoul."""
    now = simulated_time(world).astimezone(SEOUL)
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    while moment <= now or moment.weekday() != weekday:
        moment += timedelta(days=1)
    world.simulator.advance(seconds=(moment - now).total_seconds())


def office_hours() -> Spec:
    manifest = yaml.safe_load(OFFICE_HOURS.read_text(encoding="utf-8"))
    return {"autoscaling": manifest["spec"]["autoscaling"]}


def ran_yesterday() -> dict[str, Any]:
    """Once a year, and yesterday: on the simulator's clock, which is days ahead, it is not due for months."""
    moment = datetime.now(UTC) - timedelta(days=1)
    cron = f"cron({moment.minute} {moment.hour} {moment.day} {moment.month} ? *)"
    return {"name": "yearly", "schedule": cron, "minCount": 2, "maxCount": 8}


def given(world: Scene, *changes: Spec) -> tuple[Endpoint, ScalingTruth]:
    endpoint = world.given(*changes)
    endpoint.settles()
    endpoint.comes_to("AutoscalingReady")
    return endpoint, ScalingTruth(world, endpoint)


def has_stood_for_days(world: Scene, endpoint: Endpoint) -> None:
    """As if the bounds of the spec had been put ten days ago."""
    since = f"{datetime.now(UTC) - timedelta(days=10):%Y-%m-%dT%H:%M:%SZ}"
    patch = f'[{{"op": "replace", "path": "/status/autoscaling/0/asked/since", "value": "{since}"}}]'
    words = ("-n", world.namespace, "--subresource=status", "--type=json", "-p", patch)
    world.kubectl("patch", "iep", endpoint.name, *words)
    world.operator_looks(2)


def test_the_morning_moves_min_and_max_and_nobody_puts_them_back(world: Scene) -> None:
    to_next(world, SUNDAY, hour=12)
    endpoint, scaling = given(world, office_hours())
    assert scaling.bounds() == (1, 4)
    with world.unhurried(), world.records_calls() as calls:  # it is evening before long
        to_next(world, MONDAY, hour=8, minute=1)
        scaling.comes_to(4, 12)
        scaling.has(4)
        endpoint.ask_to_look("in the morning")
        world.operator_looks(3)
        with world.operator.started_with(OFTEN):
            world.until(lambda: endpoint.status["autoscaling"][0]["minCount"] == 4, "status tells the morning's bounds")
            world.until(lambda: calls.lists()["DescribeScheduledActions"] >= 3, "looks at all schedules")
            assert scaling.bounds() == (4, 12)
            assert "between 4 and 12, as its schedules say" in endpoint.condition("AutoscalingReady")["message"]
    assert calls.that_change_anything() == []
    to_next(world, MONDAY, hour=19, minute=1)
    scaling.comes_to(1, 4)
    endpoint.delete().is_gone()


def test_started_again_it_has_the_bounds_that_would_be_in_force_now(world: Scene) -> None:
    endpoint, scaling = given(world, autoscaling(1, 4, schedules=[ran_yesterday()]))
    assert scaling.bounds() == (1, 4)
    has_stood_for_days(world, endpoint)
    assert scaling.bounds() == (1, 4), "what is registered is the schedules', whatever we reckon"
    endpoint.edit(field(stopped=True)).settles()
    assert scaling.bounds() is None
    endpoint.edit(field(stopped=False)).settles()
    endpoint.comes_to("AutoscalingReady")
    assert scaling.bounds() == (2, 8)
    assert list(scaling.policies()) == [POLICY]
    assert list(scaling.schedules()) == [LAST_YEARLY]


def test_another_instance_type_is_deregistered_before_and_registered_whole_after(world: Scene) -> None:
    endpoint, scaling = given(world, autoscaling(1, 4, schedules=[ran_yesterday()]))
    has_stood_for_days(world, endpoint)
    with world.records_calls() as calls:
        endpoint.edit(instance_type("ml.m5.xlarge")).settles()
        endpoint.comes_to("AutoscalingReady")
    assert calls.that_change_anything() == [
        "CreateModel",
        "CreateEndpointConfig",
        "DeregisterScalableTarget",
        "UpdateEndpoint",
        "RegisterScalableTarget",
        "PutScalingPolicy",
        "PutScheduledAction",
    ]
    assert scaling.bounds() == (2, 8)
    assert list(scaling.policies()) == [POLICY]
    assert list(scaling.schedules()) == [LAST_YEARLY]


def test_what_somebody_deregistered_comes_back_as_the_schedules_would_have_it(world: Scene) -> None:
    with world.operator.started_with(OFTEN):
        endpoint, scaling = given(world, autoscaling(1, 4, schedules=[ran_yesterday()]))
        has_stood_for_days(world, endpoint)
        scaling.by_hand("deregister_scalable_target")
        scaling.comes_to(2, 8)
        world.until(lambda: list(scaling.schedules()) == [LAST_YEARLY], "the schedule again")
        assert "yearly" in endpoint.tells("DriftPutRight").message


def test_an_edit_of_min_and_max_puts_them_until_the_next_schedule_runs(world: Scene) -> None:
    schedule = ran_yesterday()  # of this very minute
    endpoint, scaling = given(world, autoscaling(1, 4, schedules=[schedule]))
    has_stood_for_days(world, endpoint)
    with world.records_calls() as calls:
        endpoint.edit(autoscaling(1, 5, schedules=[schedule])).settles()
    assert calls.that_change_anything() == ["RegisterScalableTarget"]
    assert scaling.bounds() == (1, 5)


def test_a_schedule_that_goes_from_the_spec_gives_the_bounds_back(world: Scene) -> None:
    to_next(world, SUNDAY, hour=12)
    endpoint, scaling = given(world, office_hours())
    with world.unhurried():  # it is evening before long
        to_next(world, MONDAY, hour=8, minute=1)
        scaling.comes_to(4, 12)
        scaling.has(4)
        with world.records_calls() as calls:
            endpoint.edit(field(autoscaling={"schedules": None})).settles()
            endpoint.comes_to("AutoscalingReady")
    assert calls.that_change_anything() == ["RegisterScalableTarget", *["DeleteScheduledAction"] * 2]
    assert (scaling.bounds(), scaling.schedules()) == ((1, 4), {})
