"""A simulated day of an asynchronous endpoint: bursts wake it from nothing, and not one request is lost."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.simulator.async_day_world import AsyncDay
from tests.simulator.async_scaling_world import given_backlog_tracking, given_wake_up
from tests.simulator.async_world import AsyncWorld, asynchronous
from tests.simulator.monitored_world import monitored
from tests.simulator.world import World

BURST_HOURS = (1, 7, 13, 19)
BURST = {"good": 204, "broken": 20, "absent": 10, "late": 15}
FEW_HOUR, FEW = 22, 4  # too few for target tracking, which keeps five for each: only the step policy wakes for them
MOST = 5
# "ClientError: ..." for all of them; what a message says further of each kind.
REASONS = {
    "broken": "Received server error (500) from model",
    "absent": "there is no such object",
    "late": "not processed within 60 seconds",
}


def given_burst(day: AsyncDay) -> None:
    """249 requests at one moment; those that have a minute to live find no instance in that minute."""
    day.burst("good", BURST["good"], kind="good")
    day.burst("broken", BURST["broken"], kind="broken")
    day.burst("absent", BURST["absent"], kind="absent")
    day.burst("good", BURST["late"], kind="late", RequestTTLSeconds=60)


def given_endpoint(there: AsyncWorld) -> None:
    there.given_endpoint(concurrency=2)
    there.world.s3.put_object(Bucket="async", Key="good", Body=b"x")
    there.world.s3.put_object(Bucket="async", Key="broken", Body=b"fail")
    there.world.do("POST", "/clock", {"scale": 0.001})


def test_a_day_of_bursts_ends_with_every_request_answered_once_and_every_instance_hour_accounted_for(
    world: World,
) -> None:
    with asynchronous(world) as there, monitored(world) as watched:
        given_endpoint(there)
        given_backlog_tracking(watched, most=MOST)
        given_wake_up(watched)
        day = AsyncDay(there, watched)
        midnight = watched.now()
        assert day.sleeps(within=60) == 1
        for hour in BURST_HOURS:
            day.rest(midnight + timedelta(hours=hour))
            assert (day.count, world.status("e1")) == (0, "InService")
            given_burst(day)
            assert day.sleeps(within=180) == MOST
        day.rest(midnight + timedelta(hours=FEW_HOUR))
        day.burst("good", FEW, kind="good")
        assert day.sleeps(within=60) == 1
        day.rest(midnight + timedelta(days=1))
        every_request_ended_once(there, day)
        the_metrics_count_the_same(day)
        the_hours_are_those_of_the_counts(day, midnight)
        assert day.statuses <= {"InService", "Updating"}


def every_request_ended_once(there: AsyncWorld, day: AsyncDay) -> None:
    """One message each, and one object, where the message says and the caller was told."""
    day.listen()
    messages = {message["inferenceId"]: message for message in day.told}
    assert len(day.told) == len(messages) == len(day.asked) == 1000
    expected = {
        inference_id: ("Completed", asked.output) if asked.kind == "good" else ("Failed", asked.failure)
        for inference_id, asked in day.asked.items()
    }
    assert {
        inference_id: (message["invocationStatus"], message["responseParameters"]["outputLocation"])
        for inference_id, message in messages.items()
    } == expected
    stored = [f"s3://async/{key}" for folder in ("out/", "failed/") for key in there.keys(folder)]
    assert Counter(stored) == Counter(location for _, location in expected.values())
    for inference_id, asked in day.asked.items():
        assert REASONS.get(asked.kind, "") in messages[inference_id].get("failureReason", "")


def the_metrics_count_the_same(day: AsyncDay) -> None:
    bursts = len(BURST_HOURS)
    totals = {name: day.total(name) for name in ("InvocationFailures", "ExpiredRequests", "RequestDownloadFailures")}
    assert totals == {
        "InvocationFailures": bursts * (BURST["broken"] + BURST["absent"] + BURST["late"]),
        "ExpiredRequests": bursts * BURST["late"],
        "RequestDownloadFailures": bursts * BURST["absent"],
    }
    assert day.total("Invocation5XXErrors") == bursts * BURST["broken"]


def the_hours_are_those_of_the_counts(day: AsyncDay, begun: datetime) -> None:
    """The counts that DescribeEndpoint showed and what Application Auto Scaling says it did make the same day.

    A look is at most a minute late for a change.
    """
    activities = day.activities()
    assert {activity["StatusCode"] for activity in activities} == {"Successful"}
    counts = [1] + [int(activity["Description"].rpartition(" ")[2].rstrip(".")) for activity in activities]
    assert counts == day.counts
    assert counts.count(0) == 1 + len(BURST_HOURS) + 1
    moments = [begun, *(activity["EndTime"] for activity in activities), begun + timedelta(days=1)]
    lasted = [(after - before).total_seconds() / 3600 for before, after in pairwise(moments)]
    hours = sum(count * length for count, length in zip(counts, lasted, strict=True))
    seen_late = sum(abs(after - before) for before, after in pairwise(counts)) * 61 / 3600
    assert day.hours == pytest.approx(hours, abs=seen_late)
    assert seen_late < hours < 24
