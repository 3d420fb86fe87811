"""The SageMaker Python SDK 3.x with its inference configs: asynchronous and serverless by ModelBuilder.

Run in the SDK's own environment with one JSON argument; prints what it saw as one JSON line. No response stream:
`Endpoint.invoke_with_response_stream` of 3.27 fails on every answer, for it reads the stream as a dictionary.
"""

import json
import sys
from typing import Any

import boto3
from sagemaker.core.inference_config import (  # type: ignore[import-not-found]
    AsyncInferenceConfig,
    ServerlessInferenceConfig,
)
from sagemaker.core.resources import Endpoint, EndpointConfig  # type: ignore[import-not-found]
from sagemaker.serve.model_builder import ModelBuilder  # type: ignore[import-not-found]

POLL_SECONDS = 1  # deploy(wait=True) takes 30
WITHIN_SECONDS = 90


def main(asked: dict[str, Any]) -> dict[str, Any]:
    """Deploys the artifact in both modes, asks each, deletes everything; returns what the endpoints answered."""
    bucket = asked["bucket"]
    queue = AsyncInferenceConfig(
        output_path=f"s3://{bucket}/out",
        failure_path=f"s3://{bucket}/failed",
        max_concurrent_invocations_per_instance=2,
    )
    function = ServerlessInferenceConfig(memory_size_in_mb=2048, max_concurrency=3)
    queued = Deployed("queued", asked, queue)
    seen: dict[str, Any] = {"queued": answered_later(queued.endpoint, asked)}
    queued.delete()
    serverless = Deployed("serverless", asked, function)
    seen["serverless"] = answer(serverless.endpoint, asked["request"])
    serverless.delete()
    return seen


class Deployed:
    """A model and an endpoint of one name, in service."""

    def __init__(self, name: str, asked: dict[str, Any], inference_config: Any) -> None:
        machine = {} if isinstance(inference_config, ServerlessInferenceConfig) else {"instance_type": "ml.m5.large"}
        builder = ModelBuilder(
            image_uri=asked["image"], s3_model_data_url=asked["first"], role_arn=asked["role"], **machine
        )
        self.model = builder.build(model_name=name)
        self.endpoint = builder.deploy(endpoint_name=name, inference_config=inference_config, wait=False)
        self.endpoint.wait_for_status("InService", poll=POLL_SECONDS, timeout=WITHIN_SECONDS)

    def delete(self) -> None:
        config = EndpointConfig.get(endpoint_config_name=self.endpoint.endpoint_config_name)
        self.endpoint.delete()
        self.endpoint.wait_for_delete(poll=POLL_SECONDS, timeout=WITHIN_SECONDS)
        config.delete()
        self.model.delete()


def answered_later(endpoint: Endpoint, asked: dict[str, Any]) -> float:
    """The SDK's resource tells where the answer will be, and leaves the waiting to its user."""
    s3 = boto3.client("s3")
    s3.put_object(Bucket=asked["bucket"], Key="request", Body=asked["request"])
    taken = endpoint.invoke_async(input_location=f"s3://{asked['bucket']}/request", content_type="text/csv")
    key = taken.output_location.removeprefix(f"s3://{asked['bucket']}/")
    s3.get_waiter("object_exists").wait(
        Bucket=asked["bucket"], Key=key, WaiterConfig={"Delay": POLL_SECONDS, "MaxAttempts": WITHIN_SECONDS}
    )
    return float(s3.get_object(Bucket=asked["bucket"], Key=key)["Body"].read())


def answer(endpoint: Endpoint, request: str) -> float:
    answered = endpoint.invoke(body=request, content_type="text/csv", accept="text/csv")
    return float(answered.body.read())


if __name__ == "__main__":
    seen = main(json.loads(sys.argv[1]))
    print(f"\n{json.dumps(seen)}")
