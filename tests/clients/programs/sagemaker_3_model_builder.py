"""The SageMaker Python SDK 3.x by its ModelBuilder: build a model from an artifact and an image, deploy it, ask it.

Run in the SDK's own environment with one JSON argument; prints what it saw as one JSON line. Updates are shown by the
resource classes: `ModelBuilder.deploy(update_endpoint=True)` of 3.27 ends with a TypeError before it asks AWS anything.
"""

import json
import sys
from typing import Any

from sagemaker.core.resources import Endpoint, EndpointConfig  # type: ignore[import-not-found]
from sagemaker.serve.model_builder import ModelBuilder  # type: ignore[import-not-found]

POLL_SECONDS = 1  # deploy(wait=True) takes 30
WITHIN_SECONDS = 90


def main(asked: dict[str, Any]) -> dict[str, Any]:
    """Deploys the first artifact, asks it, deletes everything; returns what the endpoint answered."""
    builder = ModelBuilder(
        image_uri=asked["image"],
        s3_model_data_url=asked["first"],
        role_arn=asked["role"],
        instance_type="ml.m5.large",
    )
    model = builder.build(model_name="first")
    endpoint = builder.deploy(endpoint_name="churn", initial_instance_count=1, wait=False)
    endpoint.wait_for_status("InService", poll=POLL_SECONDS, timeout=WITHIN_SECONDS)
    seen = {"first": answer(endpoint, asked["request"])}

    config = EndpointConfig.get(endpoint_config_name=endpoint.endpoint_config_name)
    endpoint.delete()
    endpoint.wait_for_delete(poll=POLL_SECONDS, timeout=WITHIN_SECONDS)
    config.delete()
    model.delete()
    return seen


def answer(endpoint: Endpoint, request: str) -> float:
    answered = endpoint.invoke(body=request, content_type="text/csv", accept="text/csv")
    return float(answered.body.read())


if __name__ == "__main__":
    seen = main(json.loads(sys.argv[1]))
    print(f"\n{json.dumps(seen)}")
