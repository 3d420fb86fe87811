"""Words for tests of asynchronous inference: endpoints on real servers, requests, and what is in S3 and in SQS."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.simulator.world import ACCOUNT, ECR, REGION, ROLE, World, variant

SERVER = Path(__file__).parent / "hosting" / "contract_server.py"
IMAGE = f"{ECR}/contract:1"
OUTPUT, FAILED = "s3://async/out", "s3://async/failed"


class AsyncWorld:
    """A world with a bucket `async`, two topics, and an SQS queue that is subscribed to both."""

    image = IMAGE
    role = ROLE

    def __init__(self, world: World) -> None:
        self.world = world
        self.trials: list[dict[str, Any]] = []
        self.sns: Any = world.client("sns")
        self.sqs: Any = world.client("sqs")
        world.s3.create_bucket(Bucket="async")
        self.done = self._topic("done")
        self.failed = self._topic("failed")
        self.queue = self.sqs.create_queue(QueueName="told")["QueueUrl"]
        for topic in (self.done, self.failed):
            self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:told")

    def close(self) -> None:
        self.sns.close()
        self.sqs.close()

    def _topic(self, name: str) -> str:
        arn: str = self.sns.create_topic(Name=name)["TopicArn"]
        return arn

    def config(self, *, concurrency: int | None = 2, included: tuple[str, ...] = (), **output: Any) -> dict[str, Any]:
        """An AsyncInferenceConfig; an output member of None is left out."""
        members = {
            "S3OutputPath": OUTPUT,
            "S3FailurePath": FAILED,
            "NotificationConfig": {
                "SuccessTopic": self.done,
                "ErrorTopic": self.failed,
                "IncludeInferenceResponseIn": list(included),
            },
        }
        config: dict[str, Any] = {
            "OutputConfig": {name: value for name, value in (members | output).items() if value is not None}
        }
        if concurrency is not None:
            config["ClientConfig"] = {"MaxConcurrentInvocationsPerInstance": concurrency}
        return config

    def given_config(self, name: str = "c1", *, model: str = "m1", count: int = 1, **config: Any) -> None:
        self.world.given_config(
            name,
            ProductionVariants=[variant(model=model, count=count)],
            AsyncInferenceConfig=self.config(**config),
        )

    def given_endpoint(self, *, count: int = 1, **config: Any) -> None:
        """Endpoint e1 in service, on a real server."""
        self.world.settings(images=[IMAGE], servers={IMAGE: {"command": [sys.executable, str(SERVER)]}})
        self.world.given_model(image=IMAGE)
        self.given_config(count=count, **config)
        self.world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
        self.world.finish("e1", "InService")

    def given_count(self, count: int) -> None:
        """Bring the endpoint to the count, as a client does."""
        self.world.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="e1",
            DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": count}],
        )
        self.world.finish("e1", "InService", seconds=300)

    def ask(self, body: bytes = b"x", *, key: str = "in", **members: Any) -> dict[str, Any]:
        """Put the body into S3 and ask for it; returns the answer."""
        self.world.s3.put_object(Bucket="async", Key=key, Body=body)
        return self.ask_for(f"s3://async/{key}", **members)

    def ask_for(self, location: str, **members: Any) -> dict[str, Any]:
        return dict(self.world.runtime.invoke_endpoint_async(EndpointName="e1", InputLocation=location, **members))

    def keys(self, prefix: str) -> list[str]:
        """The keys in the bucket under the prefix."""
        found: list[str] = self.world.do("GET", "/state")["s3"]["async"]
        return [key for key in found if key.startswith(prefix)]

    def object(self, location: str) -> bytes:
        """The object, once it is there."""
        bucket, _, key = location.removeprefix("s3://").partition("/")
        self.world.until(lambda: key in self.keys(key), f"{location} to be written")
        body: bytes = self.world.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def told(self, count: int = 1) -> list[dict[str, Any]]:
        """The next messages that SQS was sent by SNS, with the topic of each as `topic`; trials go to `trials`."""
        messages: list[dict[str, Any]] = []

        def enough() -> bool:
            answer = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
            for entry in answer.get("Messages", []):
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=entry["ReceiptHandle"])
                envelope = json.loads(entry["Body"])
                message = {"topic": envelope["TopicArn"], **json.loads(envelope["Message"])}
                (self.trials if message["eventName"] == "TestNotification" else messages).append(message)
            return len(messages) >= count

        self.world.until(enough, f"{count} messages")
        return messages


@contextmanager
def asynchronous(world: World) -> Iterator[AsyncWorld]:
    words = AsyncWorld(world)
    yield words
    words.close()
