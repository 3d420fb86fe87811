"""CloudWatch metrics of asynchronous endpoints."""

from collections.abc import Iterator

import pytest

from tests.simulator.async_world import AsyncWorld, asynchronous
from tests.simulator.monitored_world import OF_E1, MonitoredWorld, monitored
from tests.simulator.world import World


@pytest.fixture
def there(world: World) -> Iterator[AsyncWorld]:
    with asynchronous(world) as words:
        yield words


@pytest.fixture
def watched(world: World) -> Iterator[MonitoredWorld]:
    with monitored(world) as words:
        yield words


def queue_metric(watched: MonitoredWorld, name: str) -> list[float]:
    return watched.statistics(name, "Average", EndpointName="e1")


def total(watched: MonitoredWorld, name: str, stat: str = "Sum") -> float:
    return sum(watched.statistics(name, stat, **OF_E1))


def test_every_minute_says_how_the_queue_stands(there: AsyncWorld, watched: MonitoredWorld) -> None:
    there.given_endpoint()
    there.given_count(0)
    watched.to_next_minute()
    assert set(queue_metric(watched, "ApproximateBacklogSize")) == {0.0}
    assert set(queue_metric(watched, "HasBacklogWithoutCapacity")) == {0.0}
    assert queue_metric(watched, "ApproximateAgeOfOldestRequest") == []
    for number in range(3):
        there.ask(key=str(number))
    watched.to_next_minute()
    watched.to_next_minute()
    assert queue_metric(watched, "ApproximateBacklogSize")[-2:] == [3.0, 3.0]
    assert queue_metric(watched, "ApproximateBacklogSizePerInstance")[-2:] == [3.0, 3.0]
    assert queue_metric(watched, "HasBacklogWithoutCapacity")[-2:] == [1.0, 1.0]
    first, second = queue_metric(watched, "ApproximateAgeOfOldestRequest")[-2:]
    assert second - first == pytest.approx(60, abs=1)


def test_the_backlog_counts_what_is_being_worked_on_and_is_shared_by_the_instances(
    there: AsyncWorld, watched: MonitoredWorld
) -> None:
    there.given_endpoint(count=2, concurrency=1)
    for number in range(5):
        there.ask(b"hang", key=str(number), InvocationTimeoutSeconds=3600)
    watched.to_next_minute()
    watched.to_next_minute()
    assert queue_metric(watched, "ApproximateBacklogSize")[-1] == 5
    assert queue_metric(watched, "ApproximateBacklogSizePerInstance")[-1] == 2.5
    assert queue_metric(watched, "HasBacklogWithoutCapacity")[-1] == 0


def test_requests_are_counted_by_their_ends(there: AsyncWorld, watched: MonitoredWorld) -> None:
    there.given_endpoint()
    there.ask(b"x", key="1")
    there.ask(b"refuse", key="2")
    there.ask_for("s3://async/nothing")
    there.told(3)
    there.given_count(0)
    there.ask(key="4", RequestTTLSeconds=60)
    there.world.advance(61)
    there.told()
    watched.world.until(lambda: total(watched, "InvocationsProcesssed") == 4, "all to be counted")
    assert total(watched, "InvocationFailures") == 3
    assert total(watched, "RequestDownloadFailures") == 1
    assert total(watched, "ExpiredRequests") == 1
    assert total(watched, "ResponseUploadFailures") == 0
    assert total(watched, "Invocation4XXErrors") == 1
    assert total(watched, "Invocation5XXErrors") == 0
    assert total(watched, "ModelLatency", "SampleCount") == 2
    assert total(watched, "ModelLatency") > 0
    assert total(watched, "RequestDownloadLatency") > 0
    assert total(watched, "ResponseUploadLatency") > 0


def test_the_time_in_the_queue_is_simulated(there: AsyncWorld, watched: MonitoredWorld) -> None:
    there.given_endpoint()
    there.given_count(0)
    there.ask()
    there.world.advance(900)
    there.given_count(1)
    there.told()
    watched.world.until(lambda: total(watched, "TotalProcessingTime", "SampleCount") == 1, "the request to be counted")
    waited = total(watched, "TimeInBacklog")
    assert 900_000 < waited < 1_400_000
    assert total(watched, "TotalProcessingTime") >= waited


def test_a_message_that_could_not_be_sent_is_counted(there: AsyncWorld, watched: MonitoredWorld) -> None:
    there.given_endpoint()
    there.sns.delete_topic(TopicArn=there.done)
    there.ask()
    watched.world.until(lambda: total(watched, "NotificationFailures") == 1, "the failure to be counted")
    watched.world.until(lambda: total(watched, "InvocationsProcesssed") == 1, "the request to be counted")
    assert total(watched, "InvocationFailures") == 0


def test_what_real_time_endpoints_emit_is_not_emitted(there: AsyncWorld, watched: MonitoredWorld) -> None:
    there.given_endpoint()
    there.ask()
    there.told()
    watched.world.until(lambda: total(watched, "InvocationsProcesssed") == 1, "the request to be counted")
    for name in ("Invocations", "InvocationsPerInstance", "OverheadLatency"):
        assert total(watched, name) == 0
    there.world.sagemaker.delete_endpoint(EndpointName="e1")
    there.world.finish_deletion("e1")
    before = queue_metric(watched, "ApproximateBacklogSize")
    watched.to_next_minute()
    watched.to_next_minute()
    assert (
        queue_metric(watched, "ApproximateBacklogSize")
        == before[-len(queue_metric(watched, "ApproximateBacklogSize")) :]
    )
