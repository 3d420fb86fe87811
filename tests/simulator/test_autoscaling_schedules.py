"""Scheduled actions really move min and max, and the count with them, at their simulated time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sagemaker_simulator.autoscaling.schedule_expression import expression_of
from tests.simulator.monitored_world import TARGET, MonitoredWorld, monitored
from tests.simulator.world import World, refused


@pytest.fixture
def there(world: World) -> Iterator[MonitoredWorld]:
    """An endpoint of one instance, a target of 1 to 5."""
    with monitored(world) as words:
        words.given_target(1, 5)
        yield words


def schedule(there: MonitoredWorld, expression: str, *limits: int, name: str = "s1", **members: Any) -> None:
    action = dict(zip(("MinCapacity", "MaxCapacity"), limits, strict=False))
    there.autoscaling.put_scheduled_action(
        **TARGET, ScheduledActionName=name, Schedule=expression, ScalableTargetAction=action, **members
    )


def at(moment: datetime) -> str:
    return f"at({moment:%Y-%m-%dT%H:%M:%S})"


def next_times(expression: str, zone: str, after: str, count: int) -> list[str]:
    parsed = expression_of({"Schedule": expression, "Timezone": zone})
    moment, found = datetime.fromisoformat(after).replace(tzinfo=UTC), []
    begun = moment
    for _ in range(count):
        due = parsed.after(moment, begun=begun)
        if due is None:
            break
        found.append(due.strftime("%a %Y-%m-%dT%H:%M"))
        moment = due
    return found


@pytest.mark.parametrize(
    ("expression", "zone", "expected"),
    [
        ("cron(0 8 ? * MON-FRI *)", "UTC", ["Fri 2026-11-27T08:00", "Mon 2026-11-30T08:00"]),
        ("cron(30 7,19 * * ? *)", "UTC", ["Thu 2026-11-26T19:30", "Fri 2026-11-27T07:30"]),
        ("cron(0 8 ? * 2 *)", "Europe/Berlin", ["Mon 2026-11-30T07:00", "Mon 2026-12-07T07:00"]),
        ("cron(0/20 12 * * ? *)", "UTC", ["Thu 2026-11-26T12:20", "Thu 2026-11-26T12:40"]),
        ("cron(0 0 L * ? *)", "UTC", ["Mon 2026-11-30T00:00", "Thu 2026-12-31T00:00"]),
        ("cron(0 0 ? * 6L *)", "UTC", ["Fri 2026-11-27T00:00", "Fri 2026-12-25T00:00"]),
        ("cron(0 0 ? * MON#1 *)", "UTC", ["Mon 2026-12-07T00:00", "Mon 2027-01-04T00:00"]),
        ("cron(0 0 29 2 ? *)", "UTC", ["Tue 2028-02-29T00:00", "Sun 2032-02-29T00:00"]),
        ("cron(0 0 1 1 ? 2026)", "UTC", []),
        ("rate(90 minutes)", "UTC", ["Thu 2026-11-26T13:30", "Thu 2026-11-26T15:00"]),
        ("rate(1 day)", "UTC", ["Fri 2026-11-27T12:00", "Sat 2026-11-28T12:00"]),
        ("at(2026-11-26T22:00:00)", "Europe/Berlin", ["Thu 2026-11-26T21:00"]),
        ("at(2026-11-26T11:00:00)", "UTC", []),
    ],
)
def test_the_next_times_of_an_expression(expression: str, zone: str, expected: list[str]) -> None:
    assert next_times(expression, zone, "2026-11-26T12:00:00", 2) == expected


def test_a_local_time_follows_the_change_to_summer_time_and_one_that_is_not_there_is_left_out() -> None:
    daily = next_times("cron(0 8 * * ? *)", "Europe/Berlin", "2027-03-27T00:00:00", 2)
    assert daily == ["Sat 2027-03-27T07:00", "Sun 2027-03-28T06:00"]
    gap = next_times("cron(30 2 * * ? *)", "Europe/Berlin", "2027-03-27T12:00:00", 1)
    assert gap == ["Mon 2027-03-29T00:30"]


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 8 * * ?)",
        "cron(61 8 * * ? *)",
        "cron(0 8 1 * MON *)",
        "cron(0 8 ? * FRI-MON *)",
        "cron(0 8 ? * FOO *)",
        "cron(0 8 1W * ? *)",
        "rate(0 hours)",
        "rate(1 fortnight)",
        "at(tomorrow)",
        "every day",
    ],
)
def test_an_expression_that_cannot_be_read_is_refused(there: MonitoredWorld, expression: str) -> None:
    with refused("ValidationException", "Invalid schedule expression"):
        schedule(there, expression, 1, 2)


def test_limits_and_count_move_at_the_time(there: MonitoredWorld) -> None:
    schedule(there, at(there.now() + timedelta(minutes=30)), 3, 8)
    there.world.advance(29 * 60)
    assert (there.limits(), there.desired()) == ((1, 5), 1)
    there.world.advance(2 * 60)
    assert (there.limits(), there.desired()) == ((3, 8), 3)
    there.world.finish("e1", "InService", seconds=130)
    [activity] = there.activities()
    assert activity["Cause"].startswith("scheduled action name s1 was triggered")
    assert activity["StatusCode"] == "Successful"


def test_one_limit_alone_leaves_the_other(there: MonitoredWorld) -> None:
    schedule(there, at(there.now() + timedelta(minutes=5)), 2)
    there.world.advance(600)
    assert there.limits() == (2, 5)


def test_day_and_night_alternate(there: MonitoredWorld) -> None:
    schedule(there, "cron(0 8 * * ? *)", 3, 5, name="day", Timezone="America/New_York")
    schedule(there, "cron(0 20 * * ? *)", 1, 2, name="night", Timezone="America/New_York")
    seen = set()
    for _ in range(16):
        there.world.advance(3 * 3600)
        seen.add((there.limits(), there.desired()))
    assert {((3, 5), 3), ((1, 2), 2)} <= seen


def test_start_and_end_bound_a_recurring_action(there: MonitoredWorld) -> None:
    start = there.now() + timedelta(hours=2)
    schedule(there, "rate(1 hour)", 2, 5, StartTime=start, EndTime=start + timedelta(minutes=90))
    there.world.advance(2.5 * 3600)
    assert there.limits() == (1, 5)
    there.world.advance(3600)
    assert there.limits() == (2, 5)
    there.autoscaling.register_scalable_target(**TARGET, MinCapacity=1)
    there.world.advance(5 * 3600)
    assert there.limits() == (1, 5)


def test_an_endpoint_that_changes_at_the_time_follows_when_it_rests(there: MonitoredWorld) -> None:
    schedule(there, at(there.now() + timedelta(minutes=5)), 3, 5)
    there.world.advance(4 * 60)
    there.world.given_config("c2")
    there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    there.world.advance(2 * 60)
    assert (there.limits(), there.desired()) == ((3, 5), 1)
    there.world.advance(300)

    def follows() -> bool:
        there.world.advance(60)
        return there.desired() == 3

    there.world.until(follows, "the count to follow")


def test_an_edit_keeps_what_is_not_given_but_start_and_end(there: MonitoredWorld) -> None:
    schedule(there, "rate(1 hour)", 2, 4, Timezone="Europe/Berlin", EndTime=there.now() + timedelta(days=1))
    there.autoscaling.put_scheduled_action(**TARGET, ScheduledActionName="s1", Schedule="rate(2 hours)")
    [action] = there.autoscaling.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"]
    assert (action["Schedule"], action["Timezone"], action["ScalableTargetAction"]) == (
        "rate(2 hours)",
        "Europe/Berlin",
        {"MinCapacity": 2, "MaxCapacity": 4},
    )
    assert "EndTime" not in action
    there.world.advance(3700)
    assert there.limits() == (1, 5)
    there.world.advance(3600)
    assert there.limits() == (2, 4)


def test_a_deleted_action_does_not_run(there: MonitoredWorld) -> None:
    schedule(there, "rate(1 hour)", 2, 4)
    there.autoscaling.delete_scheduled_action(**TARGET, ScheduledActionName="s1")
    there.world.advance(2 * 3600)
    assert there.limits() == (1, 5)


def test_suspended_schedules_do_not_run(there: MonitoredWorld) -> None:
    schedule(there, "rate(1 hour)", 2, 4)
    there.autoscaling.register_scalable_target(**TARGET, SuspendedState={"ScheduledScalingSuspended": True})
    there.world.advance(2 * 3600)
    assert there.limits() == (1, 5)


def test_limits_that_cross_fail_the_activity_and_change_nothing(there: MonitoredWorld) -> None:
    schedule(there, at(there.now() + timedelta(minutes=5)), 7)
    there.world.advance(600)
    [activity] = there.activities()
    assert (activity["StatusCode"], there.limits()) == ("Failed", (1, 5))
    assert "Maximum capacity cannot be less than minimum capacity" in activity["StatusMessage"]


@pytest.mark.parametrize(
    ("limits", "members", "sentence"),
    [
        ((), {}, "must set MinCapacity, MaxCapacity or both"),
        ((3, 2), {}, "Maximum capacity cannot be less"),
        ((1, 2), {"Timezone": "Mars/Olympus"}, "Invalid time zone"),
        (
            (1, 2),
            {"StartTime": datetime(2030, 1, 2, tzinfo=UTC), "EndTime": datetime(2030, 1, 1, tzinfo=UTC)},
            "before EndTime",
        ),
    ],
)
def test_an_action_that_cannot_be_is_refused(
    there: MonitoredWorld, limits: tuple[int, ...], members: dict[str, Any], sentence: str
) -> None:
    with refused("ValidationException", sentence):
        schedule(there, "rate(1 hour)", *limits, **members)
