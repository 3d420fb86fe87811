"""The SageMaker Python SDK 3.x by its resource classes: what each AWS call makes is an object that can wait.

Run in the SDK's own environment with one JSON argument; prints what it saw as one JSON line.
"""

import json
import sys
from typing import Any

from sagemaker.core.resources import Endpoint, EndpointConfig, Model  # type: ignore[import-not-found]
from sagemaker.core.shapes import ContainerDefinition, ProductionVariant  # type: ignore[import-not-found]

POLL_SECONDS = 1  # the SDK takes 5 unless told
WITHIN_SECONDS = 90


def main(asked: dict[str, Any]) -> dict[str, Any]:
    """Creates an endpoint, asks it, updates it to the second artifact, deletes everything; returns the answers."""
    made = [given_revision(name, asked) for name in ("first", "second")]
    endpoint = Endpoint.create(endpoint_name="churn", endpoint_config_name="first")
    endpoint.wait_for_status("InService", poll=POLL_SECONDS, timeout=WITHIN_SECONDS)
    seen: dict[str, Any] = {"first": answer(endpoint, asked["request"])}

    endpoint.endpoint_config_name = "second"
    endpoint.update()
    endpoint.wait_for_status("InService", poll=POLL_SECONDS, timeout=WITHIN_SECONDS)
    seen["second"] = answer(endpoint, asked["request"])
    seen["listed"] = [each.endpoint_name for each in Endpoint.get_all()]

    endpoint.delete()
    endpoint.wait_for_delete(poll=POLL_SECONDS, timeout=WITHIN_SECONDS)
    for model, config in made:
        config.delete()
        model.delete()
    return seen


def given_revision(name: str, asked: dict[str, Any]) -> tuple[Model, EndpointConfig]:
    """A model of the artifact of that name, and a config of it."""
    model = Model.create(
        model_name=name,
        primary_container=ContainerDefinition(image=asked["image"], model_data_url=asked[name]),
        execution_role_arn=asked["role"],
    )
    variant = ProductionVariant(
        variant_name="AllTraffic", model_name=name, initial_instance_count=1, instance_type="ml.m5.large"
    )
    return model, EndpointConfig.create(endpoint_config_name=name, production_variants=[variant])


def answer(endpoint: Endpoint, request: str) -> float:
    answered = endpoint.invoke(body=request, content_type="text/csv", accept="text/csv")
    return float(answered.body.read())


if __name__ == "__main__":
    seen = main(json.loads(sys.argv[1]))
    print(f"\n{json.dumps(seen)}")
