"""Words for a long simulated time of an asynchronous endpoint: bursts, minutes that leave time for work, and a record.

Simulated time stands still but where `minute` moves it, so that a busy machine makes a day longer and not another.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.simulator.async_world import AsyncWorld
from tests.simulator.monitored_world import OF_E1, TARGET, MonitoredWorld

PER_MINUTE = 8  # requests that one instance is given the time for in a simulated minute


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request, and the two places of which one must hold what became of it."""

    kind: str
    output: str
    failure: str


class AsyncDay:
    """A day of endpoint e1, looked at each minute with DescribeEndpoint.

    `asked` are the requests by inference id, `told` the messages about them, `counts` those of the instances in their
    order; `hours` are the instance-hours by these looks: the count at each, for the time since the one before.
    """

    def __init__(self, there: AsyncWorld, watched: MonitoredWorld) -> None:
        self._there = there
        self._world = there.world
        self._watched = watched
        self.asked: dict[str, Asked] = {}
        self.told: list[dict[str, Any]] = []
        self.counts: list[int] = []
        self.statuses: set[str] = set()
        self.hours = 0.0
        self._seen = watched.now()
        self._look()

    @property
    def count(self) -> int:
        return self.counts[-1]

    def burst(self, key: str, times: int, *, kind: str, **members: Any) -> None:
        """Ask for the object so many times, at one moment."""
        for _ in range(times):
            answer = self._there.ask_for(f"s3://async/{key}", **members)
            self.asked[answer["InferenceId"]] = Asked(
                kind=kind, output=answer["OutputLocation"], failure=answer["FailureLocation"]
            )

    def minute(self) -> None:
        """Let a minute pass, and the work that the instances have the time for in it."""
        enough = min(len(self.asked), self.ended() + PER_MINUTE * self.count)
        self._watched.to_next_minute()
        self._world.until(lambda: self.ended() >= enough, f"{enough} requests to have ended")
        self._look()
        self.listen()

    def sleeps(self, *, within: int) -> int:
        """Let minutes pass until everything is worked off and no instance is left; returns the most there were."""
        most = self.count
        for _ in range(within):
            self.minute()
            most = max(most, self.count)
            if self.count == 0 and self.ended() == len(self.asked):
                return most
        raise AssertionError(
            f"{within} minutes are over: {self.ended()} of {len(self.asked)} ended, counts {self.counts}"
        )

    def rest(self, until: datetime) -> None:
        """Let the time pass in which there is nothing to do, without looking."""
        self._world.advance((until - self._watched.now()).total_seconds())
        self._look()

    def ended(self) -> int:
        """How many requests have ended, however."""
        return int(self.total("InvocationsProcesssed"))

    def total(self, metric: str) -> float:
        """The sum of a metric of the requests."""
        now = self._watched.now()
        answer = self._watched.cloudwatch.get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName=metric,
            Dimensions=[{"Name": name, "Value": value} for name, value in OF_E1.items()],
            StartTime=now - timedelta(days=2),
            EndTime=now + timedelta(days=1),
            Period=86400,
            Statistics=["Sum"],
        )
        return float(sum(point["Sum"] for point in answer["Datapoints"]))

    def listen(self) -> None:
        """Take the messages that there are. Every minute, for a long queue in SQS is slow to read."""
        while batch := self._received():
            messages = [json.loads(json.loads(entry["Body"])["Message"]) for entry in batch]
            self.told += [message for message in messages if message["eventName"] != "TestNotification"]
            self._there.sqs.delete_message_batch(
                QueueUrl=self._there.queue,
                Entries=[{"Id": entry["MessageId"], "ReceiptHandle": entry["ReceiptHandle"]} for entry in batch],
            )

    def activities(self) -> list[dict[str, Any]]:
        """Every scaling activity, oldest first."""
        pages = self._watched.autoscaling.get_paginator("describe_scaling_activities").paginate(
            ServiceNamespace="sagemaker", ResourceId=TARGET["ResourceId"]
        )
        return [activity for page in pages for activity in page["ScalingActivities"]][::-1]

    def _received(self) -> list[dict[str, Any]]:
        answer = self._there.sqs.receive_message(QueueUrl=self._there.queue, MaxNumberOfMessages=10)
        entries: list[dict[str, Any]] = answer.get("Messages", [])
        return entries

    def _look(self) -> None:
        shown = self._world.describe()
        self.statuses.add(shown["EndpointStatus"])
        [variant] = shown["ProductionVariants"]
        count, now = variant["CurrentInstanceCount"], self._watched.now()
        self.hours += count * (now - self._seen).total_seconds() / 3600
        self._seen = now
        if not self.counts or count != self.count:
            self.counts.append(count)
