"""What an asynchronous endpoint needs, is asked, and really answers: buckets, topics, a queue that hears them."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devworld.environment import ACCOUNT, REGION

if TYPE_CHECKING:
    from tests.integration.vocabulary.endpoint import Endpoint
    from tests.integration.vocabulary.scene import Scene


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that SageMaker took: where its answer will be."""

    inference_id: str
    output: str
    failure: str


class AsyncTruth:
    """A bucket, a topic for successes and one for failures, and one queue in SQS that is told of both."""

    def __init__(self, scene: "Scene", *, bucket: str, done: str, failed: str) -> None:
        self._scene = scene
        self.bucket = bucket
        self._told: list[dict[str, Any]] = []
        scene.boto3("s3").create_bucket(Bucket=bucket)
        self.done, self.failed = (scene.boto3("sns").create_topic(Name=name)["TopicArn"] for name in (done, failed))
        self._queue = scene.boto3("sqs").create_queue(QueueName=f"{done}-told")["QueueUrl"]
        for topic in (self.done, self.failed):
            arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{done}-told"
            scene.boto3("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def ask(self, endpoint: "Endpoint", body: bytes, *, key: str, content_type: str = "text/csv") -> Asked:
        """The body goes into the bucket, and SageMaker is asked to answer it."""
        self.put(body, key=key)
        return self.ask_about(endpoint, key=key, content_type=content_type)

    def put(self, body: bytes, *, key: str) -> None:
        """An input that may be asked about."""
        self._scene.boto3("s3").put_object(Bucket=self.bucket, Key=f"in/{key}", Body=body)

    def ask_about(self, endpoint: "Endpoint", *, key: str, content_type: str = "text/csv") -> Asked:
        """An input that was put before, or is missing."""
        answer = self._scene.boto3("sagemaker-runtime").invoke_endpoint_async(
            EndpointName=endpoint.sagemaker_name,
            InputLocation=f"s3://{self.bucket}/in/{key}",
            ContentType=content_type,
        )
        return Asked(
            inference_id=answer["InferenceId"],
            output=answer["OutputLocation"],
            failure=answer.get("FailureLocation", ""),
        )

    def answer(self, asked: Asked) -> bytes:
        """Waits for it."""
        bucket, _, key = asked.output.removeprefix("s3://").partition("/")

        def is_there() -> bool:
            return key in self._scene.simulator.state()["s3"].get(bucket, [])

        self._scene.until(is_there, f"the answer {asked.output}")
        body: bytes = self._scene.boto3("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def told_of(self, asked: Asked) -> list[dict[str, Any]]:
        """What subscribers were told of the request, once they were told of it."""

        def heard() -> list[dict[str, Any]]:
            self._listen()
            return [each for each in self._told if each.get("inferenceId") == asked.inference_id]

        return self._scene.until(heard, f"a notification about {asked.inference_id}")

    def results(self) -> list[dict[str, Any]]:
        """All that subscribers were told of requests so far, each with its topic; trials of the topics left out."""
        self._listen()
        return [each for each in self._told if each["eventName"] == "InferenceResult"]

    def _listen(self) -> None:
        """Takes all that is in the queue."""
        sqs = self._scene.boto3("sqs")
        while entries := sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages", []):
            for entry in entries:
                envelope = json.loads(entry["Body"])
                self._told.append({"topic": envelope["TopicArn"], **json.loads(envelope["Message"])})
            receipts = [{"Id": str(i), "ReceiptHandle": entry["ReceiptHandle"]} for i, entry in enumerate(entries)]
            answer = sqs.delete_message_batch(QueueUrl=self._queue, Entries=receipts)
            assert not answer.get("Failed"), answer["Failed"]
