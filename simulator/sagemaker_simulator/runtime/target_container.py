"""Which container of a variant a request is for.

Source: "Invoke a multi-container endpoint with direct invocation", SageMaker Developer Guide, which names the three
requests that get a validation error. Their sentences are not published; these are ours.
"""

from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.wire.errors import AwsError

from .routing import Route


def target_container(route: Route, members: Mapping[str, Any]) -> str | None:
    """Return the container that TargetContainerHostname names, None where requests are not for one container.

    Raises AwsError (ValidationError).
    """
    wanted: str | None = members.get("TargetContainerHostname")
    there = route.fleet.direct_containers(route.variant)
    name = route.endpoint.name
    if not there:
        if wanted is not None:
            raise AwsError(
                "ValidationError",
                f"TargetContainerHostname cannot be specified: endpoint {name} is not set up for direct invocation.",
            )
        return None
    if wanted is None:
        raise AwsError(
            "ValidationError",
            f"TargetContainerHostname must be specified: endpoint {name} is set up for direct invocation.",
        )
    if wanted not in there:
        message = f"Container {wanted} not found for variant {route.variant} of endpoint {name}."
        raise AwsError("ValidationError", message)
    return wanted
