"""Which of a container's models a request is for.

The sentences are known from aws/amazon-sagemaker-examples#1026 and aws/sagemaker-tensorflow-serving-container#166.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.wire.errors import AwsError

from .routing import Route


def target_model(route: Route, members: Mapping[str, Any]) -> str | None:
    """Return the model that TargetModel names, None where a container has one. Raises AwsError (ValidationError)."""
    wanted: str | None = members.get("TargetModel")
    if not route.fleet.has_many_models(route.variant):
        if wanted is not None:
            raise AwsError(
                "ValidationError",
                f"Endpoint {route.endpoint.name} is not a multi-model endpoint and does not support target model "
                "header.",
            )
        return None
    if wanted is None:
        raise AwsError("ValidationError", f"Request {uuid.uuid4()} is missing a target model header.")
    return wanted
